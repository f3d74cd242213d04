import type { ListRange, LookupOptions, PaymentReport, RequestOptions } from '@payment-status/core'
import {
  createRequestLimit,
  groupLinked,
  inputError,
  isPaymentError,
  newestFirst,
  PaymentError,
  toInstant,
  toReport,
} from '@payment-status/core/kit'
import { type Folded, findOrigins, foldGroup, foldWhole, type Whole } from './fold.ts'
import { toPayment } from './payment.ts'
import { type PagingContext, readPaymentIds, readRefunds, readSteps, readWhole } from './rows.ts'
import { idPattern, referencePattern } from './schema.ts'
import { type FoldContext, isOpening, type Step } from './step.ts'

export type LookupContext = PagingContext

const LONGEST_WINDOW_IN_MILLISECONDS = 90 * 24 * 60 * 60 * 1000
/** How many transactionIds one question names: as many as one page answers. */
const IDS_A_QUESTION = 10
/** As many as a thousand questions name: beyond that somebody invents them. */
const MAX_KNOWN_STEPS = 10_000
/**
 * How often an answer may lead to further questions: a refund of a capture of an authorization takes three. Answers that
 * lead on for longer are made up.
 */
const MAX_ROUNDS = 100
/** A question about one payment or reference: 25 000 steps of one, beyond that somebody invents them. */
const MAX_REQUESTS = 2500
/** A list: ten million steps. */
const MAX_LIST_REQUESTS = 1_000_000

/** One thing to ask Onerway for: a step or several by a name, a payment, or the refunds of one. */
interface Question {
  readonly kind: 'id' | 'reference' | 'payment' | 'refunds of a step' | 'refunds of a payment'
  readonly value: string
}

/** Whether a question was not asked yet. */
type IsNew = (question: Question) => boolean

/** What has been answered so far, and what was asked for it. */
interface Known {
  readonly steps: Map<string, Step>
  readonly wholes: Map<string, Whole>
  readonly asked: Set<string>
}

/**
 * One payment by its id, or by that of any of its steps. One step is not the whole: what it follows, what has the
 * payment's merchantTxnId, and the steps known already are asked for, and folded. Throws `invalid_input` for what is no id,
 * before a request.
 */
export async function lookup(
  context: LookupContext,
  id: string,
  options?: LookupOptions,
): Promise<PaymentReport> {
  const { provider, integration } = context
  checkId(id, provider)
  const remembered = checkSteps(options?.operations, provider).map(toIdQuestion)
  const known = createKnown()
  const ids = new Set([id, ...remembered.map(({ value }) => value)])
  const isNamed = (step: Step) => step.id === id || step.origin === id || step.paymentId === id
  const isOfPayment = (group: readonly Step[]) => group.some((step) => ids.has(step.id) || isNamed(step))
  const findMore = (group: readonly Step[], isNew: IsNew) =>
    isOfPayment(group) ? findMissing(group, isNew, context) : []
  const limited = withLimit(context, MAX_REQUESTS)
  const ask = (questions: readonly Question[]) => gather(limited, questions, known, findMore, options)

  // A payment on the provider's page is found by its paymentId at once, its steps a while later (sandbox, August 2026).
  await ask([...(integration === 'hosted' ? [toPaymentQuestion(id)] : [toIdQuestion(id)]), ...remembered])
  // The known steps alone are no answer: it may be the id of one that is not among them.
  const isFound = () => known.wholes.has(id) || [...known.steps.values()].some(isNamed)
  if (integration === 'hosted' && !isFound()) await ask([toIdQuestion(id)])
  if (integration === 'hosted' && !isFound())
    await ask((await readPaymentIds(limited, id, options)).map(toPaymentQuestion))

  const folded = fold(context, known)
  const own =
    folded.find((one) => one.id === id) ??
    folded.find(({ steps }) => steps.some((step) => step.id === id)) ??
    folded.find(({ whole }) => whole?.transactionIds.includes(id))
  if (own) return toFoldedReport(own, 'lookup', context)
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
  if (!referencePattern.test(reference)) {
    throw inputError(provider, 'a reference is one merchantTxnId: 1 to 64 characters, no comma')
  }
  const known = createKnown()
  const isOwn = (step: Step) => step.reference === reference
  const findMore = (group: readonly Step[], isNew: IsNew) =>
    group.some(isOwn) ? findMissing(group, isNew, context) : []
  const limited = withLimit(context, MAX_REQUESTS)
  await gather(limited, [{ kind: 'reference', value: reference }], known, findMore, options)
  const own = fold(context, known).filter(({ steps }) => steps.some(isOwn))
  return newestFirst(own.map((folded) => toFoldedReport(folded, 'lookup', context)))
}

