import type { PaymentReport } from '../model/evidence.ts'
import { isObserved, publish } from '../observe.ts'
import { type Advance, advance as decide } from './advance.ts'

/**
 * The guard against late, repeated and reordered news: give it what you have stored and what came in, store the report it
 * returns, and look the payment up when it says `recheck`. It does no lookup itself, and depends on nothing but what it is
 * given; its verdict can be [observed](https://nodejs.org/api/diagnostics_channel.html).
 *
 * Throws `invalid_input` when it is given something else than reports of one payment (provider and `payment.id`).
 */
export function advance(current: PaymentReport | undefined, incoming: PaymentReport): Advance {
  const verdict = decide(current, incoming)
  if (isObserved('verdict')) {
    publish('verdict', {
      provider: incoming.payment.provider,
      outcome: verdict.outcome,
      source: incoming.source,
      ...(current && { from: current.payment.status }),
      to: incoming.payment.status,
      recheck: verdict.recheck,
    })
  }
  return verdict
}
