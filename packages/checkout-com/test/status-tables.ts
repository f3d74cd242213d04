import { tabulate } from '../../../tools/markdown.ts'
import { checkoutComStatuses, toPaymentStatus } from '../src/index.ts'

/** Paragraphs and tables of this provider in docs/statuses.md. */
export const statusTables: readonly string[] = [
  "A payment's `status`, together with `approved`:",
  tabulate(
    '`status`',
    checkoutComStatuses,
    {
      '`approved: true`': { approved: true },
      '`approved: false`': { approved: false },
      'and a plan to try again': { approved: false, retry: { attempts_made: 1, max_attempts: 4 } },
      absent: {},
      'absent, with a redirect': { _links: { redirect: { href: 'https://3ds.example' } } },
    },
    (status, facts) => toPaymentStatus({ status, ...facts }),
  ),
  'Where `balances`, `actions` or the `response_code` contradict the word (Voided, and something was captured), the payment is `unknown`.',
]
