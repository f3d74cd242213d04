import type { PaymentStatus } from '@payment-status/core'
import type { ProviderSimulation, SimulatedPayment } from '@payment-status/core/kit'
import { match } from 'ts-pattern'

/** Where a payment really stands. Amounts in minor units. */
export interface Truth {
  readonly status: PaymentStatus
  readonly captured: number
  readonly refunded: number
}

/** Adds up what happened. This is the simulator's own account: nothing a provider package says goes into it. */
export function toTruth(
  { steps, amount }: SimulatedPayment,
  { refused, countsStartedRefunds }: Pick<ProviderSimulation, 'refused' | 'countsStartedRefunds'>,
): Truth {
  let status: PaymentStatus = 'open'
  let captured = 0
  const refunds = new Map<number, number>()
  for (const step of steps) {
    match(step)
      .with({ kind: 'processing' }, () => {
        status = 'processing'
      })
      .with({ kind: 'action_required' }, () => {
        status = 'requires_action'
      })
      .with({ kind: 'declined' }, ({ willRetry }) => {
        status = willRetry ? 'processing' : refused
      })
      .with({ kind: 'authorized' }, () => {
        status = 'authorized'
      })
      .with({ kind: 'captured' }, (capture) => {
        captured += capture.amount
      })
      .with({ kind: 'voided' }, { kind: 'canceled' }, () => {
        status = 'canceled'
      })
      .with({ kind: 'expired' }, () => {
        status = 'expired'
      })
      .with({ kind: 'refund_started' }, ({ refund, amount }) => {
        if (countsStartedRefunds) refunds.set(refund, amount)
      })
      .with({ kind: 'refunded' }, ({ refund, amount }) => {
        refunds.set(refund, amount)
      })
      .with({ kind: 'refund_failed' }, ({ refund }) => {
        refunds.delete(refund)
      })
      .with({ kind: 'disputed' }, { kind: 'dispute_lost' }, { kind: 'dispute_won' }, () => {})
      .exhaustive()
  }
  const refunded = [...refunds.values()].reduce((sum, refund) => sum + refund, 0)
  if (refunded > 0)
    return { status: refunded < captured ? 'partially_refunded' : 'refunded', captured, refunded }
  if (captured > 0)
    return { status: captured < amount.amount ? 'partially_captured' : 'captured', captured, refunded }
  return { status, captured, refunded }
}
