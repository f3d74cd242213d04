import { anythingElse, toTable } from '../../../tools/markdown.ts'
import { onerwayPaymentStatuses, onerwayStatuses, onerwayTxnTypes, toPaymentStatus } from '../src/index.ts'

const statuses = [...onerwayStatuses, anythingElse]
const wholeWords = [...onerwayPaymentStatuses, anythingElse]

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
  'With `hosted`, `paymentStatus` is the word for the whole payment and decides where it is stated. Next to a transaction that succeeded (S), a word that denies it is `unknown`. With `direct`, `paymentStatus` is ignored:',
  toTable(
    ['`txnType`', '`status`', ...wholeWords],
    [...onerwayTxnTypes, anythingElse].flatMap((txnType) => {
      const [succeeded = [], other = []] = (['S', 'F'] as const).map((status) =>
        wholeWords.map(
          (paymentStatus) =>
            `\`${toPaymentStatus({ txnType, status, paymentStatus, integration: 'hosted' })}\``,
        ),
      )
      return succeeded.join() === other.join()
        ? [[txnType, 'any', ...succeeded]]
        : [
            [txnType, 'S', ...succeeded],
            [txnType, 'another', ...other],
          ]
    }),
  ),
]
