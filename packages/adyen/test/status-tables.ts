import { tabulate } from '../../../tools/markdown.ts'
import { adyenResultCodes, toPaymentStatus } from '../src/index.ts'

const modes = {
  '`immediate`': { capture: 'immediate' },
  '`delayed` or `manual`': { capture: 'manual' },
  'amount 0': { capture: 'manual', amount: 0 },
} as const

/** Paragraphs and tables of this provider in docs/statuses.md. */
export const statusTables: readonly string[] = [
  'The status that one event leads to where nothing else is known of the payment, by how the account captures. Events that state one operation, such as a capture or a refund, are added to the payment with `foldEvent`:',
  tabulate(
    '`eventCode`',
    ['AUTHORISATION', 'CANCELLATION', 'TECHNICAL_CANCEL', 'EXPIRE', 'OFFER_CLOSED', 'PENDING'],
    { ...modes, '`success: "false"`': { capture: 'manual', success: false } as const },
    (eventCode, situation) => toPaymentStatus({ amount: 1000, success: true, ...situation, eventCode }),
  ),
  'The `resultCode` of an answer:',
  tabulate('`resultCode`', adyenResultCodes, modes, (resultCode, situation) =>
    toPaymentStatus({ amount: 1000, ...situation, resultCode }),
  ),
]
