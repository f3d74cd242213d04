import { PaymentError } from './errors.ts'
import type { PaymentReport } from './evidence.ts'
import { amountFalls, isAlreadySaid, mergePayments } from './merge.ts'
import { outcomeOf, type PaymentStatus, paymentStatuses } from './status.ts'

/** What to do with news of a payment. `recheck` asks for a lookup, whose answer is given to `advance` in turn. */
export type Advance =
  | {
      readonly outcome: 'applied' | 'corrected' // corrected: a lookup overruled what was stored
      /** Store it in place of the current one, then act. */
      readonly report: PaymentReport
      readonly recheck: boolean
    }
  | { readonly outcome: 'repeated' | 'stale' | 'conflict'; readonly recheck: boolean } // keep yours, do nothing

/** Where a payment can go from each status. What is not listed is no news a webhook may bring: only a lookup may. */
export const statusTransitions: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  open: paymentStatuses,
  requires_action: paymentStatuses,
  processing: paymentStatuses,
  authorized: [
    'authorized',
    'partially_captured',
    'captured',
    'partially_refunded',
    'refunded',
    'canceled',
    'expired',
    'failed',
  ],
  partially_captured: ['partially_captured', 'captured', 'partially_refunded', 'refunded'],
  captured: ['captured', 'partially_refunded', 'refunded'],
  partially_refunded: ['partially_refunded', 'refunded'],
  refunded: ['refunded'],
  verified: ['verified'],
  canceled: ['canceled'],
  expired: ['expired'],
  failed: ['failed'],
  unknown: ['unknown'],
}

/**
 * The guard against late, repeated and reordered news: give it what you have stored and what came in, store what it
 * returns. Pure: it does no lookup itself. The stored report is the newer one, with what only the older one told.
 *
 * Throws `invalid_input` when the two are not reports of one payment (provider and `payment.id`).
 */
export function advance(current: PaymentReport | undefined, incoming: PaymentReport): Advance {
  if (!current) return { outcome: 'applied', report: incoming, recheck: false }
  const was = current.payment
  const is = incoming.payment
  if (was.provider !== is.provider || was.id !== is.id) {
    throw new PaymentError({
      code: 'invalid_input',
      provider: was.provider,
      message: 'two reports can only be compared when they are of one payment (provider and id)',
    })
  }
  const onGraph = statusTransitions[was.status].includes(is.status)
  if (isAlreadySaid(was, is)) return { outcome: 'repeated', recheck: false }
  if (isOlder(current, incoming)) return { outcome: 'stale', recheck: onGraph || isLookup(incoming) }
  // An unreadable row of a list states nothing, so a lookup can still say more.
  if (is.status === 'unknown') return { outcome: 'conflict', recheck: incoming.source !== 'lookup' }
  if (isLookup(incoming) && isUndone(was.status, is.status)) return { outcome: 'conflict', recheck: false }
  if (onGraph && !amountFalls(was, is)) {
    return { outcome: 'applied', report: succeed(current, incoming), recheck: false }
  }
  return isLookup(incoming) && !isListTooSilent(current, incoming)
    ? { outcome: 'corrected', report: succeed(current, incoming), recheck: false }
    : { outcome: 'conflict', recheck: true }
}

function isLookup({ source }: PaymentReport): boolean {
  return source === 'lookup' || source === 'list'
}

/** A lookup tells of everything that happened before it was sent, so older events have nothing to add to it. */
function isOlder(current: PaymentReport, incoming: PaymentReport): boolean {
  const knownUntil = isLookup(current) ? current.observedAt : current.occurredAt
  if (toTime(incoming.occurredAt) < toTime(knownUntil)) return true
  return isLookup(incoming) && toTime(incoming.observedAt) <= toTime(current.observedAt)
}

/** Funds that were held or taken do not go back to nothing having happened: somebody is wrong. */
function isUndone(was: PaymentStatus, is: PaymentStatus): boolean {
  const outcome = outcomeOf(was)
  const counts = outcome === 'held' || outcome === 'paid' || outcome === 'returned' || outcome === 'verified'
  return counts && outcomeOf(is) === 'undecided'
}

/**
 * A list shows the payments of one period, and may miss what became of them after it: without the figure that would
 * have to be taken back (`refunded`, or else `captured`) it does not take it back.
 */
function isListTooSilent({ payment: was }: PaymentReport, { source, payment: is }: PaymentReport): boolean {
  if (source !== 'list') return false
  if (was.status === 'partially_refunded' || was.status === 'refunded') return is.refunded === undefined
  return outcomeOf(was.status) === 'paid' && is.captured === undefined
}

/**
 * The report to store. It is as new as the newer of the two, so that an answer which was on its way meanwhile
 * is still seen to be old.
 */
function succeed(current: PaymentReport, incoming: PaymentReport): PaymentReport {
  const occurredAt = incoming.occurredAt ?? (isLookup(incoming) ? undefined : current.occurredAt)
  const isOvertaken = toTime(incoming.observedAt) < toTime(current.observedAt)
  return {
    ...incoming,
    payment: mergePayments(current.payment, incoming.payment),
    observedAt: isOvertaken ? current.observedAt : incoming.observedAt,
    ...(occurredAt === undefined ? {} : { occurredAt }),
  }
}

/** `NaN` where there is none: it is neither before nor after anything. */
function toTime(instant: string | undefined): number {
  return Date.parse(instant ?? '')
}
