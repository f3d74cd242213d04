import { tabulate } from '../../../tools/markdown.ts'
import { airwallexStatuses, toPaymentStatus } from '../src/index.ts'

/** Paragraphs and tables of this provider in docs/statuses.md. */
export const statusTables: readonly string[] = [
  "A PaymentIntent's `status`, together with what was captured of 10 and what its refunds add up to:",
  tabulate(
    '`status`',
    airwallexStatuses,
    {
      'nothing captured': { captured_amount: 0 },
      'captured in part': { captured_amount: 5 },
      'captured in full': { captured_amount: 10 },
      'captured and refunded in part': { captured_amount: 10, refunded_amount: 5 },
      'captured and refunded in full': { captured_amount: 10, refunded_amount: 10 },
      'nothing captured, attempt EXPIRED': {
        captured_amount: 0,
        latest_payment_attempt: { status: 'EXPIRED' },
      },
    },
    (status, facts) => toPaymentStatus({ status, amount: 10, ...facts }),
  ),
]
