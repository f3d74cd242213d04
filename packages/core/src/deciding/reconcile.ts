import { omitUndefined } from '../omit-undefined.ts'
import { inputError } from '../words/errors.ts'
import type { PaymentReport } from '../words/evidence.ts'
import { currencyDigits, type Money } from '../words/money.ts'
import { type PaymentStatus, paymentStatuses } from '../words/status.ts'
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

/** A report takes about eight times the memory of a record of one's own: so many more of those are read in one go. */
const THEIRS_AT_ONCE = 64
const OURS_AT_ONCE = 512
/** How many fields are compared. */
const FIELDS = 5

/**
 * Compares what a provider lists with one's own records, and yields every difference as soon as it is certain; returns
 * the summary. Pure: it asks nobody but the two lists, and needs no order in them.
 *
 * A record with an id is the payment of that id and no other; a record without one is matched by its reference, where
 * all payments of that reference that no id claims are candidates: the one that agrees best is taken, and the rest are `only_theirs`.
 * What one side does not state is no difference. Our own status `unknown` states nothing.
 *
 * A list that breaks off (it throws) ends nothing: what it gave is compared, nothing is said to be missing from it, and
 * the summary has `complete: false` and the `error`. Both lists are read side by side and only what waits for its other
 * half is held, so a million rows on each side need the memory of the smaller side. Rejects with `invalid_input` for what is no list.
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
  const provider = createReader(theirs, THEIRS_AT_ONCE)
  const books = createReader(ours, OURS_AT_ONCE)
  const matcher = createMatcher()
  try {
    while (!provider.isOver() || !books.isOver()) {
      const [reports, records] = await Promise.all([provider.read(), books.read()])
      for (const record of records) matcher.addOurs(record)
      for (const report of reports) matcher.addTheirs(report)
      if (books.isOver()) matcher.endOurs(!books.hasBroken())
      if (provider.isOver()) matcher.endTheirs(!provider.hasBroken())
      yield* matcher.takeFound()
    }
    matcher.weighTheRest()
    yield* matcher.takeFound()
  } finally {
    await Promise.allSettled([provider.close(), books.close()])
  }
  const hasBroken = provider.hasBroken() || books.hasBroken()
  return omitUndefined<ReconcileSummary>({
    ...matcher.count(),
    complete: !hasBroken,
    error: hasBroken ? (provider.error() ?? books.error()) : undefined,
  })
}

interface Matcher {
  addTheirs(report: PaymentReport): void
  addOurs(record: OwnRecord): void
  /** Every id of ours is known now: what is left of theirs can only be met by a reference. */
  endOurs(isWhole: boolean): void
  /** Everything of theirs is known now: what is left of ours by id will meet nothing. */
  endTheirs(isWhole: boolean): void
  /** Once both have ended: several payments of one reference, none of which agrees. */
  weighTheRest(): void
  /** The differences found since it was asked last. */
  takeFound(): Difference[]
  count(): Omit<ReconcileSummary, 'complete' | 'error'>
}

