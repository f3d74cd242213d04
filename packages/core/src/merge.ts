import { isMatching } from 'ts-pattern'
import type { Payment } from './payment.ts'
import type { PaymentStatus } from './status.ts'

const figures = ['authorized', 'captured', 'refunded'] as const

/**
 * Whether a payment states nothing that is not known yet. `facts` and `updatedAt` are no statements about the payment:
 * a webhook and a lookup have other words, and other times, for the same thing.
 */
export function isAlreadySaid(known: Payment, told: Payment): boolean {
  const { facts, updatedAt, createdAt, ...rest } = told
  if (createdAt !== undefined && !isSameInstant(createdAt, known.createdAt)) return false
  return isMatching(toStated(rest), known)
}

/** Whether a figure is smaller than it was, or in another currency, where there is no telling. */
export function amountFalls(known: Payment, told: Payment): boolean {
  if (isOtherCurrency(known, told)) return true
  if (known.amount && told.amount && told.amount.amount < known.amount.amount) return true
  return figures.some((figure) => (told[figure] ?? Infinity) < (known[figure] ?? -Infinity))
}

/** The figure a status is about: a zero known from before contradicts it. */
const figureOfStatus: Partial<Record<PaymentStatus, (typeof figures)[number]>> = {
  partially_captured: 'captured',
  captured: 'captured',
  partially_refunded: 'refunded',
  refunded: 'refunded',
}

/**
 * What is told, and what was known and is not told anew. An action and a decline belong to the status they came with,
 * figures to the currency they came with; and "nothing captured yet" ends with the capture.
 */
export function mergePayments(known: Payment, told: Payment): Payment {
  const kept: { -readonly [Key in keyof Payment]?: Payment[Key] } = { ...known }
  if (known.status !== told.status) {
    delete kept.action
    delete kept.decline
    const figure = figureOfStatus[told.status]
    if (figure && kept[figure] === 0) delete kept[figure]
  }
  if (isOtherCurrency(known, told)) for (const figure of figures) delete kept[figure]
  return { ...kept, ...toStated(told) }
}

function isOtherCurrency(known: Payment, told: Payment): boolean {
  return Boolean(known.amount && told.amount && known.amount.currency !== told.amount.currency)
}

function isSameInstant(left: string, right: string | undefined): boolean {
  return left === right || Date.parse(left) === Date.parse(right ?? '')
}

/** Without the members that are there but hold nothing. */
function toStated<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}
