import { groupLinked, outcomeOf } from '@payment-status/core/kit'
import { type Folded, findOrigins, foldGroup, foldRow, type PaymentRow } from './fold.ts'
import { byId, isOpening, type Operation } from './operation.ts'
import { type Answer, IDS_IN_A_QUERY, nameOf, type Query, type QueryContext } from './query.ts'
import { referencePattern } from './schema.ts'
import { toJoinedStatus, toTransactionStatus } from './status.ts'

/** The payments that are wanted: one by its id, all of a reference, or all that have an operation in a period. */
export type Target =
  | {
      readonly kind: 'payment'
      readonly id: string
      /** Ids of its known operations. */
      readonly operations: readonly string[]
      readonly reference?: string | undefined
    }
  | {
      readonly kind: 'reference'
      readonly reference: string
      /** Ids of known operations, which go by other references. */
      readonly operations: readonly string[]
      /** `true` where undecided attempts may speak for their payment: the payment query is not asked as well. */
      readonly isRoutine?: boolean | undefined
    }
  | { readonly kind: 'period'; readonly ids: readonly string[] }

/** Collects what Onerway answers, and returns which queries are still missing and the payments that it all adds up to. */
export interface Transactions {
  add(answer: Answer): void
  /** Returns the queries to send next; none once everything known of the target has been asked for. */
  missing(target: Target): readonly Query[]
  payments(): Iterable<Folded>
}