/**
 * The payments created in `[from, to)`, and older ones a step of which falls into it: the documented batch query, in
 * windows of at most 90 days, folded once all of them are read. Yields what it found, then throws `invalid_payload` where
 * Onerway counted more rows than it handed over, or where a row leads to others without end.
 */
export async function* list(
  context: LookupContext,
  range: ListRange,
  options?: RequestOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  const limited = withLimit(context, MAX_LIST_REQUESTS)
  const known = createKnown()
  const refunds: Question[] = []
  let isComplete = true
  for (const { from, to } of toWindows(range)) {
    const period = { startTime: toLocalTime(from, context), endTime: toLocalTime(to, context) }
    const window = await readSteps(limited, period, options)
    for (const step of window.rows) known.steps.set(step.id, step)
    isComplete &&= window.isComplete
    const refunded = await readRefunds(limited, period, options)
    for (const step of refunded.steps) if (!known.steps.has(step.id)) known.steps.set(step.id, step)
    refunds.push(...refunded.ids.filter((id) => !known.steps.has(id)).map(toIdQuestion))
  }
  const ofPeriod = new Set([...known.steps.keys(), ...refunds.map(({ value }) => value)])
  const endless = await gather(limited, refunds, known, findOpening, options).catch((error: unknown) => {
    if (isPaymentError(error) && error.code === 'invalid_payload') return error
    throw error
  })

  const isInPeriod = ({ id, at }: Step) =>
    ofPeriod.has(id) && (at === undefined || (at >= range.from.toISOString() && at < range.to.toISOString()))
  for (const group of groupSteps(known.steps.values())) {
    for (const folded of foldGroup(group, context, known.wholes)) {
      if (folded.steps.some(isInPeriod)) yield toFoldedReport(folded, 'list', context)
    }
  }
  if (endless) throw endless
  if (isComplete) return
  throw new PaymentError({
    code: 'invalid_payload',
    provider: context.provider,
    message: 'Onerway counts more transactions than it lists: this list may not be complete',
    issues: [{ path: 'data.totalElements', expected: 'as many as there are rows' }],
  })
}

/** Asks, and asks on for what the answers name and lack, until nothing is missing that was not asked for. */
async function gather(
  context: LookupContext,
  questions: readonly Question[],
  known: Known,
  findMore: (group: readonly Step[], isNew: IsNew) => readonly Question[],
  options: RequestOptions | undefined,
): Promise<void> {
  const isNew: IsNew = (question) => !known.asked.has(toName(question))
  let pending = questions.filter(isNew)
  const countRound = createRequestLimit(context.provider, MAX_ROUNDS)
  do {
    countRound()
    await ask(context, pending, known, options)
    pending = []
    for (const group of groupSteps(known.steps.values()))
      pending.push(...findMore(group, isNew).filter(isNew))
  } while (pending.length > 0)
}

