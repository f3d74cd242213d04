import type { Dispute, Money, Payment, PaymentOperation, ProviderOptions } from '@payment-status/core'
import {
  mostPressingFirst,
  omitUndefined,
  outcomeOf,
  parse,
  readInstant,
  toAuthentication,
  toHttpUrl,
  toInstant,
  toMethod,
  toTrace,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { toDecline } from './decline.ts'
import { readMoney, sumMoney } from './money.ts'
import {
  orderSchema,
  type PayPalAuthorization,
  type PayPalCapture,
  type PayPalOrder,
  type PayPalRefund,
  sourceSchema,
} from './schema.ts'
import {
  awaitsMerchant,
  type PayPalFacts,
  toCaptureMeaning,
  toCaptureOperationStatus,
  toHoldMeaning,
  toHoldOperationStatus,
  toMethodKind,
  toPaymentStatus,
  toRefundMeaning,
} from './status.ts'

export interface PaymentContext extends Pick<ProviderOptions, 'keepRaw' | 'clock'> {
  readonly provider: string
  /** Field of a purchase unit that holds the merchant's reference. */
  readonly referenceField: 'custom_id' | 'invoice_id'
}

/**
 * Converts an order. Its amount is the sum of its purchase units; in two currencies it is absent, and with money the
 * status is `unknown`. So it is with an operation in another currency than the order's. Throws `invalid_payload`.
 */
export function toPayment(
  data: unknown,
  { provider, referenceField }: Pick<PaymentContext, 'provider' | 'referenceField'>,
  disputes: readonly Dispute[] = [],
): Payment {
  const order = parse(orderSchema, data, { provider, what: 'the order' })
  const units = order.purchase_units ?? []
  const context = { provider, path: 'purchase_units.amount' }
  const amount = sumMoney(
    units.map((unit) => readMoney(unit.amount, context)),
    context,
  )
  const parts = readParts(order, amount, provider)
  const facts: PayPalFacts = { status: order.status, amount: amount?.amount, ...parts }
  const status = toPaymentStatus(facts)
  const [dispute, ...others] = mostPressingFirst(disputes)
  const source = Object.keys(order.payment_source ?? {})[0]
  const paidBy = v.parse(sourceSchema, source === undefined ? {} : order.payment_source?.[source])
  const card = paidBy.card ?? paidBy
  const secure = card.authentication_result
  const held = parts.authorizations.filter((hold) =>
    ['held', 'captured'].includes(toHoldMeaning(hold.status)),
  )
  return omitUndefined<Payment>({
    provider,
    id: order.id,
    reference: readReference(order, referenceField),
    status,
    amount,
    ...(amount ? toFigures(parts, units.length) : {}),
    action: status === 'requires_action' ? toAction(order) : undefined,
    awaits: awaitsMerchant(facts, order.processing_instruction) ? 'merchant' : undefined,
    decline: status === 'failed' ? toLastDecline(parts, card.brand) : undefined,
    dispute,
    disputes: others.length > 0 && dispute ? [dispute, ...others] : undefined,
    review: isInReview(parts) ? 'open' : undefined,
    operations: toOperations(parts),
    method:
      source === undefined
        ? undefined
        : toMethod(toMethodKind(source), {
            name: source,
            brand: card.brand,
            last4: card.last_digits,
            country: card.bin_details?.bin_country_code,
          }),
    authentication: secure
      ? toAuthentication({ status: secure.three_d_secure?.authentication_status })
      : undefined,
    trace: toTrace({
      networkTransactionId: [...parts.captures, ...parts.authorizations].find(
        (part) => part.network_transaction_reference?.id,
      )?.network_transaction_reference?.id,
    }),
    authorizationExpiresAt: held.flatMap((hold) => toInstant(hold.expiration_time) ?? []).toSorted()[0],
    createdAt: readInstant(order.create_time, { provider, path: 'create_time' }),
    updatedAt: readInstant(order.update_time, { provider, path: 'update_time' }),
    facts: omitUndefined({
      status: order.status,
      intent: order.intent ?? undefined,
      authorization_status: listWords(parts.authorizations.map((hold) => hold.status)),
      capture_status: listWords(parts.captures.map((capture) => capture.status)),
      capture_reason: listWords(parts.captures.map((capture) => capture.reason)),
      refund_status: listWords(parts.refunds.map((refund) => refund.status)),
      processing_instruction: order.processing_instruction ?? undefined,
      liability_shift: secure?.liability_shift ?? undefined,
      enrollment_status: secure?.three_d_secure?.enrollment_status ?? undefined,
    }),
  })
}

/** Returns the merchant's reference where every purchase unit states the same one. */
function readReference(
  { purchase_units: units }: PayPalOrder,
  field: PaymentContext['referenceField'],
): string | undefined {
  const [reference, ...others] = new Set((units ?? []).map((unit) => unit[field] || undefined))
  return others.length === 0 ? reference : undefined
}

/** An operation with its amount in minor units of the order's currency, where it is in that currency. */
type Part<Data> = Omit<Data, 'amount'> & {
  readonly amount: number | undefined
  readonly reason: string | undefined
}

interface Parts {
  readonly authorizations: readonly Part<PayPalAuthorization>[]
  readonly captures: readonly Part<PayPalCapture>[]
  readonly refunds: readonly Part<PayPalRefund>[]
}

function readParts(
  { purchase_units: units }: PayPalOrder,
  amount: Money | undefined,
  provider: string,
): Parts {
  const toPart =
    (kind: string) =>
    <Data extends PayPalAuthorization | PayPalCapture | PayPalRefund>(data: Data): Part<Data> => {
      const money = readMoney(data.amount, { provider, path: `${kind}.amount` })
      return {
        ...data,
        amount: money?.currency === amount?.currency ? money?.amount : undefined,
        reason: data.status_details?.reason || undefined,
      }
    }
  const payments = (units ?? []).flatMap((unit) => unit.payments ?? [])
  return {
    authorizations: onlyOnce(payments.flatMap((all) => all.authorizations ?? [])).map(
      toPart('authorizations'),
    ),
    captures: onlyOnce(payments.flatMap((all) => all.captures ?? [])).map(toPart('captures')),
    refunds: onlyOnce(payments.flatMap((all) => all.refunds ?? [])).map(toPart('refunds')),
  }
}

function onlyOnce<Data extends { readonly id: string }>(all: readonly Data[]): readonly Data[] {
  return [...new Map(all.map((one) => [one.id, one])).values()]
}

/** Sums of an order whose currency is known. A sum that lacks one of its amounts is not stated. */
function toFigures(
  parts: Parts,
  units: number,
): Pick<Payment, 'authorized' | 'captured' | 'refunded'> | Record<string, never> {
  const taken = parts.captures.filter(({ status, reason }) => {
    return toCaptureOperationStatus(status, reason) === 'succeeded'
  })
  const captured = parts.captures.length > 0 ? sumOf(taken) : undefined
  const returned = sumOf(parts.refunds.filter(({ status }) => toRefundMeaning(status) === 'succeeded'))
  const isWhole = taken.every(({ status, reason }) => toCaptureMeaning(status, reason) === 'returned')
  const isInPart = taken.some(({ status, reason }) => toCaptureMeaning(status, reason) !== 'taken')
  // A capture that states a refund which no refund accounts for leaves the sum unstated.
  const isStated = isWhole && taken.length > 0 ? returned === captured : !isInPart || (returned ?? 0) > 0
  return omitUndefined({
    authorized: toAuthorized(parts, captured, units),
    captured,
    refunded: parts.refunds.length > 0 && captured !== undefined && isStated ? returned : undefined,
  })
}

/**
 * Returns the sum that is held or was captured. Two authorizations of one purchase unit may be a renewal of one hold, so
 * their sum is not stated.
 */
function toAuthorized(
  { authorizations }: Parts,
  captured: number | undefined,
  units: number,
): number | undefined {
  const meanings = authorizations.map((hold) => toHoldMeaning(hold.status))
  if (authorizations.length === 0 || authorizations.length > units) return undefined
  if (meanings.includes('pending') || meanings.includes('unclear')) return undefined
  const isOpen = ({ status }: { readonly status: string }) =>
    status === 'CREATED' || status === 'PARTIALLY_CAPTURED'
  if (!authorizations.some(isOpen)) return captured
  // With several units, it is not stated which of them a capture took its money from.
  if (
    authorizations.length > 1 &&
    !authorizations.every(({ status }) => status === 'CREATED' || status === 'DENIED')
  )
    return undefined
  return sumOf(authorizations.filter(isOpen))
}

function sumOf(parts: ReadonlyArray<{ readonly amount: number | undefined }>): number | undefined {
  const sum = parts.reduce((total, { amount = Number.NaN }) => total + amount, 0)
  return Number.isSafeInteger(sum) ? sum : undefined
}

/** Returns the page where the shopper goes on. Some methods have none: then the shopper's phone asks. */
function toAction({ links }: PayPalOrder): Payment['action'] {
  const url = toHttpUrl(links?.find(({ rel }) => rel === 'payer-action')?.href)
  return url === undefined ? undefined : { kind: 'redirect', url }
}

function toLastDecline(
  { captures, authorizations }: Parts,
  brand: string | null | undefined,
): Payment['decline'] {
  const failed = [
    ...authorizations.filter((hold) => toHoldMeaning(hold.status) === 'denied'),
    ...captures.filter((capture) => toCaptureMeaning(capture.status, capture.reason) === 'failed'),
  ].at(-1)
  return toDecline({ reason: failed?.reason, brand, ...failed?.processor_response })
}

function isInReview({ captures, authorizations }: Parts): boolean {
  return [...captures, ...authorizations].some(
    ({ status, reason }) => status === 'PENDING' && reason === 'PENDING_REVIEW',
  )
}

/** Returns authorizations, captures and refunds, oldest first; `undefined` where none is stated. */
function toOperations({ authorizations, captures, refunds }: Parts): PaymentOperation[] | undefined {
  const make = (
    kind: PaymentOperation['kind'],
    status: PaymentOperation['status'],
    { id, amount, create_time }: Part<PayPalRefund>,
  ) =>
    omitUndefined<PaymentOperation>({
      id,
      kind,
      status,
      amount,
      at: toInstant(create_time),
    })
  const operations = [
    ...authorizations.map((part) => make('authorization', toHoldOperationStatus(part.status), part)),
    ...captures.map((part) => make('capture', toCaptureOperationStatus(part.status, part.reason), part)),
    ...refunds.map((part) => make('refund', toRefundMeaning(part.status), part)),
  ]
  if (operations.length === 0) return undefined
  // Keeps the order of operations without a time, and of those of one second.
  return onlyOnce(operations).toSorted(({ at: a }, { at: b }) => (!a || !b || a === b ? 0 : a < b ? -1 : 1))
}

/** Returns the ids of the captures that a dispute can be about. */
export function disputable({ status, operations = [] }: Payment): readonly string[] {
  const outcome = outcomeOf(status)
  if (outcome !== 'paid' && outcome !== 'returned' && outcome !== 'unclear') return []
  return operations.flatMap(({ kind, id, status: ending }) =>
    kind === 'capture' && ending !== 'failed' ? id : [],
  )
}

function listWords(words: readonly (string | undefined)[]): string | undefined {
  const stated = words.filter((word) => word !== undefined)
  return stated.length > 0 ? stated.join(',') : undefined
}
