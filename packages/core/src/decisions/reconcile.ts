import { inputError } from '../model/errors.ts'
import type { PaymentReport } from '../model/evidence.ts'
import { currencyDigits, type Money } from '../model/money.ts'
import { type PaymentStatus, paymentStatuses } from '../model/status.ts'
import { omitUndefined } from '../omit-undefined.ts'
import { resolveAttempts } from './attempts.ts'

/** A payment as the merchant's own books have it. What a book does not say is left out: it is compared with nothing. */
export interface OwnRecord {
  /** The provider's id of the payment. A record that has one is matched by it alone. */
  readonly id?: string | undefined
  /** The merchant's own id. A record without the provider's id is matched by it. */
  readonly reference?: string | undefined
  readonly status?: PaymentStatus | undefined
  /** What was asked of the shopper. */
  readonly amount?: Money | undefined
  /** In minor units of the payment's currency. */
  readonly captured?: number | undefined
  /** In minor units of the payment's currency. */
  readonly refunded?: number | undefined
  /** What reached the merchant's account; the rate as a decimal string. */
  readonly settlement?:
    | { readonly amount?: Money | undefined; readonly rate?: string | undefined }
    | undefined
}

/** What can differ between two records of one payment. */
export type DifferingField = 'status' | 'amount' | 'captured' | 'refunded' | 'settlement'

/**
 * `only_theirs`: the provider has a payment that the own records lack. `only_ours`: the other way round, or one of ours
 * too many. `differs`: both have it, and both state a field in different words. `unreadable`: the provider's row has no meaning
 * we know (its status is `unknown`), or a record of ours is none.
 */
export interface Difference {
  readonly kind: 'only_theirs' | 'only_ours' | 'differs' | 'unreadable'
  readonly theirs?: PaymentReport
  readonly ours?: OwnRecord
  /** Of `differs`: in what. */
  readonly fields?: readonly DifferingField[]
}

/** What a comparison came to. */
export interface ReconcileSummary {
  /** How many reports the provider gave. */
  readonly theirs: number
  /** How many records of our own there were. */
  readonly ours: number
  /** How many payments both have, with no difference in what both state. */
  readonly same: number
  readonly differences: Readonly<Record<Difference['kind'], number>>
  /** False when a list broke off: there may be more, and nothing was said to be missing from it. */
  readonly complete: boolean
  /** What the list that broke off failed with. */
  readonly error?: unknown
}

/** How many fields are compared. */
const FIELDS = 5

/**
 * Compares what a provider lists with one's own records: yields every difference, and returns the summary. Pure: it asks
 * nobody but the two lists, and needs no order in them. Our own records are read first and kept; the provider's list is
 * compared as it comes.
 *
 * A record with an id is the payment of that id and no other; a record without one is matched by its reference, where
 * all payments of that reference that no id claims are candidates: the one that agrees best is taken, and the rest are `only_theirs`.
 * What one side does not state is no difference. Our own status `unknown` states nothing.
 *
 * A list that throws ends nothing: what it gave is compared, nothing is reported missing from it, and the summary has
 * `complete: false` and the `error`. Rejects with `invalid_input` for what is no list.
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

  // 1. Our own records, by what they are matched by.
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

  // 2. The provider's payments, as they come. Those of a reference none of whose records agrees wait for the end.
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

  // 3. What is left: the nearest of one reference are compared, the rest is on one side only.
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

/** A list whose end is an error: what it failed with is kept, and not thrown. */
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

/** Takes each record out with the payment it differs least from; of equals, with the one that decides the order. */
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

/** The fields both state, and state differently. */
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

/** `07.1200` and `7.12` are one rate. */
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

/** Whether a record can be compared. A wrong one is shown as it is: it costs itself, and not the night. */
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
