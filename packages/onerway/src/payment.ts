import type { Decline, Money, Payment } from '@payment-status/core'
import { fromDecimal, groupLinked, parse, readInstant, stated, unreadable } from '@payment-status/core/kit'
import * as v from 'valibot'
import { readDecline } from './decline.ts'
import { idPattern, type OnerwayRow, rowIdSchema, rowSchema } from './schema.ts'
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
} from './status.ts'

export interface FoldContext {
  readonly provider: string
  readonly integration: Integration
  /** The zone of times that carry none. */
  readonly timeZone: string
}

/** One step of a payment, with only what a fold needs: a year of them has to fit into memory. */
export interface Step {
  readonly id: string
  readonly txnType: string
  readonly status: string | null
  readonly paymentStatus: string | null
  readonly paymentId?: string
  /** The transactionId of the step this one follows. */
  readonly origin?: string
  readonly reference?: string
  readonly amount?: Money
  readonly settlement?: NonNullable<Payment['settlement']>
  readonly time?: string
  readonly decline?: Decline
  /** False where the row named a step but could not be read. */
  readonly readable: boolean
  /** When the question was sent that this step answered. */
  readonly observedAt: string
}

/** Steps folded into one payment. */
export interface Folded {
  readonly payment: Payment
  readonly stepIds: readonly string[]
  /** The step that has to be looked up, because the one that opens the payment is missing. */
  readonly missing?: string
  readonly observedAt: string
}

/** A row, a webhook or a response as a step. Throws `invalid_payload` for amounts and times that are none. */
export function toStep(
  row: Omit<OnerwayRow, 'originTransactionId'> & Partial<Pick<OnerwayRow, 'originTransactionId'>>,
  { provider, timeZone }: FoldContext,
  observedAt: string,
): Step {
  const settled = fromDecimal(row.txnAmount, row.txnCurrency, { provider, path: 'txnAmount' })
  const settlement = stated({ amount: settled, rate: row.settleRate || undefined })
  const status = row.status || null
  return stated({
    id: row.transactionId,
    txnType: row.txnType,
    status,
    paymentStatus: row.paymentStatus || null,
    paymentId: row.paymentId || undefined,
    origin: row.originTransactionId || undefined,
    reference: row.merchantTxnId || undefined,
    amount: fromDecimal(row.orderAmount, row.orderCurrency, { provider, path: 'orderAmount' }),
    settlement: settlement.amount || settlement.rate ? settlement : undefined,
    time: readInstant(row.txnTime, { provider, path: 'txnTime', zone: row.txnTimeZone || timeZone }),
    decline: isSuccess({ txnType: row.txnType, status }) ? undefined : readDecline(row.reason),
    readable: true,
    observedAt,
  })
}

/** A row of a list as a step; one with an id that cannot be read otherwise is kept, and makes its payment unclear. */
export function readRow(row: unknown, context: FoldContext, observedAt: string): Step {
  try {
    return toStep(parse(rowSchema, row, { provider: context.provider, what: 'a row' }), context, observedAt)
  } catch (error) {
    if (!v.is(rowIdSchema, row)) throw error
    const loose = row as Readonly<Record<string, unknown>>
    const idOf = (name: string) => {
      const value = loose[name]
      return typeof value === 'string' && idPattern.test(value) ? value : undefined
    }
    const textOf = (name: string) => (typeof loose[name] === 'string' ? loose[name] : undefined)
    return stated({
      id: row.transactionId,
      txnType: textOf('txnType') ?? '',
      status: textOf('status') ?? null,
      paymentStatus: textOf('paymentStatus') ?? null,
      paymentId: idOf('paymentId'),
      origin: idOf('originTransactionId'),
      reference: textOf('merchantTxnId'),
      readable: false,
      observedAt,
    })
  }
}

/**
 * Folds steps into payments: the same ones in whatever order the steps came. Steps belong together that share a paymentId or
 * name each other; never by merchantTxnId alone.
 */
export function foldSteps(steps: Iterable<Step>, context: FoldContext): Folded[] {
  const groups = groupLinked(steps, [({ id, origin }) => [id, origin], ({ paymentId }) => [paymentId]])
  return groups.flatMap((group) => foldGroup(group.sort(byTime), context))
}

function foldGroup(group: readonly Step[], context: FoldContext): Folded[] {
  const openings = group.filter(({ txnType }) => isOpeningType(txnType))
  const heads = findHeads(openings, context)
  if (heads.length === 0) return [foldOrphan(group, context)]
  const stepsOf = attach(group, heads)
  // Attempts that came to nothing belong to the payment their paymentId names, which the first head stands for.
  const attempts = openings.filter((opening) => !heads.includes(opening))
  return heads.map((head, index) => {
    const steps = [head, ...(stepsOf.get(head) ?? []), ...(index === 0 ? attempts : [])]
    return foldPayment({ head, steps, group, isFirst: index === 0 }, context)
  })
}

/**
 * The opening steps that are a payment of their own, the one that took money first. With `direct` that is every one;
 * with `hosted` attempts share a payment, and a second that succeeded is a second payment.
 */
function findHeads(openings: readonly Step[], { integration }: FoldContext): Step[] {
  const succeeded = openings.filter((step) => isSuccess(step))
  const newest = openings.slice(-1)
  const heads = integration === 'direct' ? [...openings] : succeeded.length > 0 ? succeeded : newest
  const rank = (step: Step) => rankOf(toPaymentStatus({ ...step, integration }))
  return heads.sort((a, b) => rank(a) - rank(b) || byTime(a, b))
}

