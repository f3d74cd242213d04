import { anythingElse, tabulate, toTable } from '../../../tools/markdown.ts'
import { onerwayPaymentStatuses, onerwayStatuses, onerwayTxnTypes, toPaymentStatus } from '../src/index.ts'

const statuses = [...onerwayStatuses, anythingElse]

/** Paragraphs and tables of this provider in docs/statuses.md. */
export const statusTables: readonly string[] = [
  "A transaction's `status`, together with its `txnType`. A payment is its transactions added up: captures and refunds apply on top, so a refund alone is `unknown`.",
  toTable(
    ['`txnType`', 'integration', ...statuses],
    [...onerwayTxnTypes, anythingElse].flatMap((txnType) => {
      const [direct = [], hosted = []] = (['direct', 'hosted'] as const).map((integration) =>
        statuses.map((status) => `\`${toPaymentStatus({ txnType, status, integration })}\``),
      )
      return direct.join() === hosted.join()
        ? [[txnType, 'either', ...direct]]
        : [
            [txnType, '`direct`', ...direct],
            [txnType, '`hosted`', ...hosted],
          ]
    }),
  ),
  'With `hosted`, `paymentStatus` is the word for the whole payment and decides where it is stated. With `direct` it is ignored:',
  tabulate(
    '`txnType`',
    onerwayTxnTypes,
    Object.fromEntries([...onerwayPaymentStatuses, anythingElse].map((word) => [word, word])),
    (txnType, paymentStatus) =>
      toPaymentStatus({ txnType, status: 'S', paymentStatus, integration: 'hosted' }),
  ),
]