/** Creates an empty collection. A lookup is one loop: while queries are missing, send them and add their answers. */
export function createTransactions(context: QueryContext): Transactions {
  const { integration, refundQueryPath } = context
  const operations = new Map<string, Operation>()
  const paymentRows = new Map<string, PaymentRow>()
  /** The paymentId of each transaction that the payment query was asked by and whose payment it found. */
  const foundBy = new Map<string, string>()
  const asked = new Set<string>()

  function add({ query, operations: rows, paymentRows: theirs }: Answer): void {
    for (const value of query.values) asked.add(keyOf(query.kind, value))
    addRows(query, rows)
    if (query.kind === 'payments of transactions') findPayments(query.values, theirs)
    addPaymentRows(query, theirs)
    linkPaymentId()
  }

  /** Adds the rows that the query asked for, and those without a merchantTxnId that follow a known operation. */
  function addRows({ kind, values }: Query, rows: readonly Operation[]): void {
    const isOfRefunds = kind.startsWith('refunds')
    const isAskedFor = ({ id, reference }: Operation) =>
      kind === 'transactions' ? values.includes(id) : kind !== 'reference' || values.includes(reference ?? '')
    for (const row of rows) {
      // A row of the order query says more than the refund query's.
      if (isAskedFor(row) && !(isOfRefunds && operations.has(row.id))) operations.set(row.id, row)
    }
    const following = new Map<string, Operation[]>()
    for (const row of rows) {
      if (isAskedFor(row) || row.reference !== undefined || row.origin === undefined) continue
      const known = following.get(row.origin)
      if (known) known.push(row)
      else following.set(row.origin, [row])
    }
    const pending = [...following.keys()].filter((origin) => operations.has(origin))
    for (let origin = pending.pop(); origin !== undefined; origin = pending.pop()) {
      for (const row of following.get(origin) ?? []) {
        operations.set(row.id, row)
        pending.push(row.id)
      }
      following.delete(origin)
    }
  }

  /**
   * Finds the payment of each transaction that the query asked by. A row may name the last transaction only: then it is the
   * payment of an earlier one where it alone states the same merchantTxnId.
   */
  function findPayments(ids: readonly string[], rows: readonly PaymentRow[]): void {
    for (const id of ids) {
      const reference = operations.get(id)?.reference
      const same = rows.filter((row) => reference !== undefined && row.reference === reference)
      const [paymentId, ...others] = new Set(same.map((row) => row.paymentId))
      if (paymentId !== undefined && others.length === 0) foundBy.set(id, paymentId)
    }
  }

  /** Adds the rows of the payment that the query asked for. A row about another one is not an answer. */
  function addPaymentRows({ kind, values }: Query, rows: readonly PaymentRow[]): void {
    const isOf = (row: PaymentRow, value: string) => {
      if (kind === 'payment') return row.paymentId === value
      if (kind === 'payments of a reference') return row.reference === value
      return row.transactionIds.includes(value) || foundBy.get(value) === row.paymentId
    }
    const isAskedFor = (row: PaymentRow) => values.some((value) => isOf(row, value))
    const own = rows.filter(isAskedFor)
    for (const paymentId of new Set(own.map((row) => row.paymentId))) {
      const same = own.filter((row) => row.paymentId === paymentId)
      const paying = same.filter(({ status }) => status !== 'verified') // a kept card says nothing of the payment
      const joined = join(paying.length > 0 ? paying : same)
      if (!joined) continue
      paymentRows.set(paymentId, joined)
      // A reference has all rows of its payments, a transaction only those that name it.
      if (kind === 'payments of a reference') asked.add(keyOf('payment', paymentId))
    }
  }

  /** Links operations to the payment whose row names them: the row of a closed one may state no paymentId itself. */
  function linkPaymentId(): void {
    const link = (id: string, paymentId: string) => {
      const operation = operations.get(id)
      if (operation && operation.paymentId === undefined) operations.set(id, { ...operation, paymentId })
    }
    for (const { paymentId, transactionIds } of paymentRows.values()) {
      for (const id of transactionIds) link(id, paymentId)
    }
    for (const [id, paymentId] of foundBy) link(id, paymentId)
  }

  function missing(target: Target): readonly Query[] {
    const wanted = firstQueries(target)
    for (const { paymentId, transactionIds } of paymentRows.values()) {
      if (target.kind !== 'period') wanted.push(toQuery('payment', paymentId))
      wanted.push(...unknownOf(transactionIds))
    }
    const isWanted = createFilter(target)
    for (const group of groups()) {
      if (target.kind === 'period') wanted.push(...findOpening(group), ...findPaymentId(group))
      else if (isWanted(group) && !isSpokenFor(group, target)) wanted.push(...findAll(group))
    }
    for (const { id, kind, amount } of operations.values()) {
      // Rows of the refund query may state no amount: the order query does.
      if (kind === 'refund' && amount === undefined) wanted.push(toQuery('transactions', id))
    }
    return toBatches(wanted.filter(isNew), target)
  }

  function firstQueries(target: Target): Query[] {
    switch (target.kind) {
      case 'reference': {
        const first = toQuery('reference', target.reference)
        // Its answer mostly holds some of the known ones.
        if (isNew(first)) return [first]
        const untried =
          operations.size === 0 && paymentRows.size === 0 ? integration.untried(target.reference) : []
        return [...untried, ...unknownOf(target.operations)]
      }
      case 'period':
        return unknownOf(target.ids)
      case 'payment': {
        const known = unknownOf(target.operations)
        if (isFound(target.id)) return known
        const lead = integration.leads(target.id, target.operations.includes(target.id)).find(isNew)
        if (!lead) return known
        // The payment query may state the reference, whose transactions mostly hold the known ones.
        return lead.kind === 'payment' ? [lead] : [lead, ...known]
      }
    }
  }

  /** Known operations alone do not answer a lookup: the id may be that of one which is not among them. */
  function isFound(id: string): boolean {
    if (paymentRows.has(id)) return true
    for (const row of paymentRows.values()) if (row.transactionIds.includes(id)) return true
    for (const operation of operations.values()) if (isNamedBy(operation, id)) return true
    return false
  }

  function createFilter(target: Target): (group: readonly Operation[]) => boolean {
    if (target.kind === 'reference')
      return (group) => group.some(({ reference }) => reference === target.reference)
    if (target.kind === 'period') return () => true
    const ids = new Set([target.id, ...target.operations])
    return (group) => group.some((operation) => ids.has(operation.id) || isNamedBy(operation, target.id))
  }

  function isSpokenFor(group: readonly Operation[], target: Target): boolean {
    if (target.kind !== 'reference' || !target.isRoutine) return false
    return group.every(
      ({ words }) =>
        integration.wholeWord(words.paymentStatus) !== undefined &&
        outcomeOf(toTransactionStatus(words, integration)) === 'undecided',
    )
  }

  /** Returns the queries that lead from a group to everything known of its payment. */
  function findAll(group: readonly Operation[]): Query[] {
    const sharedIds = toSet(group.map(({ paymentId }) => integration.sharedId(paymentId)))
    const taken = group.filter(
      ({ kind, status }) => status === 'succeeded' && (kind === 'payment' || kind === 'capture'),
    )
    const refunds =
      refundQueryPath === undefined
        ? []
        : sharedIds.length > 0
          ? sharedIds.map((id) => toQuery('refunds of a payment', id))
          : taken.map(({ id }) => toQuery('refunds of a transaction', id))
    return [
      ...sharedIds.map((id) => toQuery('payment', id)),
      ...findPaymentId(group),
      ...findReferences(group.filter(isOpening)),
      ...findOpening(group),
      ...refunds,
    ]
  }

  /** Returns the queries that lead to the payment of openings whose rows state no paymentId, where there is one. */
  function findPaymentId(group: readonly Operation[]): Query[] {
    if (group.some(({ paymentId }) => paymentId !== undefined)) return []
    const leads = group.filter(isOpening).flatMap(({ id }) => integration.leads(id, true))
    return leads.filter(({ kind }) => kind === 'payments of transactions')
  }

  /**
   * Returns the queries that lead to the transactions which others follow. Where these lead nowhere and the opening is
   * missing, the merchantTxnId of a later operation may be the payment's own.
   */
  function findOpening(group: readonly Operation[]): Query[] {
    const origins = findOrigins(group)
      .map((id) => toQuery('transactions', id))
      .filter(isNew)
    if (origins.length > 0 || group.some(isOpening)) return origins
    return findReferences(group.filter(({ kind }) => kind !== 'other'))
  }

  /** Groups operations that share a paymentId or follow each other; one by one, so that a year of them fits into memory. */
  function groups(): Iterable<Operation[]> {
    const homes = findHomesOfKeptCards(operations.values())
    const all = [...operations.values()].map((operation) => {
      const origin = homes.get(operation.id)
      return origin === undefined ? operation : { ...operation, origin }
    })
    return groupLinked(all, [({ id, origin }) => [id, origin], ({ paymentId }) => [paymentId]])
  }

  function* payments(): Iterable<Folded> {
    const alone = new Map(paymentRows)
    for (const group of groups()) {
      for (const folded of foldGroup(group, context, paymentRows)) {
        alone.delete(folded.id)
        yield folded
      }
    }
    for (const row of alone.values()) yield foldRow(row)
  }

  /** Returns the merchantTxnId that the payment query states. */
  function rowReference(): string | undefined {
    const rows = [...paymentRows.values()]
    return rows.length === 1 ? rows[0]?.reference : undefined
  }

  function isNew({ kind, values }: Query): boolean {
    return values.some((value) => !asked.has(keyOf(kind, value)))
  }

  function unknownOf(ids: readonly string[]): Query[] {
    return ids.filter((id) => !operations.has(id)).map((id) => toQuery('transactions', id))
  }

  /** Joins ids into queries of ten. A known reference is asked first: its answer mostly holds the ids too. */
  function toBatches(wanted: readonly Query[], target: Target): Query[] {
    const valuesOf = (kind: Query['kind']) =>
      toSet(wanted.flatMap((query) => (query.kind === kind ? query.values : [])))
    const singles = (
      [
        'reference',
        'payment',
        'payments of a reference',
        'refunds of a transaction',
        'refunds of a payment',
      ] as const
    ).flatMap((kind) => valuesOf(kind).map((value) => toQuery(kind, value)))
    const batchesOf = (kind: Query['kind']) => {
      const values = valuesOf(kind)
      const starts = Array.from(
        { length: Math.ceil(values.length / IDS_IN_A_QUERY) },
        (_, nth) => nth * IDS_IN_A_QUERY,
      )
      return starts.map((start): Query => ({ kind, values: values.slice(start, start + IDS_IN_A_QUERY) }))
    }
    const transactions = batchesOf('transactions')
    const reference =
      target.kind === 'payment' ? findKnownReference(target.reference ?? rowReference()) : undefined
    const byReference = transactions.length > 0 && reference && isNew(reference) ? [reference] : transactions
    return [...singles, ...byReference, ...batchesOf('payments of transactions')]
  }

  return { add, missing, payments }
}