/** Which head the captures, voids and refunds belong to: the one they name, through one another; else the first. */
function attach(group: readonly Step[], heads: readonly Step[]): Map<Step, Step[]> {
  const byId = new Map(group.map((step) => [step.id, step]))
  const attached = new Map<Step, Step[]>()
  for (const step of group) {
    if (isOpeningType(step.txnType)) continue
    const seen = new Set<Step>()
    let named: Step | undefined = step
    while (named && !heads.includes(named) && !seen.has(named)) {
      seen.add(named)
      named = named.origin === undefined ? undefined : byId.get(named.origin)
    }
    const head = named && heads.includes(named) ? named : heads[0]
    if (head) attached.set(head, [...(attached.get(head) ?? []), step])
  }
  return attached
}

interface Parts {
  readonly head: Step
  readonly steps: readonly Step[]
  readonly group: readonly Step[]
  readonly isFirst: boolean
}

function foldPayment({ head, steps, group, isFirst }: Parts, context: FoldContext): Folded {
  const { provider, integration } = context
  const captures = steps.filter(isCapture)
  const captured = captures.length > 0 ? sum(captures, head) : undefined
  const refunded = sum(steps.filter(isRefund), head)
  // The word for the whole payment is not that of an attempt which came to nothing beside one that succeeded.
  const isOutdone = !isSuccess(head) && group.some((step) => isOpeningType(step.txnType) && isSuccess(step))
  const opening = toPaymentStatus({
    ...head,
    paymentStatus: isOutdone ? null : head.paymentStatus,
    integration,
  })
  const status = toFoldedStatus({
    opening,
    amount: head.amount?.amount,
    captured,
    voided: steps.some(isVoid),
    refunded: refunded ?? 0,
    unclear:
      (captures.length > 0 && captured === undefined) ||
      refunded === undefined ||
      steps.some(
        (step) =>
          !step.readable || ((!isSuccess(head) || !isOpeningType(step.txnType)) && !isUnderstood(step)),
      ),
  })
  const sharedId =
    integration === 'hosted' && isFirst ? group.find((step) => step.paymentId)?.paymentId : undefined
  const firstOpening =
    sharedId === undefined ? head : (group.find((step) => isOpeningType(step.txnType)) ?? head)
  return {
    payment: stated({
      provider,
      id: sharedId ?? head.id,
      reference: head.reference,
      status,
      amount: head.amount,
      ...figures(head, { captured, refunded }),
      settlement: head.settlement ?? (captures.length === 1 ? captures[0]?.settlement : undefined),
      decline: mayHoldDecline(status) ? head.decline : undefined,
      createdAt: firstOpening.time,
      updatedAt:
        steps
          .map(({ time }) => time ?? '')
          .sort()
          .at(-1) || undefined,
      facts: {
        txnType: head.txnType,
        status: head.status,
        paymentStatus: head.paymentStatus,
        steps: describe(steps),
      },
    }),
    stepIds: steps.map(({ id }) => id),
    observedAt: earliest(steps),
  }
}

/** What is told of amounts: a SALE that succeeded took all of it, an AUTH that succeeded holds all of it. */
function figures(
  head: Step,
  { captured, refunded }: { captured: number | undefined; refunded: number | undefined },
): Pick<Payment, 'authorized' | 'captured' | 'refunded'> {
  if (!head.amount) return {}
  const done = isSuccess(head) ? head.amount.amount : undefined
  const isSale = head.txnType === 'SALE'
  const isHold = head.txnType === 'AUTH' || head.txnType === 'PRE_AUTH'
  return stated({
    authorized: isHold ? done : undefined,
    captured: captured ?? (isSale ? done : undefined),
    refunded: refunded || undefined,
  })
}

/** A payment whose opening step is not there: what it adds up to cannot be said. */
function foldOrphan(group: readonly Step[], { provider, integration }: FoldContext): Folded {
  const ids = new Set(group.map(({ id }) => id))
  const missing = group.find(({ origin }) => origin !== undefined && !ids.has(origin))?.origin
  const first = group[0] as Step
  const sharedId = integration === 'hosted' ? group.find(({ paymentId }) => paymentId)?.paymentId : undefined
  return stated({
    payment: stated({
      provider,
      id: sharedId ?? missing ?? first.id,
      reference: first.reference,
      status: unreadable,
      facts: { txnType: first.txnType, status: first.status, steps: describe(group) },
    }),
    stepIds: group.map(({ id }) => id),
    missing,
    observedAt: earliest(group),
  })
}

/** `undefined` where an amount is not told, or in another currency than the payment's. */
function sum(steps: readonly Step[], { amount }: Step): number | undefined {
  let total = 0
  for (const step of steps) {
    if (!step.amount || !amount || step.amount.currency !== amount.currency) return undefined
    total += step.amount.amount
  }
  return Number.isSafeInteger(total) ? total : undefined
}

function describe(steps: readonly Step[]): string {
  return steps
    .map(({ txnType, status }) => `${txnType} ${status ?? '-'}`)
    .sort()
    .join(', ')
}

function earliest(steps: readonly Step[]): string {
  return steps.map(({ observedAt }) => observedAt).sort()[0] ?? ''
}

/** By time, then by id: ids grow, and the shorter one is the smaller number. */
function byTime(a: Step, b: Step): number {
  const left = a.time ?? ''
  const right = b.time ?? ''
  if (left !== right) return left < right ? -1 : 1
  return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}
