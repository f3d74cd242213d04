import type { PaymentReport } from 'payment-status'
import type { Order } from './double-insurance.ts'

/** Calls back with each new recorded state of an order's payments. */
export function watchRecorded(order: Order, onRecorded: (report: PaymentReport) => void): void {
  const { recorded } = order
  const set = recorded.set.bind(recorded)
  recorded.set = (key, report) => {
    if (recorded.get(key) !== report) onRecorded(report)
    return set(key, report)
  }
}
