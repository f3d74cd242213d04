import { type Decline, type Money, outcomeOf, type Payment, type PaymentStatus } from '@payment-status/core'
import { fromDecimal, omitUndefined, readInstant } from '@payment-status/core/kit'
import { readDecline, toDecline } from './decline.ts'
import type { OnerwayRow } from './schema.ts'
import {
  type Integration,
  isCapture,
  isOpeningType,
  isRefund,
  isSuccess,
  isUnderstood,
  isVoid,
  mayHoldDecline,
  rankOf,
  toFoldedStatus,
  toPaymentStatus,
  wasTriedInVain,
} from './status.ts'

export interface FoldContext {
  readonly provider: string
  readonly integration: Integration
  /** The zone of times that carry none. */
  readonly timeZone: string
}

/**
 * One step of a payment, with only what a fold needs: a year of them has to fit into memory. So every one has every
 * member (objects of one shape are small), and what most payments never ask for stays in Onerway's own words.
 */
export interface Step {
  readonly id: string
  readonly txnType: string
  readonly status: string | null
  readonly paymentStatus: string | null
  readonly paymentId: string | undefined
  /** The transactionId of the step this one follows. */
  readonly origin: string | undefined
  readonly reference: string | undefined
  /** Minor units of `currency`. */
  readonly amount: number | undefined
  readonly currency: string | undefined
  readonly txnAmount: string | undefined
  readonly txnCurrency: string | undefined
  readonly settleRate: string | undefined
  readonly time: string | undefined
  readonly decline: Decline | undefined
  /** False where the row named a step but could not be read. */
  readonly readable: boolean
  /** When the question was sent that this step answered. */
  readonly observedAt: string
}

/** Steps folded into one payment. */
export interface Folded {
  readonly payment: Payment
  readonly stepIds: readonly string[]
  readonly observedAt: string
}

/** A row, a webhook or a response as a step. Throws `invalid_payload` for amounts and times that are none. */
export function toStep(
  row: Omit<OnerwayRow, 'originTransactionId'> & Partial<Pick<OnerwayRow, 'originTransactionId'>>,
  { provider, timeZone }: FoldContext,
  observedAt: string,
): Step {
  const amount = fromDecimal(row.orderAmount, row.orderCurrency, { provider, path: 'orderAmount' })
  toSettlement(row, provider)
  return {
    id: row.transactionId,
    txnType: row.txnType,
    status: row.status || null,
    paymentStatus: row.paymentStatus || null,
    paymentId: row.paymentId || undefined,
    origin: row.originTransactionId || undefined,
    reference: row.merchantTxnId || undefined,
    amount: amount?.amount,
    currency: amount?.currency,
    txnAmount: row.txnAmount || undefined,
    txnCurrency: row.txnCurrency || undefined,
    settleRate: row.settleRate || undefined,
    time: readInstant(row.txnTime, { provider, path: 'txnTime', zone: row.txnTimeZone || timeZone }),
    decline: readDecline(row.reason),
    readable: true,
    observedAt,
  }
}

/** What reaches the merchant's account, where it is told. Throws `invalid_payload` for an amount that is none. */
function toSettlement(
  { txnAmount, txnCurrency, settleRate }: Pick<OnerwayRow, 'txnAmount' | 'txnCurrency' | 'settleRate'>,
  provider: string,
): Payment['settlement'] {
  const amount = fromDecimal(txnAmount, txnCurrency, { provider, path: 'txnAmount' })
  const rate = /^\d+(\.\d+)?$/.test(settleRate ?? '') ? (settleRate ?? undefined) : undefined
  return amount || rate ? omitUndefined({ amount, rate }) : undefined
}

/** What was asked of the shopper in a step. */
function toAmount({ amount, currency }: Step): Money | undefined {
  return amount === undefined || currency === undefined ? undefined : { amount, currency }
}

/** The steps that are named and not there. */
export function findOrigins(group: readonly Step[]): string[] {
  const ids = new Set(group.map(({ id }) => id))
  return group.flatMap(({ origin }) => (origin !== undefined && !ids.has(origin) ? origin : []))
}

