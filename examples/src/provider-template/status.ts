/** The meaning of each word: pure, total, matched without a wildcard. Auditors read this file. @module */
import type { PaymentOperation, PaymentStatus } from '@payment-status/core'
import { isOneOf } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { acmePayRefundStates, acmePayStates } from './vocabulary.ts'

/** Facts that decide the status of a charge. Amounts in minor units; absent means not stated. */
export interface StatusFacts {
  readonly state: string
  readonly amount?: number | undefined
  readonly captured?: number | undefined
  readonly refunded?: number | undefined
}

/** Returns the status of a charge. `unknown`: an unlisted word, or facts that cannot be true together. */
export function toPaymentStatus({ state, amount, captured = 0, refunded = 0 }: StatusFacts): PaymentStatus {
  if (!isOneOf(acmePayStates, state)) return 'unknown'
  const unlessTaken = (status: PaymentStatus) => (captured > 0 || refunded > 0 ? 'unknown' : status)
  return match(state)
    .returnType<PaymentStatus>()
    .with('new', () => unlessTaken('open'))
    .with('challenge', () => unlessTaken('requires_action'))
    .with('working', () => unlessTaken('processing'))
    .with('held', () => unlessTaken('authorized'))
    .with('paid', () => {
      if (captured === 0) return 'unknown'
      if (refunded > 0) return refunded < captured ? 'partially_refunded' : 'refunded'
      return amount !== undefined && captured < amount ? 'partially_captured' : 'captured'
    })
    .with('over', () => unlessTaken('canceled'))
    .with('lapsed', () => unlessTaken('expired'))
    .with('rejected', () => unlessTaken('failed'))
    .exhaustive()
}

/** Returns the status of a refund. */
export function toRefundStatus(state: string): PaymentOperation['status'] {
  if (!isOneOf(acmePayRefundStates, state)) return 'unknown'
  return match(state)
    .returnType<PaymentOperation['status']>()
    .with('started', () => 'pending')
    .with('done', () => 'succeeded')
    .with('failed', () => 'failed')
    .exhaustive()
}
