import type { DisputeEvent, PaymentReport } from '../model/evidence.ts'
import { isObserved, publish } from '../observe.ts'
import { type Advance, type AdvanceOptions, advance as decide } from './advance.ts'

/**
 * Guards the recorded state against late, repeated and reordered evidence. Give it what is stored and what came in, store
 * the report it returns, and look the payment up when it says `recheck`. It sends no request, and its result depends only
 * on its arguments; it can be [observed](https://nodejs.org/api/diagnostics_channel.html).
 *
 * A dispute event is merged into `payment.dispute`. Without a current report it must name the payment's id. For a provider
 * without lookups, give `{ canLookUp: false }`: later evidence then leaves `unknown` and takes a figure back.
 *
 * Throws `invalid_input` unless both are about one payment (provider and `payment.id`).
 *
 * @example
 * const { report, recheck } = advance(stored, event.report)
 */
export function advance(
  current: PaymentReport | undefined,
  incoming: PaymentReport | DisputeEvent,
  options?: AdvanceOptions,
): Advance {
  const verdict = decide(current, incoming, options)
  if (isObserved('advance')) {
    const { provider, status } = 'kind' in incoming ? verdict.report.payment : incoming.payment
    publish('advance', {
      provider,
      outcome: verdict.outcome,
      source: 'kind' in incoming ? 'webhook' : incoming.source,
      ...(current && { from: current.payment.status }),
      to: status,
      recheck: verdict.recheck,
    })
  }
  return verdict
}
