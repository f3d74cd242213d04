import { type ListRange, PaymentError, type PaymentReport, type RequestOptions } from '@payment-status/core'
import { checkRange, checkReference, newestFirst, parse } from '@payment-status/core/kit'
import type { OnerwayApi } from './api.ts'
import { type FoldContext, type Folded, foldSteps, readRow, type Step } from './payment.ts'
import { idPattern, pageSchema, referencePattern } from './schema.ts'
import { isOpeningType } from './status.ts'

export interface LookupContext extends FoldContext {
  readonly api: OnerwayApi
}

const PAGE_SIZE = 10
const LARGE_PAGE_SIZE = 100
const LONGEST_WINDOW_IN_MILLISECONDS = 90 * 24 * 60 * 60 * 1000
/** How many transactionIds one question names: as many as one page answers. */
const IDS_A_QUESTION = PAGE_SIZE

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
  const rows = await readAll(context, '/v1/txn/list', { transactionIds: id }, options)
  let found = rows.steps.filter((step) => step.id === id)
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
  const own = await readStory(context, reference, options)
  const ownIds = new Set(own.map(({ id }) => id))
  const folded = await foldStory(context, own, options, new Set([reference]))
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
    const window = await readAll(context, '/v1/txn/list', fields, options)
    for (const step of window.steps) keep(steps, step)
    if (window.steps.length < window.claimed) isComplete = false
  }
  const folded = foldSteps(steps.values(), context)
  const missing = folded.flatMap((payment) => payment.missing ?? [])
  for (const payment of missing.length > 0 ? await refold(context, steps, missing, options) : folded) {
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

/** Folds again after asking for the opening steps that were missing, ten at a time. */
async function refold(
  context: LookupContext,
  steps: Map<string, Step>,
  missing: readonly string[],
  options: RequestOptions | undefined,
): Promise<Folded[]> {
  for (let start = 0; start < missing.length; start += IDS_A_QUESTION) {
    const transactionIds = missing.slice(start, start + IDS_A_QUESTION).join(',')
    const rows = await readAll(context, '/v1/txn/list', { transactionIds }, options)
    for (const step of rows.steps) keep(steps, step)
  }
  return foldSteps(steps.values(), context)
}

/** Reads on until every payment has its opening step and every merchantTxnId it is known by, then folds. */
async function foldStory(
  context: LookupContext,
  found: readonly Step[],
  options: RequestOptions | undefined,
  askedReferences = new Set<string>(),
): Promise<Folded[]> {
  const steps = new Map<string, Step>()
  const askedIds = new Set<string>()
  for (const step of found) keep(steps, step)
  for (;;) {
    const folded = foldSteps(steps.values(), context)
    const missing = folded
      .map((payment) => payment.missing)
      .find((id) => id !== undefined && !askedIds.has(id))
    const reference = Array.from(steps.values(), (step) =>
      isOpeningType(step.txnType) || step.origin === undefined ? step.reference : undefined,
    ).find((name) => name !== undefined && referencePattern.test(name) && !askedReferences.has(name))
    if (reference !== undefined) {
      askedReferences.add(reference)
      for (const step of await readStory(context, reference, options)) keep(steps, step)
    } else if (missing !== undefined) {
      askedIds.add(missing)
      const rows = await readAll(context, '/v1/txn/list', { transactionIds: missing }, options)
      for (const step of rows.steps) if (step.id === missing) keep(steps, step)
    } else {
      return folded
    }
  }
}

async function readStory(
  context: LookupContext,
  reference: string,
  options: RequestOptions | undefined,
): Promise<Step[]> {
  const rows = await readAll(context, '/v1/txn/list', { merchantTxnIds: reference }, options)
  return rows.steps.filter((step) => step.reference === reference)
}

/** Every page of an answer, repeated transactionIds dropped; `claimed` is how many rows Onerway says there are. */
async function readAll(
  context: LookupContext,
  path: string,
  fields: Readonly<Record<string, string>>,
  options: RequestOptions | undefined,
): Promise<{ readonly steps: Step[]; readonly claimed: number }> {
  const { api, provider } = context
  const steps = new Map<string, Step>()
  for (let current = 1; ; current++) {
    const { data, sentAt } = await api.query(path, { ...fields, current: `${current}` }, options)
    const page = parse(pageSchema, data, { provider, what: "the answer's data" })
    const known = steps.size
    for (const row of page.content) keep(steps, readRow(row, context, sentAt))
    const claimed = page.totalElements ?? 0
    const isFull = page.content.length >= Math.min(page.size || PAGE_SIZE, PAGE_SIZE)
    // A page that brings nothing new ends it, whatever the counts say.
    if (steps.size === known || !(isFull || steps.size < claimed)) {
      return { steps: [...steps.values()], claimed }
    }
  }
}

/** Keeps one of two rows of the same step: which one must not depend on their order. */
function keep(steps: Map<string, Step>, step: Step): void {
  const known = steps.get(step.id)
  if (!known || precedence(step) > precedence(known)) steps.set(step.id, step)
}

/** What was asked later is the later news; then what can be read; then anything that does not change. */
function precedence({ readable, observedAt, ...words }: Step): string {
  return `${observedAt} ${readable ? 1 : 0} ${JSON.stringify(words)}`
}

function isWithin({ payment }: Folded, { from, to }: ListRange): boolean {
  if (payment.createdAt === undefined) return true
  const time = Date.parse(payment.createdAt)
  return time >= from.getTime() && time < to.getTime()
}

function* toWindows({ from, to }: ListRange): Generator<ListRange> {
  for (let start = from.getTime(); start < to.getTime(); start += LONGEST_WINDOW_IN_MILLISECONDS) {
    const end = Math.min(start + LONGEST_WINDOW_IN_MILLISECONDS, to.getTime())
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
