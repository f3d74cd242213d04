import { type DeclineReason, outcomeOf, type Payment, type PaymentStatus } from '@payment-status/core'
import { match } from 'ts-pattern'
import type { DayStatistics, DayVolume } from '../types/reconciliation.ts'

/** Counts the payments of a day, one by one. */
export interface DayCount {
  /** `hadAction`: a report of it required an action of the shopper, whatever is recorded now. */
  add(payment: Payment, hadAction: boolean): void
  read(): DayStatistics
}

export function createDayCount(): DayCount {
  const statuses = new Map<PaymentStatus, number>()
  const refusals = new Map<DeclineReason | 'not_stated', number>()
  const volumes = new Map<string, DayVolume>()
  const threeDSecure = { asked: 0, passed: 0, failed: 0, timedOut: 0, unfinished: 0 }
  const counts = { payments: 0, paid: 0, notPaid: 0 }
  return {
    add(payment, hadAction) {
      const { status, amount } = payment
      counts.payments++
      increase(statuses, status)
      const ending = toEnding(status)
      if (ending) counts[ending]++
      if (ending === 'paid' && amount) {
        const { currency } = amount
        volumes.set(currency, addMoney(volumes.get(currency) ?? noVolume(currency), payment))
      }
      const refusal = toRefusal(payment)
      if (refusal) increase(refusals, refusal)
      if (wasAskedFor3ds(payment, hadAction)) {
        threeDSecure.asked++
        threeDSecure[to3dsOutcome(payment)]++
      }
    },
    read() {
      const { paid, notPaid } = counts
      const { passed, failed, timedOut } = threeDSecure
      return {
        ...counts,
        statuses: Object.fromEntries(statuses),
        ...toRate(paid, paid + notPaid),
        volume: [...volumes.values()].toSorted((a, b) => (a.currency < b.currency ? -1 : 1)),
        refusals: [...refusals]
          .map(([reason, count]) => ({ reason, count }))
          .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
        threeDSecure: { ...threeDSecure, ...toRate(passed, passed + failed + timedOut) },
      }
    },
  }
}

/** Returns where a payment counts in the success rate, if it does. */
function toEnding(status: PaymentStatus): 'paid' | 'notPaid' | undefined {
  return match(outcomeOf(status))
    .returnType<'paid' | 'notPaid' | undefined>()
    .with('paid', 'returned', () => 'paid')
    .with('not_paid', () => 'notPaid')
    .with('undecided', 'held', 'verified', 'unclear', () => undefined)
    .exhaustive()
}

/** A shopper who left, or a shop that canceled, was not refused; one who may try again after a refusal was. */
function toRefusal({ status, decline }: Payment): DeclineReason | 'not_stated' | undefined {
  return match(status)
    .with('failed', () => decline?.reason ?? 'not_stated')
    .with('open', 'canceled', 'expired', () => decline?.reason)
    .with('requires_action', 'processing', 'unknown', () => undefined)
    .with('authorized', 'verified', () => undefined)
    .with('partially_captured', 'captured', 'partially_refunded', 'refunded', () => undefined)
    .exhaustive()
}

/** ECIs of authenticated and of attempted 3-D Secure; 07 and 00 mean that it was not used. */
const secureIndicators: readonly string[] = ['05', '06', '02', '01']

/** Returns whether 3-D Secure was used. Not every action is 3-D Secure: a voucher is an action too. */
function wasAskedFor3ds({ status, decline, authentication, method }: Payment, hadAction: boolean): boolean {
  const isRefusedThere =
    status !== 'unknown' &&
    (decline?.reason === 'authentication_failed' || decline?.reason === 'authentication_timed_out')
  const { status: result, version, eci } = authentication ?? {}
  const isStated = result !== undefined || version !== undefined || secureIndicators.includes(eci ?? '')
  return (
    isRefusedThere || isStated || (method?.kind === 'card' && (hadAction || status === 'requires_action'))
  )
}

function to3dsOutcome(payment: Payment): 'passed' | 'failed' | 'timedOut' | 'unfinished' {
  return match(outcomeOf(payment.status))
    .returnType<'passed' | 'failed' | 'timedOut' | 'unfinished'>()
    .with('paid', 'returned', 'held', 'verified', () => 'passed')
    .with('unclear', () => 'unfinished')
    .with('undecided', 'not_paid', () => {
      const refusal = toRefusal(payment)
      return refusal === undefined ? 'unfinished' : toPlaceOfRefusal(refusal)
    })
    .exhaustive()
}

/** A bank that refuses for a reason of its own was asked after 3-D Secure; other reasons leave open where it ended. */
function toPlaceOfRefusal(
  reason: DeclineReason | 'not_stated',
): 'passed' | 'failed' | 'timedOut' | 'unfinished' {
  return match(reason)
    .returnType<'passed' | 'failed' | 'timedOut' | 'unfinished'>()
    .with('authentication_failed', () => 'failed')
    .with('authentication_timed_out', () => 'timedOut')
    .with(
      'insufficient_funds',
      'do_not_honor',
      'card_expired',
      'invalid_card',
      'incorrect_cvc',
      () => 'passed',
    )
    .with('lost_or_stolen', 'fraud_suspected', 'limit_exceeded', 'not_permitted', () => 'passed')
    .with('authentication_required', 'canceled_by_shopper', 'issuer_unavailable', () => 'unfinished')
    .with('processing_error', 'other', 'not_stated', () => 'unfinished')
    .exhaustive()
}

function noVolume(currency: string): DayVolume {
  return { currency, payments: 0, captured: 0, refunded: 0, notStated: 0 }
}

/** Adds what is stated or follows from the status; the rest counts as `notStated`. */
function addMoney(volume: DayVolume, { status, amount, captured, refunded }: Payment): DayVolume {
  const taken = captured ?? (status === 'captured' ? amount?.amount : undefined)
  const isReturned = status === 'refunded' || status === 'partially_refunded'
  const back = refunded ?? (isReturned ? (status === 'refunded' ? taken : undefined) : 0)
  const sums = { captured: volume.captured + (taken ?? 0), refunded: volume.refunded + (back ?? 0) }
  const isExact = Number.isSafeInteger(sums.captured) && Number.isSafeInteger(sums.refunded)
  const isStated = taken !== undefined && back !== undefined && isExact
  return {
    ...volume,
    ...(isExact ? sums : {}),
    payments: volume.payments + 1,
    notStated: volume.notStated + (isStated ? 0 : 1),
  }
}

/** Returns a part as a rate; nothing where the whole is 0. */
export function toRate(part: number, whole: number): { readonly successRate?: number } {
  return whole === 0 ? {} : { successRate: part / whole }
}

function increase<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
