import {
  type ListRange,
  type LookupKey,
  PaymentError,
  type PaymentReport,
  type RequestOptions,
} from '@payment-status/core'
import { checkRange, checkReference, groupLinked, isWithin, newestFirst } from '@payment-status/core/kit'
import { type PagingContext, readAll } from './api.ts'
import { type FoldContext, type Folded, findOrigins, foldGroup, type Step } from './payment.ts'
import { idPattern, referencePattern } from './schema.ts'
import { isFollowingType, isOpeningType } from './status.ts'

export type LookupContext = PagingContext

const LARGE_PAGE_SIZE = 100
const LONGEST_WINDOW_IN_MILLISECONDS = 90 * 24 * 60 * 60 * 1000
/** How many transactionIds one question names: as many as one page answers. */
const IDS_A_QUESTION = 10
/** A million steps in one window: beyond that somebody invents them. */
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
    // A row that states no paymentId was still an answer to this one.
    found = ofPayment.steps
      .map((step) => (step.paymentId === undefined ? { ...step, paymentId: id } : step))
      .filter((step) => step.paymentId === id)
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
  for (const group of await groupWhole(context, steps, options, new Set())) {
    for (const folded of foldGroup(group, context))
      if (isWithin(folded.payment, range)) yield toReport(folded, 'list')
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
    const groups = await groupWhole(context, steps, options, asked)
    const openings = [...steps.values()].filter(({ txnType }) => isOpeningType(txnType))
    const names = openings.flatMap(({ reference }) => (reference === undefined ? [] : { reference }))
    const [question] = toQuestions(names, asked)
    if (question === undefined) return [...groups].flatMap((group) => foldGroup(group, context))
    for (const step of await ask(context, [question], options, asked)) steps.set(step.id, step)
  }
}

/** Groups steps, after asking for the opening ones that are missing: by the ids that were named, then by merchantTxnId. */
async function groupWhole(
  context: LookupContext,
  steps: Map<string, Step>,
  options: RequestOptions | undefined,
  asked: Set<string>,
): Promise<Iterable<Step[]>> {
  for (;;) {
    // Of each payment the likeliest name that was not asked for yet.
    const questions: LookupKey[] = []
    for (const group of groupSteps(steps.values())) {
      questions.push(...toQuestions(findMissing(group), asked).slice(0, 1))
    }
    if (questions.length === 0) return groupSteps(steps.values())
    for (const step of await ask(context, questions, options, asked)) steps.set(step.id, step)
  }
}

/**
 * The steps that share a paymentId or name each other; never by merchantTxnId alone. Folded one by one, a year of them
 * needs no more memory than themselves.
 */
function groupSteps(steps: Iterable<Step>): Iterable<Step[]> {
  return groupLinked([...steps], [({ id, origin }) => [id, origin], ({ paymentId }) => [paymentId]])
}

/** What to ask for where the step that opens a group is missing, the likelier one first. */
function findMissing(group: readonly Step[]): LookupKey[] {
  if (group.some(({ txnType }) => isOpeningType(txnType))) return []
  const references = group.flatMap(({ txnType, reference }) =>
    reference !== undefined && isFollowingType(txnType) ? reference : [],
  )
  return [
    ...Array.from(new Set(findOrigins(group)), (id) => ({ id })),
    ...Array.from(new Set(references), (reference) => ({ reference })),
  ]
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
