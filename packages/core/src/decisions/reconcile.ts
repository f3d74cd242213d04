import { inputError } from '../model/errors.ts'
import type { PaymentReport } from '../model/evidence.ts'
import { currencyDigits, type Money } from '../model/money.ts'
import { type PaymentStatus, paymentStatuses } from '../model/status.ts'
import { omitUndefined } from '../omit-undefined.ts'
import { resolveAttempts } from './attempts.ts'

/** Payment in the merchant's own records. A field that is left out is not compared. */
export interface OwnRecord {
  /** The provider's id of the payment. A record that has one is matched by it alone. */
  readonly id?: string | undefined
  /** The merchant's own id. A record without the provider's id is matched by it. */
  readonly reference?: string | undefined
  readonly status?: PaymentStatus | undefined
  /** Amount requested from the shopper. */
  readonly amount?: Money | undefined
  /** In minor units of the payment's currency. */
  readonly captured?: number | undefined
  /** In minor units of the payment's currency. */
  readonly refunded?: number | undefined
  /** Amount that reached the merchant's account; the rate as a decimal string. */
  readonly settlement?:
    | { readonly amount?: Money | undefined; readonly rate?: string | undefined }
    | undefined
}

/** Fields in which two records of one payment can differ. */
export type DifferingField = 'status' | 'amount' | 'captured' | 'refunded' | 'settlement'

/**
 * `only_theirs`: the provider has a payment that our records lack. `only_ours`: the other way round, or a duplicate of ours.
 * `differs`: both have it, and state a field differently. `unreadable`: the provider's row is `unknown`, or our record cannot
 * be compared.
 */
export interface Difference {
  readonly kind: 'only_theirs' | 'only_ours' | 'differs' | 'unreadable'
  readonly theirs?: PaymentReport
  readonly ours?: OwnRecord
  /** Fields of `differs`. */
  readonly fields?: readonly DifferingField[]
}

/** Result of a comparison. */
export interface ReconcileSummary {
  /** Number of the provider's reports. */
  readonly theirs: number
  /** Number of our records. */
  readonly ours: number
  /** Payments that both have, without a difference. */
  readonly same: number
  readonly differences: Readonly<Record<Difference['kind'], number>>
  /** False when a list broke off: nothing is reported missing from it. */
  readonly complete: boolean
  /** Error of the list that broke off. */
  readonly error?: unknown
}

/** Number of compared fields. */
const FIELDS = 5

/**
 * Compares a provider's list with our own records: yields every difference, and returns the summary. The lists need no
 * order. Our records are read first and held in memory; the provider's list is streamed.
 *
 * A record with an id matches only the payment of that id. A record without one is matched by its reference: of the payments
 * with that reference and no record of their own, the one that agrees best is taken, and the rest are `only_theirs`. A field
 * that one side does not state is no difference. Our own status `unknown` states nothing.
 *
 * A list that throws does not end the comparison: what it yielded is compared, nothing is reported missing from it, and the
 * summary has `complete: false` and the `error`. Rejects with `invalid_input` unless both arguments are lists.
 *
 * @example
 * const day = dayIn('yesterday', '+08:00')
 * for await (const difference of reconcile(onerway.list(day), ownRecordsOf(day))) report(difference)
 */
export async function* reconcile(
  theirs: AsyncIterable<PaymentReport>,
  ours: Iterable<OwnRecord> | AsyncIterable<OwnRecord>,
): AsyncGenerator<Difference, ReconcileSummary> {
  if (!isIterable(theirs) || !isIterable(ours)) {
    throw inputError(
      'payment-status',
      "reconcile takes two lists: the provider's reports, and records of your own",
    )
  }
  const differences = { only_theirs: 0, only_ours: 0, differs: 0, unreadable: 0 }
  const rows = { theirs: 0, ours: 0, same: 0 }
  const as = (difference: Difference): Difference => {
    differences[difference.kind]++
    return difference
  }
  const matched = new Map<string, OwnRecord>()
  const compare = (report: PaymentReport, record: OwnRecord): Difference | undefined => {
    const { id, status } = report.payment
    const isRepeated = matched.has(id)
    matched.set(id, record)
    const fields = findDifferences(report, record)
    if (status === 'unknown') return as({ kind: 'unreadable', theirs: report, ours: record })
    if (fields.length > 0) return as({ kind: 'differs', theirs: report, ours: record, fields })
    if (!isRepeated) rows.same++
    return undefined
  }

  // 1. Our own records, by id and by reference.
  const byId = new Map<string, OwnRecord>()
  const byReference = new Map<string, OwnRecord[]>()
  const surplus: OwnRecord[] = []
  const books = tolerant(ours)
  for await (const record of books.items) {
    rows.ours++
    const { id, reference } = readKey(record)
    if ((id === undefined && reference === undefined) || !isReadable(record))
      yield as({ kind: 'unreadable', ours: record })
    else if (id !== undefined && byId.has(id)) surplus.push(record)
    else if (id !== undefined) byId.set(id, record)
    else addTo(byReference, reference ?? '', record)
  }

  // 2. The provider's payments, as they come. One whose reference has records but no equal one waits for the end.
  const waiting = new Map<string, PaymentReport[]>()
  const alone = (report: PaymentReport) =>
    report.payment.status === 'unknown'
      ? as({ kind: 'unreadable', theirs: report })
      : books.error
        ? undefined
        : as({ kind: 'only_theirs', theirs: report })
  const list = tolerant(theirs)
  for await (const report of list.items) {
    rows.theirs++
    if (!isReport(report)) {
      yield as({ kind: 'unreadable', theirs: report })
      continue
    }
    const { id, reference = '' } = report.payment
    const records = byReference.get(reference) ?? []
    const agreeing = records.findIndex((record) => findDifferences(report, record).length === 0)
    const record = byId.get(id) ?? matched.get(id) ?? records.splice(agreeing, agreeing < 0 ? 0 : 1)[0]
    byId.delete(id)
    const found = record ? compare(report, record) : records.length === 0 ? alone(report) : undefined
    if (found) yield found
    else if (!record && records.length > 0) addTo(waiting, reference, report)
  }

  // 3. The rest: the most similar of one reference are compared, the others are on one side only.
  for (const [reference, reports] of waiting) {
    const left = new Set(reports)
    for (const { report, record } of pairUp(reports, byReference.get(reference) ?? [])) {
      left.delete(report)
      const found = compare(report, record)
      if (found) yield found
    }
    for (const report of left) {
      const found = alone(report)
      if (found) yield found
    }
  }
  if (!list.error) {
    for (const record of [...byId.values(), ...surplus, ...[...byReference.values()].flat()])
      yield as({ kind: 'only_ours', ours: record })
  }
  const broken = list.error ?? books.error
  return omitUndefined<ReconcileSummary>({
    ...rows,
    differences,
    complete: broken === undefined,
    error: broken?.error,
  })
}

