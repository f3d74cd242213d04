import {
  type ListRange,
  type LookupKey,
  PaymentError,
  type PaymentReport,
  type RequestOptions,
} from '@payment-status/core'
import { checkRange, checkReference, newestFirst, parse, stated, toInstant } from '@payment-status/core/kit'
import * as v from 'valibot'
import type { OnerwayApi } from './api.ts'
import { type FoldContext, type Folded, foldSteps, type Step, toStep } from './payment.ts'
import { idPattern, pageSchema, referencePattern, rowIdSchema, rowSchema } from './schema.ts'
import { isOpeningType } from './status.ts'

export interface LookupContext extends FoldContext {
  readonly api: OnerwayApi
}

const PAGE_SIZE = 10
const LARGE_PAGE_SIZE = 100
const LONGEST_WINDOW_IN_MILLISECONDS = 90 * 24 * 60 * 60 * 1000
/** How many transactionIds one question names: as many as one page answers. */
const IDS_A_QUESTION = PAGE_SIZE
/** 10 000 steps of one payment, or a million in one window of a list: beyond that somebody invents them. */
const MAX_PAGES = 1000
const MAX_LIST_PAGES = 100_000

/**
 * One payment by its id. One step is not the whole: its row is found, then everything under its merchantTxnId, and folded.
 * An id of a later step (a capture, a refund) answers with the payment it belongs to. Throws `invalid_input` for what is
 * no id, before a request.
 */
export async function lookup(
  context: LookupContext,
  id: string,
  options?: RequestOptions,
): Promise<PaymentReport> {
  const { provider, integration } = context
  if (typeof id !== 'string' || !idPattern.test(id)) {
    throw new PaymentError({
      code: 'invalid_input',
      provider,
      message: 'a payment is looked up by an id of 1 to 20 digits, as a string',
    })
  }
  let found = await readIds(context, [id], options)
  if (found.length === 0 && integration === 'hosted') {
    const fields = { paymentId: id, size: `${LARGE_PAGE_SIZE}` }
    const ofPayment = await readAll(context, '/v1/txn/queryPayments', fields, options)
    found = ofPayment.steps.filter((step) => step.paymentId === id)
  }
  const folded = await foldStory(context, found, options)
  const own =
    folded.find(({ payment }) => payment.id === id) ?? folded.find(({ stepIds }) => stepIds.includes(id))
  if (own) return toReport(own, 'lookup')
  throw new PaymentError({
    code: 'not_found',
    provider,
    message: 'Onerway knows no transaction of this id; that does not mean nothing was paid',
  })
}

/** All payments with a step of this merchantTxnId, newest first. Throws `invalid_input` for a comma: it would ask for several. */
export async function lookupByReference(
  context: LookupContext,
  reference: string,
  options?: RequestOptions,
): Promise<readonly PaymentReport[]> {
  const { provider } = context
  if (!referencePattern.test(checkReference(reference, provider))) {
    throw new PaymentError({
      code: 'invalid_input',
      provider,
      message: 'a reference is one merchantTxnId: 1 to 64 characters, no comma',
    })
  }
  const own = await readReference(context, reference, options)
  const ownIds = new Set(own.map(({ id }) => id))
  const folded = await foldStory(context, own, options, new Set([toName({ reference })]))
  return newestFirst(
    folded
      .filter(({ stepIds }) => stepIds.some((id) => ownIds.has(id)))
      .map((payment) => toReport(payment, 'lookup')),
  )
}

/**
 * The payments created in `[from, to)`: the documented batch query, in windows of at most 90 days, folded once all of
 * them are read. Yields what it found, then throws `invalid_payload` where Onerway counted more rows than it handed over.
 */