/** Finds the pairs. What is certain goes out; the rest is held until its side or the other is whole. */
function createMatcher(): Matcher {
  /** Those that have not met their other half yet. */
  const reports = new Map<string, PaymentReport>()
  const records = new Map<string, OwnRecord>()
  const recordsByReference = new Map<string, OwnRecord[]>()
  /** Those that have: a provider may list one payment twice. */
  const matched = new Map<string, OwnRecord>()
  /** Once their list is over: the references that can still be met. */
  let openReferences: Set<string> | undefined
  const state = { isOursOver: false, isOursWhole: false, isTheirsOver: false, isTheirsWhole: false }
  const differences = { only_theirs: 0, only_ours: 0, differs: 0, unreadable: 0 }
  const rows = { theirs: 0, ours: 0, same: 0 }
  let found: Difference[] = []

  function add(difference: Difference): void {
    differences[difference.kind]++
    found.push(difference)
  }

  function compare(report: PaymentReport, record: OwnRecord): void {
    const { id, status } = report.payment
    const isRepeated = matched.has(id)
    matched.set(id, record)
    const fields = findDifferences(report, record)
    if (status === 'unknown') add({ kind: 'unreadable', theirs: report, ours: record })
    else if (fields.length > 0) add({ kind: 'differs', theirs: report, ours: record, fields })
    else if (!isRepeated) rows.same++
  }

  function addWithoutOurs(report: PaymentReport): void {
    if (report.payment.status === 'unknown') add({ kind: 'unreadable', theirs: report })
    else if (state.isOursWhole) add({ kind: 'only_theirs', theirs: report })
  }

  function addWithoutTheirs(record: OwnRecord): void {
    if (state.isTheirsWhole) add({ kind: 'only_ours', ours: record })
  }

  /** No id claims it: a record of its reference may. One that agrees is taken at once; if none does, all are weighed at the end. */
  function meetByReference(report: PaymentReport): void {
    const { id, reference } = report.payment
    const candidates = (reference === undefined ? undefined : recordsByReference.get(reference)) ?? []
    const agreeing = candidates.findIndex((record) => findDifferences(report, record).length === 0)
    const [record] = agreeing < 0 ? [] : candidates.splice(agreeing, 1)
    if (record === undefined && candidates.length > 0) {
      reports.set(id, report)
      return
    }
    reports.delete(id)
    if (record) compare(report, record)
    else addWithoutOurs(report)
  }

  return {
    addTheirs(report) {
      rows.theirs++
      if (!isReport(report)) {
        add({ kind: 'unreadable', theirs: report })
        return
      }
      const { id } = report.payment
      const record = records.get(id) ?? matched.get(id)
      records.delete(id)
      if (record) compare(report, record)
      else if (state.isOursOver) meetByReference(report)
      else reports.set(id, report)
    },
    addOurs(record) {
      rows.ours++
      const { id, reference } = readKey(record)
      if ((id === undefined && reference === undefined) || !isReadable(record)) {
        add({ kind: 'unreadable', ours: record })
      } else if (id !== undefined) {
        const report = reports.get(id)
        reports.delete(id)
        if (report) compare(report, record)
        else if (matched.has(id) || records.has(id)) add({ kind: 'only_ours', ours: record })
        else if (state.isTheirsOver) addWithoutTheirs(record)
        else records.set(id, record)
      } else if (reference !== undefined && (openReferences?.has(reference) ?? true)) {
        const others = recordsByReference.get(reference)
        if (others) others.push(record)
        else recordsByReference.set(reference, [record])
      } else {
        addWithoutTheirs(record)
      }
    },
    endOurs(isWhole) {
      if (state.isOursOver) return
      Object.assign(state, { isOursOver: true, isOursWhole: isWhole })
      for (const report of [...reports.values()]) meetByReference(report)
    },
    endTheirs(isWhole) {
      if (state.isTheirsOver) return
      Object.assign(state, { isTheirsOver: true, isTheirsWhole: isWhole })
      for (const record of records.values()) addWithoutTheirs(record)
      records.clear()
      openReferences = new Set([...reports.values()].flatMap(({ payment }) => payment.reference ?? []))
      for (const [reference, left] of recordsByReference) {
        if (openReferences.has(reference)) continue
        recordsByReference.delete(reference)
        for (const record of left) addWithoutTheirs(record)
      }
    },
    weighTheRest() {
      const groups = new Map<string, PaymentReport[]>()
      for (const report of reports.values()) {
        const { reference = '' } = report.payment
        const group = groups.get(reference)
        if (group) group.push(report)
        else groups.set(reference, [report])
      }
      for (const [reference, group] of groups) {
        const candidates = recordsByReference.get(reference) ?? []
        for (const { report, record } of pairUp(group, candidates)) {
          reports.delete(report.payment.id)
          compare(report, record)
        }
      }
      for (const report of reports.values()) addWithoutOurs(report)
      for (const left of recordsByReference.values()) for (const record of left) addWithoutTheirs(record)
    },
    takeFound() {
      const taken = found
      found = []
      return taken
    },
    count: () => ({ ...rows, differences: { ...differences } }),
  }
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

interface Reader<T> {
  /** The next rows, none when it is over. Never rejects: what a list fails with is kept. */
  read(): Promise<T[]>
  isOver(): boolean
  hasBroken(): boolean
  error(): unknown
  /** Tells a list that is not over that nobody will read on. */
  close(): Promise<void>
}

function createReader<T>(list: Iterable<T> | AsyncIterable<T>, atOnce: number): Reader<T> {
  let iterator: Iterator<T> | AsyncIterator<T> | undefined
  let state: 'open' | 'over' | 'broken' = 'open'
  let failure: unknown
  return {
    async read() {
      const rows: T[] = []
      try {
        iterator ??= Symbol.asyncIterator in list ? list[Symbol.asyncIterator]() : list[Symbol.iterator]()
        while (state === 'open' && rows.length < atOnce) {
          const next = iterator.next()
          const { done, value } = 'then' in next ? await next : next
          if (done) state = 'over'
          else rows.push(value)
        }
      } catch (error) {
        state = 'broken'
        failure = error
      }
      return rows
    },
    isOver: () => state !== 'open',
    hasBroken: () => state === 'broken',
    error: () => failure,
    async close() {
      if (state === 'open') await iterator?.return?.()
    },
  }
}

function isReport(report: PaymentReport): boolean {
  return report?.evidence === 'report' && typeof report.payment?.id === 'string'
}

function isIterable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
  )
}