/** A payment to be: the opening step that stands for it, and every step that belongs to it. */
interface Parts {
  readonly head: Step
  readonly steps: Step[]
  /** Whether it stands for its paymentId; a second success under one is a second payment. */
  readonly isFirst: boolean
}

/**
 * Folds the steps that belong together into payments, the one that took money first: the same ones in whatever order the
 * steps came.
 */
export function foldGroup(unordered: readonly Step[], context: FoldContext): Folded[] {
  const group = unordered.toSorted(byTime)
  const openings = group.filter(({ txnType }) => isOpeningType(txnType))
  const all = toParts(openings, context)
  if (all.length === 0) return [foldOrphan(group, context)]
  attach(group, all)
  const paidIds = new Set(openings.flatMap((step) => (isSuccess(step) ? (step.paymentId ?? []) : [])))
  const isAlone = all.length === 1
  return all.map((parts) => foldPayment({ ...parts, isAlone }, paidIds, context))
}

/**
 * With `direct` every opening step is a payment of its own. With `hosted` those of one paymentId are attempts at one
 * payment: those that succeeded, else the newest, stand for it. What took money comes first, what holds it next.
 */
function toParts(openings: readonly Step[], { integration }: FoldContext): Parts[] {
  const attempts = new Map<string, Step[]>()
  for (const step of openings) {
    const isShared = integration === 'hosted' && step.paymentId !== undefined
    const key = isShared ? `paymentId ${step.paymentId}` : step.id
    attempts.set(key, attempts.get(key) ?? [])
    attempts.get(key)?.push(step)
  }
  const rank = (step: Step) => rankOf(step, toPaymentStatus({ ...step, integration }))
  const byRank = (a: Step, b: Step) => rank(a) - rank(b) || byTime(a, b)
  const parts = [...attempts.values()].flatMap((tries) => {
    const succeeded = tries.filter(isSuccess).sort(byRank)
    const heads = succeeded.length > 0 ? succeeded : tries.slice(-1)
    const others = tries.filter((step) => !heads.includes(step))
    return heads.map((head, index) => ({
      head,
      steps: index === 0 ? [head, ...others] : [head],
      isFirst: index === 0,
    }))
  })
  return parts.sort((a, b) => byRank(a.head, b.head))
}

/** Captures, voids and refunds go to the payment they name, through one another; else by paymentId; else to the first. */
function attach(group: readonly Step[], all: readonly Parts[]): void {
  const byId = new Map(group.map((step) => [step.id, step]))
  const byOpening = new Map(all.flatMap((parts) => parts.steps.map((step) => [step.id, parts] as const)))
  for (const step of group) {
    if (isOpeningType(step.txnType)) continue
    const seen = new Set<Step>()
    let named: Step | undefined = step
    while (named && !byOpening.has(named.id) && !seen.has(named)) {
      seen.add(named)
      named = named.origin === undefined ? undefined : byId.get(named.origin)
    }
    const ofPayment = () =>
      step.paymentId === undefined ? undefined : all.find(({ head }) => head.paymentId === step.paymentId)
    const parts = byOpening.get(named?.id ?? '') ?? ofPayment() ?? all[0]
    parts?.steps.push(step)
  }
}

