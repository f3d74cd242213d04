import type { Dispute, Money, Payment, PaymentOperation, WebhookEvent } from '@payment-status/core'
import { fromDecimal, inputError, omitUndefined, payloadError, readCsv } from '@payment-status/core/kit'
import { type PaymentContext, toCaptureMode } from './payment.ts'
import type { AdyenConfig } from './provider.ts'
import { pspReferencePattern } from './schema.ts'
import { type EventMeaning, toSettlementMeaning } from './status.ts'

/** Options of `readSettlementReport`: the same values as in `createAdyen`. */
export type SettlementReportOptions = Pick<AdyenConfig<string>, 'name' | 'merchantAccount' | 'capture'>

/** Columns by their names without spaces, brackets and case: an account may order them as it likes, and add others. */
const columns = {
  account: 'merchantaccount',
  pspReference: 'pspreference',
  reference: 'merchantreference',
  type: 'type',
  modification: 'modificationreference',
  currency: 'grosscurrency',
  debit: 'grossdebitgc',
  credit: 'grosscreditgc',
} as const
type Column = keyof typeof columns

/** Entries of an account that belong to no payment. */
const notOfPayments =
  /^(?:Fee|MiscCosts|MerchantPayout|DepositCorrection|InvoiceDeduction|MatchedStatement|ManualCorrected|BankInstructionReturned|EpaPaid|Balancetransfer|PaymentCost|PaidOut|PaidOutReversed)$/i

/**
 * Reads a settlement details report (CSV): yields an event for every entry of a payment, for `tracker.ingestEvent` or
 * `foldEvent`. Entries state the operations that webhooks state, under the same PSP references: what a webhook stated already
 * changes nothing, and what no webhook stated is added. That is the only second source for a payment at Adyen.
 *
 * A report holds one payout batch. What it does not hold has not failed. An entry that is not as documented is `unreadable`.
 * Throws `invalid_payload` for a file without the documented columns.
 *
 * Source: Adyen's page on the settlement details report.
 *
 * @example
 * for (const event of readSettlementReport(csv, { merchantAccount, capture: 'immediate' })) await tracker.ingestEvent(event)
 */
export function* readSettlementReport(
  csv: string,
  options: SettlementReportOptions,
): Generator<WebhookEvent> {
  const { name: provider = 'adyen', merchantAccount, capture } = options
  const accounts = [merchantAccount].flat()
  if (typeof csv !== 'string') throw inputError(provider, 'the report must be the text of a CSV file')
  if (!accounts.some(Boolean))
    throw inputError(provider, 'merchantAccount is missing. Set it to the code of your merchant account')
  const [heading = [], ...rows] = readCsv(csv.replace(/^\uFEFF/, ''))
  const names = heading.map((cell) => cell.toLowerCase().replaceAll(/[\s_()]/g, ''))
  for (const column of Object.values(columns)) {
    if (!names.includes(column))
      throw payloadError(provider, 'the heading', 'the columns of a settlement details report')
  }
  for (const [index, row] of rows.entries()) {
    const cell = (column: Column) => row[names.indexOf(columns[column])]?.trim() ?? ''
    if (!accounts.includes(cell('account'))) continue
    if (cell('pspReference') === '' || notOfPayments.test(cell('type'))) continue
    yield readEntry(cell, `line ${index + 2}`, { provider, capture })
  }
}

type Context = Pick<PaymentContext, 'provider' | 'capture'>

function readEntry(cell: (column: Column) => string, path: string, context: Context): WebhookEvent {
  const { provider } = context
  const [type, id, modification] = [cell('type'), cell('pspReference'), cell('modification')]
  const base = {
    provider,
    id: ['settlement', type, id, modification].join('/'),
    type: `settlement.${type}`,
    reply: { status: 200, body: '', contentType: 'text/plain' },
  } as const
  const meaning = toSettlementMeaning(type)
  const why = (what: string) =>
    ({ ...base, kind: 'unreadable', why: `${path} of the settlement report ${what}` }) as const
  if (!meaning) return why('has a type that is not listed')
  if (!pspReferencePattern.test(id) || !pspReferencePattern.test(modification))
    return why('has no valid Psp Reference or Modification Reference')
  const amount = readAmount(cell, path, provider)
  if (!amount) return why('states no amount in a currency of ISO 4217')
  if (meaning.kind === 'dispute')
    return { ...base, kind: 'dispute', key: { id }, dispute: toDispute(type, modification, amount) }
  if (meaning.kind !== 'operation') return why('has a type that states no operation')
  return { ...base, kind: 'operation', key: { id }, ...toOperation(meaning, cell, amount, context) }
}

/** Of an account that captures at once, no webhook names a capture: the sale is the operation. */
function toOperation(
  { operation, status, takesBack }: Extract<EventMeaning, { readonly kind: 'operation' }>,
  cell: (column: Column) => string,
  money: Money,
  context: Context,
): { readonly operation: PaymentOperation; readonly payment: Payment } {
  const { provider } = context
  const id = cell('pspReference')
  const reference = cell('reference') || undefined
  const isSale = operation === 'capture' && toCaptureMode(context, reference) === 'immediate'
  const kind = isSale ? 'payment' : operation === 'capture' ? 'capture' : 'refund'
  return {
    operation: omitUndefined<PaymentOperation>({
      id: isSale ? id : cell('modification'),
      kind,
      status,
      takesBack,
      ...(isSale ? { amount: money.amount } : money),
    }),
    payment: omitUndefined<Payment>({
      provider,
      id,
      reference,
      amount: isSale ? money : undefined,
      status: 'unknown',
      facts: { [cell('type')]: 'true' },
    }),
  }
}

function toDispute(type: string, id: string, amount: Money): Dispute {
  const status = {
    Chargeback: 'needs_response',
    SecondChargeback: 'lost',
    ChargebackReversed: 'under_review',
  } as const
  return { id, status: status[type as keyof typeof status] ?? 'unknown', amount }
}

/** Amounts are decimals in major units, in one of two columns. */
function readAmount(cell: (column: Column) => string, path: string, provider: string): Money | undefined {
  try {
    const stated = [cell('debit'), cell('credit')].filter((text) => text !== '')
    return stated.length === 1 ? fromDecimal(stated[0], cell('currency'), { provider, path }) : undefined
  } catch {
    return undefined
  }
}
