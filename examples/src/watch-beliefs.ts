import type { PaymentReport } from 'payment-status'
import type { Order } from './double-insurance.ts'

/** Hears what the shop comes to believe of an order's payments, each time it stores something. */
export function watchBeliefs(order: Order, onBelief: (report: PaymentReport) => void): void {
  const { believed } = order
  const set = believed.set.bind(believed)
  believed.set = (key, report) => {
    if (believed.get(key) !== report) onBelief(report)
    return set(key, report)
  }
}
