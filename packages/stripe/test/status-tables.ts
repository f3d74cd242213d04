import { tabulate } from '../../../tools/markdown.ts'
import { stripeStatuses, toPaymentStatus } from '../src/index.ts'

const taken = { amount_received: 1000 }

/** Paragraphs and tables of this provider in docs/statuses.md. */
export const statusTables: readonly string[] = [
  "A PaymentIntent's `status`, together with what was received of 1000 and what its charge states as refunded:",
  tabulate(
    '`status`',
    stripeStatuses,
    {
      'nothing received': { amount_received: 0 },
      'canceled for being expired': { amount_received: 0, cancellation_reason: 'expired' },
      '400 received': { amount_received: 400 },
      'all received': taken,
      'and 400 refunded': {
        ...taken,
        latest_charge: { status: 'succeeded', amount_captured: 1000, amount_refunded: 400 },
      },
      'and all refunded': {
        ...taken,
        latest_charge: { status: 'succeeded', amount_captured: 1000, amount_refunded: 1000 },
      },
    },
    (status, facts) => toPaymentStatus({ status, amount: 1000, ...facts }),
  ),
]