export async function* list(
  context: LookupContext,
  range: ListRange,
  options?: RequestOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  checkRange(range, context.provider)
  const steps = new Map<string, Step>()
  let isComplete = true
  for (const { from, to } of toWindows(range)) {
    const fields = { startTime: toLocalTime(from, context), endTime: toLocalTime(to, context) }
    const window = await readAll(context, '/v1/txn/list', fields, options, MAX_LIST_PAGES)
    for (const step of window.steps) steps.set(step.id, step)
    isComplete &&= window.isComplete
  }
  for (const payment of await foldWhole(context, steps, options, new Set())) {
    if (isWithin(payment, range)) yield toReport(payment, 'list')
  }
  if (isComplete) return
  throw new PaymentError({
    code: 'invalid_payload',
    provider: context.provider,
    message: 'Onerway counts more transactions than it lists: this list may not be complete',
    issues: [{ path: 'data.totalElements', expected: 'as many as there are rows' }],
  })
}

/** Reads on until every payment has its opening step and every merchantTxnId it is known by, then folds. */
async function foldStory(
  context: LookupContext,
  found: readonly Step[],
  options: RequestOptions | undefined,
  asked = new Set<string>(),
): Promise<Folded[]> {
  const steps = new Map<string, Step>()
  for (const step of found) steps.set(step.id, step)
  for (;;) {
    const folded = await foldWhole(context, steps, options, asked)
    const openings = [...steps.values()].filter(({ txnType }) => isOpeningType(txnType))
    const names = openings.flatMap(({ reference }) => (reference === undefined ? [] : { reference }))
    const [question] = toQuestions(names, asked)
    if (question === undefined) return folded
    for (const step of await ask(context, [question], options, asked)) steps.set(step.id, step)
  }
}

/** Folds, after asking for the opening steps that are missing: by the ids that were named, then by merchantTxnId. */
async function foldWhole(
  context: LookupContext,
  steps: Map<string, Step>,
  options: RequestOptions | undefined,
  asked: Set<string>,
): Promise<Folded[]> {
  for (;;) {
    const folded = foldSteps(steps.values(), context)
    // Of each payment the likeliest name that was not asked for yet.
    const questions = folded.flatMap(({ missing }) => toQuestions(missing, asked).slice(0, 1))
    if (questions.length === 0) return folded
    for (const step of await ask(context, questions, options, asked)) steps.set(step.id, step)
  }
}

/** What was not asked for yet, and can be. */
function toQuestions(keys: readonly LookupKey[], asked: ReadonlySet<string>): LookupKey[] {
  return keys.filter(
    (key) => !asked.has(toName(key)) && ('id' in key || referencePattern.test(key.reference)),
  )
}

function toName(key: LookupKey): string {
  return 'id' in key ? `id ${key.id}` : `reference ${key.reference}`
}

/** Asks for ids ten at a time, and for each merchantTxnId by itself. */
async function ask(
  context: LookupContext,
  questions: readonly LookupKey[],
  options: RequestOptions | undefined,
  asked: Set<string>,
): Promise<Step[]> {
  for (const key of questions) asked.add(toName(key))
  const ids = new Set(questions.flatMap((key) => ('id' in key ? key.id : [])))
  const references = new Set(questions.flatMap((key) => ('id' in key ? [] : key.reference)))
  const answers: Step[][] = []
  const all = [...ids]
  for (let start = 0; start < all.length; start += IDS_A_QUESTION) {
    answers.push(await readIds(context, all.slice(start, start + IDS_A_QUESTION), options))
  }
  for (const reference of references) answers.push(await readReference(context, reference, options))
  return answers.flat()
}

async function readIds(
  context: LookupContext,
  ids: readonly string[],
  options: RequestOptions | undefined,
): Promise<Step[]> {
  const { steps } = await readAll(context, '/v1/txn/list', { transactionIds: ids.join(',') }, options)
  return steps.filter(({ id }) => ids.includes(id))
}

async function readReference(
  context: LookupContext,
  reference: string,
  options: RequestOptions | undefined,
): Promise<Step[]> {
  const { steps } = await readAll(context, '/v1/txn/list', { merchantTxnIds: reference }, options)
  return steps.filter((step) => step.reference === reference)
}