/** What leads from a group to all that is known of its payment. */
function findMissing(
  group: readonly Step[],
  isNew: IsNew,
  { integration, refundQueryPath }: LookupContext,
): Question[] {
  const paymentIds = integration === 'hosted' ? toSet(group.map(({ paymentId }) => paymentId)) : []
  const questions = [
    ...paymentIds.map(toPaymentQuestion),
    ...toReferenceQuestions(group.filter(isOpening)),
    ...findOpening(group, isNew),
  ]
  if (refundQueryPath === undefined) return questions
  if (paymentIds.length > 0) {
    return [...questions, ...paymentIds.map((value): Question => ({ kind: 'refunds of a payment', value }))]
  }
  const isTaken = ({ kind, status }: Step) =>
    status === 'succeeded' && (kind === 'payment' || kind === 'capture')
  const taken = group.filter(isTaken)
  return [...questions, ...taken.map(({ id }): Question => ({ kind: 'refunds of a step', value: id }))]
}

/**
 * What leads to the steps that others follow. Where these lead nowhere and the step that opens the payment is missing, the
 * merchantTxnId of what followed may be the payment's own.
 */
function findOpening(group: readonly Step[], isNew: IsNew): Question[] {
  const origins = findOrigins(group).map(toIdQuestion).filter(isNew)
  if (origins.length > 0 || group.some(isOpening)) return origins
  return toReferenceQuestions(group.filter(({ kind }) => kind !== 'other'))
}

async function ask(
  context: LookupContext,
  questions: readonly Question[],
  known: Known,
  options: RequestOptions | undefined,
): Promise<void> {
  const { steps, wholes, asked } = known
  for (const question of questions) asked.add(toName(question))
  const valuesOf = (kind: Question['kind']) =>
    toSet(questions.map((question) => (question.kind === kind ? question.value : undefined)))
  const ids = new Set(valuesOf('id'))
  for (const paymentId of valuesOf('payment')) {
    const whole = await readWhole(context, paymentId, options)
    if (!whole) continue
    wholes.set(paymentId, whole)
    for (const id of whole.transactionIds) {
      if (steps.has(id) || asked.has(toName(toIdQuestion(id)))) continue
      asked.add(toName(toIdQuestion(id)))
      ids.add(id)
    }
  }
  const refundFields = [
    ...valuesOf('refunds of a step').map((originTransactionId) => ({ originTransactionId })),
    ...valuesOf('refunds of a payment').map((paymentId) => ({ paymentId })),
  ]
  for (const fields of refundFields) {
    const refunds = await readRefunds(context, fields, options)
    for (const step of refunds.steps) if (!steps.has(step.id)) steps.set(step.id, step)
    for (const id of refunds.ids) if (!steps.has(id)) ids.add(id)
  }
  const all = [...ids]
  for (let start = 0; start < all.length; start += IDS_A_QUESTION) {
    const some = all.slice(start, start + IDS_A_QUESTION)
    const { rows } = await readSteps(context, { transactionIds: some.join(',') }, options)
    keepOwn(steps, rows, ({ id }) => some.includes(id))
  }
  for (const reference of valuesOf('reference')) {
    const { rows } = await readSteps(context, { merchantTxnIds: reference }, options)
    keepOwn(steps, rows, (step) => step.reference === reference)
  }
  tie(steps, wholes)
}

/** A step whose row tells no paymentId belongs to the payment that names it: a closed one's row may tell none (sandbox, September 2026). */
function tie(steps: Map<string, Step>, wholes: ReadonlyMap<string, Whole>): void {
  for (const { paymentId, transactionIds } of wholes.values()) {
    for (const id of transactionIds) {
      const step = steps.get(id)
      if (step && step.paymentId === undefined) steps.set(id, { ...step, paymentId })
    }
  }
}

/**
 * Keeps the rows that were asked for, and those without a merchantTxnId that name a step which is known: whichever
 * question they answered, they belong to it.
 */