function foldPayment(
  { head, steps, isFirst, isAlone }: Parts & { readonly isAlone: boolean },
  paidIds: ReadonlySet<string>,
  { provider, integration }: FoldContext,
): Folded {
  // A sale is taken whole: only what was held can be captured.
  const captures = head.txnType === 'SALE' && isSuccess(head) ? [] : steps.filter(isCapture)
  const captured = captures.length > 0 ? sum(captures, head) : undefined
  const refunded = sum(steps.filter(isRefund), head)
  // The word for the whole payment is not that of an attempt which came to nothing beside one that succeeded.
  const isOutdone = !isSuccess(head) && paidIds.has(head.paymentId ?? '')
  const opening = toPaymentStatus({
    ...head,
    paymentStatus: isOutdone ? null : head.paymentStatus,
    integration,
  })
  const isIdle = (step: Step) => isSuccess(head) && isOpeningType(step.txnType)
  const status = toFoldedStatus({
    opening,
    amount: head.amount,
    captured,
    voided: steps.some(isVoid),
    refunded: refunded ?? 0,
    unclear:
      (captures.length > 0 && captured === undefined) ||
      refunded === undefined ||
      steps.some((step) => !step.readable || (!isIdle(step) && !isUnderstood(step))),
  })
  // Its own paymentId, or where it has none that of a later step, unless other payments are about.
  const paymentId = head.paymentId ?? (isAlone ? steps.find((step) => step.paymentId)?.paymentId : undefined)
  const settled = captures.length === 0 ? head : captures[1] ? undefined : captures[0]
  const times = steps.flatMap(({ time }) => time ?? []).sort()
  return {
    payment: omitUndefined({
      provider,
      id: (integration === 'hosted' && isFirst ? paymentId : undefined) ?? head.id,
      reference: head.reference,
      status,
      amount: toAmount(head),
      ...figures(head, { opening, captured, refunded }),
      settlement: settled?.readable ? toSettlement(settled, provider) : undefined,
      decline: mayHoldDecline(status)
        ? (head.decline ?? (wasTriedInVain(status, head) ? toDecline(undefined, undefined) : undefined))
        : undefined,
      createdAt: steps.filter(({ txnType }) => isOpeningType(txnType)).sort(byTime)[0]?.time,
      updatedAt: times.at(-1),
      facts: {
        txnType: head.txnType,
        status: head.status,
        paymentStatus: head.paymentStatus,
        steps: describe(steps),
      },
    }),
    stepIds: steps.map(({ id }) => id),
    observedAt: steps.map((step) => step.observedAt).sort()[0] ?? '',
  }
}

/** What is told of amounts: a SALE that succeeded took all of it, an AUTH that succeeded holds all of it. */
function figures(
  head: Step,
  told: { opening: PaymentStatus; captured: number | undefined; refunded: number | undefined },
): Pick<Payment, 'authorized' | 'captured' | 'refunded'> {
  if (head.amount === undefined) return {}
  const outcome = outcomeOf(told.opening)
  const whole = isSuccess(head) ? head.amount : undefined
  const isHold = head.txnType === 'AUTH' || head.txnType === 'PRE_AUTH'
  return omitUndefined({
    authorized: isHold && (outcome === 'held' || outcome === 'paid') ? whole : undefined,
    captured: told.captured ?? (head.txnType === 'SALE' && outcome === 'paid' ? whole : undefined),
    refunded: told.refunded || undefined,
  })
}

/** A payment without the figures of money taken or held, where its status says that none was. */
export function withoutFigures(payment: Payment): Payment {
  const { authorized: _, captured: __, refunded: ___, settlement: ____, ...rest } = payment
  return rest
}

/** A payment whose opening step is not there: what it adds up to cannot be said. */
function foldOrphan(group: readonly Step[], { provider, integration }: FoldContext): Folded {
  const [origin] = findOrigins(group)
  const first = group[0] as Step
  const sharedId = integration === 'hosted' ? group.find(({ paymentId }) => paymentId)?.paymentId : undefined
  return {
    payment: omitUndefined({
      provider,
      id: sharedId ?? origin ?? first.id,
      reference: group.find(({ reference }) => reference)?.reference,
      status: 'unknown',
      facts: { txnType: first.txnType, status: first.status, steps: describe(group) },
    }),
    stepIds: group.map(({ id }) => id),
    observedAt: group.map((step) => step.observedAt).sort()[0] ?? '',
  }
}

/** `undefined` where an amount is not told, or in another currency than the payment's. */
function sum(steps: readonly Step[], { currency }: Step): number | undefined {
  let total = 0
  for (const step of steps) {
    if (step.amount === undefined || step.currency !== currency) return undefined
    total += step.amount
  }
  return Number.isSafeInteger(total) ? total : undefined
}

function describe(steps: readonly Step[]): string {
  return steps
    .map(({ txnType, status }) => `${txnType} ${status ?? '-'}`)
    .sort()
    .join(', ')
}

/** By time, then by id: ids grow, and the shorter one is the smaller number. */
function byTime(a: Step, b: Step): number {
  const left = a.time ?? ''
  const right = b.time ?? ''
  if (left !== right) return left < right ? -1 : 1
  return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}
