import type { Money, OwnRecord } from '@payment-status/core'
import { fromDecimal, isOneOf, omitUndefined, payloadError, readCsv } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { idPattern } from './schema.ts'
import { type OnerwaySettlementType, onerwaySettlementTypes } from './vocabulary.ts'

/** One line of a settlement file. */
export interface SettlementLine {
  /** Onerway's transaction type, verbatim. */
  readonly type: string
  readonly kind: 'payment' | 'refund' | 'chargeback' | 'other'
  /** The transaction's own id. */
  readonly transactionId: string
  /** Merchant order id. */
  readonly reference?: string
  /** Order amount, without a sign. */
  readonly amount?: Money
  /** Onerway's transaction status, verbatim. Its values are not published. */
  readonly status?: string
  /** Settlement date, verbatim. */
  readonly settlementDate?: string
  readonly batchId?: string
}

/** A payment as the settlement file states it, in the form that `reconcile` compares. */
export interface SettlementRecord extends OwnRecord {
  /** Its lines: the sale, refunds and chargebacks. */
  readonly lines: readonly SettlementLine[]
}

/** Columns of the details, by their names without spaces, underscores and case. */
const columns = {
  type: 'transactiontype',
  transactionId: 'transactionid',
  reference: 'merchantorderid',
  amount: 'orderamount',
  currency: 'ordercurrency',
  status: 'transactionstatus',
  settlementDate: 'settlementdate',
  batchId: 'settlementbatchid',
} as const

/**
 * Reads a settlement file of Onerway (`/v1/settlementFile/download`): one record for each SALE, with the refunds of the
 * same merchant order id added up. Lines without a SALE in the file make a record that states only a reference. Throws
 * `invalid_payload` for a file without the documented columns, and for a line whose id or amount is not valid.
 *
 * Source: Onerway's page on the settlement file.
 *
 * @example
 * for await (const difference of reconcile(onerway.list(day), readSettlementFile(csv))) report(difference)
 */
export function readSettlementFile(
  csv: string,
  { provider = 'onerway' }: { readonly provider?: string | undefined } = {},
): readonly SettlementRecord[] {
  const lines = readLines(csv, provider)
  const following = new Map<string, SettlementLine[]>()
  for (const line of lines) {
    if (line.kind === 'payment' || line.reference === undefined) continue
    const known = following.get(line.reference)
    if (known) known.push(line)
    else following.set(line.reference, [line])
  }
  const sales = lines.filter(({ kind }) => kind === 'payment')
  const records = sales.map((sale) => {
    const own = following.get(sale.reference ?? '') ?? []
    following.delete(sale.reference ?? '') // of two sales of one order, the first takes them
    return toRecord(sale, own)
  })
  const unnamed = lines.filter(({ kind, reference }) => kind !== 'payment' && reference === undefined)
  const others = [...following.values(), ...unnamed.map((line) => [line])]
  return [...records, ...others.map((all) => toRecord(undefined, all))]
}

function toRecord(sale: SettlementLine | undefined, following: readonly SettlementLine[]): SettlementRecord {
  const refunds = following.filter(({ kind }) => kind === 'refund')
  return omitUndefined<SettlementRecord>({
    id: sale?.transactionId,
    reference: sale?.reference ?? following[0]?.reference,
    amount: sale?.amount,
    captured: sale?.amount?.amount,
    refunded: refunds.length > 0 ? sum(refunds, (sale ?? refunds[0])?.amount?.currency) : undefined,
    lines: sale ? [sale, ...following] : following,
  })
}

/** Adds up amounts. `undefined` where one is not stated, or is in another currency. */
function sum(lines: readonly SettlementLine[], currency: string | undefined): number | undefined {
  const isSummable = lines.every(({ amount }) => amount !== undefined && amount.currency === currency)
  return isSummable ? lines.reduce((total, { amount }) => total + (amount?.amount ?? 0), 0) : undefined
}

/** Reads the details. The file begins with the settlement batch, which has other columns. */
function readLines(csv: string, provider: string): SettlementLine[] {
  const rows = readCsv(csv.replace(/^\uFEFF/, ''))
  const toName = (cell: string) => cell.toLowerCase().replaceAll(/[\s_]/g, '')
  const isHeading = (row: readonly string[]) => {
    const names = row.map(toName)
    return names.includes(columns.transactionId) && names.includes(columns.type)
  }
  const start = rows.findIndex(isHeading)
  if (start < 0) {
    throw payloadError(provider, 'the heading', 'a line with the columns Transaction ID and Transaction Type')
  }
  const names = (rows[start] ?? []).map(toName)
  return rows.slice(start + 1).flatMap((row, index) => {
    const cell = (name: keyof typeof columns) => row[names.indexOf(columns[name])]?.trim() || undefined
    const type = cell('type')
    if (type === undefined) return []
    const path = `line ${start + index + 2}`
    const transactionId = cell('transactionId') ?? ''
    if (!idPattern.test(transactionId))
      throw payloadError(provider, path, 'a transaction id of 1 to 20 digits')
    return omitUndefined<SettlementLine>({
      type,
      kind: toKind(type),
      transactionId,
      reference: cell('reference'),
      amount: fromDecimal(cell('amount')?.replace(/^-/, ''), cell('currency'), { provider, path }),
      status: cell('status'),
      settlementDate: cell('settlementDate'),
      batchId: cell('batchId'),
    })
  })
}

function toKind(type: string): SettlementLine['kind'] {
  if (!isOneOf(onerwaySettlementTypes, type)) return 'other'
  return match<OnerwaySettlementType>(type)
    .returnType<SettlementLine['kind']>()
    .with('SALE', () => 'payment')
    .with('REFUND', () => 'refund')
    .with('CB', 'CB_CANCEL', 'CB_VOID', () => 'chargeback')
    .with('CB_APPEAL', 'CB_APPEAL_SUCCESS', () => 'chargeback')
    .with('CB_APPEAL_SECOND', 'CB_APPEAL_SECOND_SUCCESS', 'CB_APPEAL_SECOND_FAILURE', () => 'chargeback')
    .exhaustive()
}