function findKnownReference(reference: string | undefined): Query | undefined {
  return reference !== undefined && referencePattern.test(reference)
    ? toQuery('reference', reference)
    : undefined
}

/**
 * Returns the payment that each kept card belongs to. A card that is kept while paying is a BIND_CARD of amount 0 that may
 * share nothing with its payment but the merchantTxnId (a client's sandbox record of 2026).
 */
function findHomesOfKeptCards(operations: Iterable<Operation>): ReadonlyMap<string, string> {
  const all = [...operations]
  const isKeptCard = ({ kind, amount, origin }: Operation) =>
    kind === 'verification' && amount === 0 && origin === undefined
  const cards = all.filter(isKeptCard)
  const homes = new Map<string, string>()
  if (cards.length === 0) return homes
  const payments = new Map<string, Operation[]>(
    cards.flatMap(({ reference }) => (reference ? [[reference, []]] : [])),
  )
  for (const operation of all) {
    if (operation.kind !== 'payment' && operation.kind !== 'authorization') continue
    payments.get(operation.reference ?? '')?.push(operation)
  }
  for (const card of cards) {
    const sameReference = payments.get(card.reference ?? '') ?? []
    // By their ids, so that the order in which rows come decides nothing.
    const candidates = sameReference
      .filter(({ paymentId }) => card.paymentId === undefined || card.paymentId === paymentId)
      .toSorted(byId)
    const payment = candidates.find(({ status }) => status === 'succeeded') ?? candidates.at(-1)
    if (payment) homes.set(card.id, payment.id)
  }
  return homes
}

/** Joins all rows of one payment, in whatever order they came. */
function join(rows: readonly PaymentRow[]): PaymentRow | undefined {
  const [first, ...others] = rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  if (!first || others.length === 0) return first
  const status = toJoinedStatus(rows.flatMap((row) => row.status ?? []))
  return {
    ...first,
    status,
    paymentStatus: status === first.status ? first.paymentStatus : null,
    transactionIds: rows.flatMap(({ transactionIds }) => transactionIds),
    raws: rows.flatMap(({ raws }) => raws),
  }
}

function isNamedBy({ id, origin, paymentId }: Operation, wanted: string): boolean {
  return id === wanted || origin === wanted || paymentId === wanted
}

/** Returns queries by the merchantTxnIds of operations. One with a comma would ask for several. */
function findReferences(operations: readonly Operation[]): Query[] {
  const references = toSet(operations.map(({ reference }) => reference))
  return references
    .filter((reference) => referencePattern.test(reference))
    .map((reference) => toQuery('reference', reference))
}

function toQuery(kind: Query['kind'], value: string): Query {
  return { kind, values: [value] }
}

function keyOf(kind: Query['kind'], value: string): string {
  return `${kind} ${value}`
}

function toSet(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))]
}