function keepOwn(steps: Map<string, Step>, rows: readonly Step[], isAskedFor: (step: Step) => boolean): void {
  for (const step of rows) if (isAskedFor(step)) steps.set(step.id, step)
  const following = new Map<string, Step[]>()
  for (const step of rows) {
    if (isAskedFor(step) || step.reference !== undefined || step.origin === undefined) continue
    const siblings = following.get(step.origin)
    if (siblings) siblings.push(step)
    else following.set(step.origin, [step])
  }
  const pending = [...following.keys()].filter((origin) => steps.has(origin))
  for (let origin = pending.pop(); origin !== undefined; origin = pending.pop()) {
    for (const step of following.get(origin) ?? []) {
      steps.set(step.id, step)
      pending.push(step.id)
    }
    following.delete(origin)
  }
}

/**
 * The steps that share a paymentId or name each other; never by merchantTxnId alone. Folded one by one, a year of them
 * needs no more memory than themselves.
 */
function groupSteps(steps: Iterable<Step>): Iterable<Step[]> {
  return groupLinked([...steps], [({ id, origin }) => [id, origin], ({ paymentId }) => [paymentId]])
}

/** Every payment there is anything of. */
function fold(context: LookupContext, { steps, wholes }: Known): Folded[] {
  const folded = [...groupSteps(steps.values())].flatMap((group) => foldGroup(group, context, wholes))
  const ids = new Set(folded.map(({ id }) => id))
  const alone = [...wholes.values()].filter(({ paymentId }) => !ids.has(paymentId))
  return [...folded, ...alone.map(foldWhole)]
}

/** The context of one question, which ends by `invalid_payload` where its answers lead on for ever. */
function withLimit(context: LookupContext, max: number): LookupContext {
  const countRequest = createRequestLimit(context.provider, max)
  const { api } = context
  const query: typeof api.query = (...question) => {
    countRequest()
    return api.query(...question)
  }
  return { ...context, api: { query } }
}

function createKnown(): Known {
  return { steps: new Map(), wholes: new Map(), asked: new Set() }
}

function toIdQuestion(value: string): Question {
  return { kind: 'id', value }
}

function toPaymentQuestion(value: string): Question {
  return { kind: 'payment', value }
}

/** The merchantTxnIds of steps; one with a comma would ask for several. */
function toReferenceQuestions(steps: readonly Step[]): Question[] {
  const references = toSet(steps.map(({ reference }) => reference))
  return references
    .filter((reference) => referencePattern.test(reference))
    .map((value) => ({ kind: 'reference', value }))
}

function toName({ kind, value }: Question): string {
  return `${kind} ${value}`
}

function toSet(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))]
}

function checkId(id: unknown, provider: string): void {
  if (typeof id === 'string' && idPattern.test(id)) return
  throw inputError(provider, 'a payment is looked up by an id of 1 to 20 digits, as a string')
}

/** The ids of the steps that are known already. Throws `invalid_input` for what no step of Onerway's has. */
function checkSteps(steps: LookupOptions['operations'] = [], provider: string): string[] {
  if (steps.length <= MAX_KNOWN_STEPS && steps.every(({ id }) => idPattern.test(id))) {
    return [...new Set(steps.map(({ id }) => id))]
  }
  throw inputError(
    provider,
    `the known steps are at most ${MAX_KNOWN_STEPS}, each with an id of 1 to 20 digits, as a string`,
  )
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

/** `yyyy-MM-dd HH:mm:ss` in the configured zone, which is as far from UTC as its midnight is. */
function toLocalTime(date: Date, { timeZone }: FoldContext): string {
  const midnight = toInstant('1970-01-01 00:00:00', timeZone) ?? ''
  return new Date(date.getTime() - Date.parse(midnight)).toISOString().slice(0, 19).replace('T', ' ')
}

function toFoldedReport(folded: Folded, source: 'lookup' | 'list', context: FoldContext): PaymentReport {
  const { steps, whole, observedAt } = folded
  const payment = toPayment(folded, context.provider, { withSteps: true })
  const rows = [...(whole?.raws ?? []), ...steps.map(({ raw }) => raw)]
  return toReport(payment, { source, observedAt }, rows, context)
}