function addTo<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key)
  if (group) group.push(item)
  else groups.set(key, [item])
}

interface Tolerant<T> {
  readonly items: AsyncIterable<T>
  error?: { readonly error: unknown }
}

/** Wraps a list so that its error is kept, not thrown. */
function tolerant<T>(list: Iterable<T> | AsyncIterable<T>): Tolerant<T> {
  const kept: Tolerant<T> = { items: read() }
  async function* read() {
    try {
      yield* list
    } catch (error) {
      kept.error = { error }
    }
  }
  return kept
}

/** Pairs each record with the most similar payment; of equals, with the one that decides the order. */
function* pairUp(
  reports: readonly PaymentReport[],
  records: OwnRecord[],
): Generator<{ readonly report: PaymentReport; readonly record: OwnRecord }> {
  const { deciding } = resolveAttempts(reports)
  const left = new Set(reports.toSorted((a, b) => Number(isSame(b, deciding)) - Number(isSame(a, deciding))))
  for (let distance = 0; distance <= FIELDS && records.length > 0; distance++) {
    for (const report of left) {
      const index = records.findIndex((record) => findDifferences(report, record).length === distance)
      if (index < 0) continue
      const [record = {}] = records.splice(index, 1)
      left.delete(report)
      yield { report, record }
    }
  }
}

function isSame(report: PaymentReport, other: PaymentReport | undefined): boolean {
  return report.payment.id === other?.payment.id
}

/** Returns the fields that both state, and state differently. */
function findDifferences({ payment }: PaymentReport, record: OwnRecord): DifferingField[] {
  const { status, amount, captured, refunded, settlement } = record
  const fields: DifferingField[] = []
  if (isStated(status) && status !== 'unknown' && status !== payment.status) fields.push('status')
  if (differInMoney(payment.amount, amount)) fields.push('amount')
  if (differ(payment.captured, captured)) fields.push('captured')
  if (differ(payment.refunded, refunded)) fields.push('refunded')
  const { amount: settled, rate } = payment.settlement ?? {}
  const isSettledOtherwise =
    differInMoney(settled, settlement?.amount) ||
    differ(toPlainDecimal(rate), toPlainDecimal(settlement?.rate))
  if (isSettledOtherwise) fields.push('settlement')
  return fields
}

function differ<T>(theirs: T | null | undefined, ours: T | null | undefined): boolean {
  return isStated(theirs) && isStated(ours) && theirs !== ours
}

function differInMoney(theirs: Money | null | undefined, ours: Money | null | undefined): boolean {
  if (!isStated(theirs) || !isStated(ours)) return false
  return theirs.amount !== ours.amount || theirs.currency !== ours.currency
}

/** `07.1200` and `7.12` are the same rate. */
function toPlainDecimal(decimal: string | null | undefined): string | undefined {
  if (!isStated(decimal)) return undefined
  const [, whole = '', fraction = ''] = /^0*(\d+?)(?:\.(\d*?)0*)?$/.exec(decimal) ?? []
  return whole === '' ? decimal : fraction === '' ? whole : `${whole}.${fraction}`
}

/** Null and "" mean absent, in a record as in a payload. */
function isStated<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null && value !== ''
}

function readKey(record: OwnRecord): { id?: string | undefined; reference?: string | undefined } {
  const { id, reference } = record ?? {}
  return { id: isStated(id) ? id : undefined, reference: isStated(reference) ? reference : undefined }
}

/** Returns whether a record can be compared. An invalid one is reported and does not end the comparison. */
function isReadable(record: OwnRecord): boolean {
  const { id, reference, status, amount, captured, refunded, settlement } = record
  return (
    [id, reference, settlement?.rate].every((text) => !isStated(text) || typeof text === 'string') &&
    (!isStated(status) || paymentStatuses.includes(status)) &&
    [captured, refunded].every((figure) => !isStated(figure) || isFigure(figure)) &&
    [amount, settlement?.amount].every((money) => !isStated(money) || isMoney(money))
  )
}

function isMoney({ amount, currency }: Money): boolean {
  return isFigure(amount) && currencyDigits(currency) !== undefined
}

function isFigure(figure: number): boolean {
  return Number.isSafeInteger(figure) && figure >= 0
}

function isReport(report: PaymentReport): boolean {
  return report?.evidence === 'report' && typeof report.payment?.id === 'string'
}

function isIterable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
  )
}
