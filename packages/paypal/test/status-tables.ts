import { tabulate } from '../../../tools/markdown.ts'
import {
  paypalAuthorizationStatuses,
  paypalCaptureStatuses,
  paypalOrderStatuses,
  toPaymentStatus,
} from '../src/index.ts'

/** Paragraphs and tables of this provider in docs/statuses.md. */
export const statusTables: readonly string[] = [
  "An order's `status`, together with one capture. The capture decides:",
  tabulate(
    '`status`',
    paypalOrderStatuses,
    {
      'no operation': {},
      'a capture that is PENDING': { captures: [{ status: 'PENDING', amount: 10 }] },
      'captured in full': { captures: [{ status: 'COMPLETED', amount: 10 }] },
      'and refunded in full': { captures: [{ status: 'REFUNDED', amount: 10 }] },
      'a capture that was DECLINED': { captures: [{ status: 'DECLINED', amount: 10 }] },
    },
    (status, facts) => toPaymentStatus({ status, amount: 10, ...facts }),
  ),
  "A capture's `status` in a COMPLETED order over 10, of the whole or of a part, and with the reason that PayPal states:",
  tabulate(
    "a capture's `status`",
    paypalCaptureStatuses,
    {
      'of the whole amount': { amount: 10 },
      'of 5': { amount: 5 },
      'for the reason ECHECK': { amount: 10, reason: 'ECHECK' },
      'for the reason CHARGEBACK': { amount: 10, reason: 'CHARGEBACK' },
    },
    (status, facts) => toPaymentStatus({ status: 'COMPLETED', amount: 10, captures: [{ status, ...facts }] }),
  ),
  "An authorization's `status` in a COMPLETED order over 10, with what was captured:",
  tabulate(
    "an authorization's `status`",
    paypalAuthorizationStatuses,
    {
      'no capture': {},
      'captured in part': { captures: [{ status: 'COMPLETED', amount: 5 }] },
      'captured in full': { captures: [{ status: 'COMPLETED', amount: 10 }] },
    },
    (status, facts) =>
      toPaymentStatus({ status: 'COMPLETED', amount: 10, authorizations: [{ status }], ...facts }),
  ),
]