/** Every page of an answer, repeated transactionIds dropped, and whether Onerway handed over as many rows as it counted. */
async function readAll(
  context: LookupContext,
  path: string,
  fields: Readonly<Record<string, string>>,
  options: RequestOptions | undefined,
  maxPages = MAX_PAGES,
): Promise<{ readonly steps: Step[]; readonly isComplete: boolean }> {
  const { api, provider } = context
  const steps = new Map<string, Step>()
  let handedOver = 0
  let claimed = 0
  for (let current = 1; current <= maxPages; current++) {
    const { data, sentAt } = await api.query(path, { ...fields, current: `${current}` }, options)
    const page = parse(pageSchema, data, { provider, what: "the answer's data" })
    const known = steps.size
    for (const row of page.content) keep(steps, readRow(row, context, sentAt))
    claimed = Math.max(claimed, page.totalElements ?? 0)
    const isNews = steps.size > known
    if (isNews) handedOver += page.content.length
    const isFull = page.content.length >= Math.min(page.size || PAGE_SIZE, PAGE_SIZE)
    // A page that brings nothing new ends it, whatever the counts say.
    if (!isNews || !(isFull || handedOver < claimed)) {
      return { steps: [...steps.values()], isComplete: handedOver >= claimed }
    }
  }
  throw new PaymentError({
    code: 'invalid_payload',
    provider,
    message: `an answer does not end after ${maxPages} pages`,
  })
}

/** A row of a list as a step; one with an id that cannot be read otherwise is kept, and makes its payment unclear. */
function readRow(row: unknown, context: FoldContext, observedAt: string): Step {
  try {
    return toStep(parse(rowSchema, row, { provider: context.provider, what: 'a row' }), context, observedAt)
  } catch (error) {
    if (!v.is(rowIdSchema, row)) throw error
    const loose = row as Readonly<Record<string, unknown>>
    const textOf = (name: string) => (typeof loose[name] === 'string' ? loose[name] || undefined : undefined)
    const idOf = (name: string) => (idPattern.test(textOf(name) ?? '') ? textOf(name) : undefined)
    return stated({
      id: row.transactionId,
      txnType: textOf('txnType') ?? '',
      status: textOf('status') ?? null,
      paymentStatus: textOf('paymentStatus') ?? null,
      paymentId: idOf('paymentId'),
      origin: idOf('originTransactionId'),
      reference: textOf('merchantTxnId'),
      time: toInstant(textOf('txnTime') ?? '', textOf('txnTimeZone') ?? context.timeZone),
      readable: false,
      observedAt,
    })
  }
}

/** Keeps one row of a step: the one asked for later; where two differ at one moment, nobody knows which is true. */
function keep(steps: Map<string, Step>, step: Step): void {
  const known = steps.get(step.id)
  if (!known || known.observedAt !== step.observedAt) steps.set(step.id, step)
  else if (wordsOf(known) !== wordsOf(step)) {
    const one = wordsOf(known) > wordsOf(step) ? known : step
    steps.set(step.id, { ...one, readable: false })
  }
}

function wordsOf({ readable: _, ...words }: Step): string {
  return JSON.stringify(words)
}

function isWithin({ payment }: Folded, { from, to }: ListRange): boolean {
  if (payment.createdAt === undefined) return true
  const time = Date.parse(payment.createdAt)
  return time >= from.getTime() && time < to.getTime()
}

/** Windows of whole seconds, as Onerway's times are, that touch each other. */
function* toWindows({ from, to }: ListRange): Generator<ListRange> {
  const first = Math.floor(from.getTime() / 1000) * 1000
  const last = from < to ? Math.ceil(to.getTime() / 1000) * 1000 : first
  for (let start = first; start < last; start += LONGEST_WINDOW_IN_MILLISECONDS) {
    const end = Math.min(start + LONGEST_WINDOW_IN_MILLISECONDS, last)
    yield { from: new Date(start), to: new Date(end) }
  }
}

/** `yyyy-MM-dd HH:mm:ss` in the configured zone. */
function toLocalTime(date: Date, { timeZone }: FoldContext): string {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(timeZone) ?? []
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000 * (sign === '-' ? -1 : 1)
  return new Date(date.getTime() + offset).toISOString().slice(0, 19).replace('T', ' ')
}

function toReport({ payment, observedAt }: Folded, source: 'lookup' | 'list'): PaymentReport {
  return { evidence: 'report', source, payment, observedAt }
}
