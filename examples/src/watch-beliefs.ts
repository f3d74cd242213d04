import type { PaymentReport } from 'payment-status'
import type { Order } from './double-insurance.ts'

/** Calls `onBelief` with each recorded state of an order's payments that differs from the one before. */
export function watchBeliefs(order: Order, onBelief: (report: PaymentReport) => void): void {
  const { recorded } = order
  const set = recorded.set.bind(recorded)
  recorded.set = (key, report) => {
    if (recorded.get(key) !== report) onBelief(report)
    return set(key, report)
  }
}
