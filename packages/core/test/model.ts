import {
  type Advance,
  isDecided,
  type Outcome,
  outcomeOf,
  type Payment,
  type PaymentOperation,
  type PaymentReport,
  type PaymentStatus,
  resolveAttempts,
} from '@payment-status/core'

// A small model of a payment's life, as a shop sees it. Events at the provider are the truth; webhooks report them in any
// order, twice or never; answers lag, or lack what was not asked for; two clocks disagree, and ours can step back. Nothing
// here knows how the guard works: it is given one and watches what comes of it.

export type Guard = (current: PaymentReport | undefined, incoming: PaymentReport) => Advance

/** True state of a payment from one moment on. */
interface Moment {
  readonly status: PaymentStatus
  readonly captured?: number
  readonly refunded?: number
  /** Operation that was recorded for it; later ones are found only by their ids. */
  readonly step?: PaymentOperation['kind']
  /** At the same moment as the one before, by a provider's clock of whole seconds. */
  readonly isSwift?: true
}

export const lives: Readonly<Record<string, readonly Moment[]>> = {
  'paid, and returned in parts': [
    { status: 'processing', step: 'payment' },
    { status: 'captured', captured: 1000 },
    { status: 'partially_refunded', captured: 1000, refunded: 300, step: 'refund' },
    { status: 'refunded', captured: 1000, refunded: 1000, step: 'refund' },
  ],
  'captured in parts': [
    { status: 'authorized', step: 'authorization' },
    { status: 'partially_captured', captured: 400, step: 'capture' },
    { status: 'captured', captured: 1000, step: 'capture' },
    { status: 'partially_refunded', captured: 1000, refunded: 1, step: 'refund' },
  ],
  'captured within the second': [
    { status: 'authorized', step: 'authorization' },
    { status: 'captured', captured: 1000, step: 'capture', isSwift: true },
  ],
  'tried again and paid': [
    { status: 'open', step: 'payment' },
    { status: 'requires_action', isSwift: true },
    { status: 'open' },
    { status: 'processing' },
    { status: 'captured', captured: 1000 },
  ],
  'refused, and paid after all': [
    { status: 'processing', step: 'payment' },
    { status: 'failed' },
    { status: 'captured', captured: 1000 },
  ],
  refused: [{ status: 'requires_action', step: 'payment' }, { status: 'processing' }, { status: 'failed' }],
  released: [
    { status: 'authorized', step: 'authorization' },
    { status: 'canceled', step: 'void' },
  ],
}

export const skews = [-300, 0, 300] as const
export type Action =
  | 'happen'
  | 'answer'
  | 'answer with what was known a while ago'
  | 'answer with what was asked for'
  | 'answer that was long on its way'
  | 'clock steps back'
  | `webhook ${number}`

export interface World {
  readonly life: readonly Moment[]
  /** Seconds the provider's clock is ahead of ours. */
  readonly skew: number
  /** Seconds since the beginning. */
  readonly now: number
  /** Seconds our own clock stepped back. */
  readonly behind: number
  /** When each moment so far began. */
  readonly began: readonly number[]
  readonly record?: PaymentReport
  /** True while a lookup is owed. */
  readonly owesLookup: boolean
  readonly wasReportedPaid: boolean
  /** When the newest received evidence was observed, in true time. */
  readonly receivedUntil: number
}

const SECONDS_BETWEEN_ACTIONS = 10
const STEP_BACK_IN_SECONDS = 3600
const LONG_ON_ITS_WAY_IN_SECONDS = 25
const WEBHOOK = 'webhook '

export function begin(life: readonly Moment[], skew: number): World {
  return {
    life,
    skew,
    now: 0,
    behind: 0,
    began: [0],
    owesLookup: false,
    wasReportedPaid: false,
    receivedUntil: 0,
  }
}

/** Returns the actions that can come next. A webhook that was delivered can be delivered again. */
export function actionsIn({ life, began, behind }: World): Action[] {
  return [
    ...(began.length < life.length ? (['happen'] as const) : []),
    ...began.map((_, index): Action => `${WEBHOOK}${index}`),
    'answer',
    ...(began.length > 1 ? (['answer with what was known a while ago'] as const) : []),
    'answer with what was asked for',
    'answer that was long on its way',
    ...(behind === 0 ? (['clock steps back'] as const) : []),
  ]
}

/** The world after an action. Throws where the guard let something happen that must never happen. */
export function act(world: World, action: Action, guard: Guard): World {
  const later = { ...world, now: world.now + SECONDS_BETWEEN_ACTIONS }
  if (action === 'clock steps back') return { ...later, behind: STEP_BACK_IN_SECONDS }
  if (action === 'happen') {
    const next = world.life[world.began.length]
    return { ...later, began: [...world.began, next?.isSwift ? (world.began.at(-1) ?? 0) : later.now] }
  }
  if (action.startsWith(WEBHOOK))
    return hear(later, toWebhook(later, Number(action.slice(WEBHOOK.length))), guard)
  const newest = world.began.length - 1
  if (action === 'answer with what was known a while ago') {
    const answer = toAnswer(later, newest - 1)
    // It ends no recheck here: a copy that lags returns the truth the next time.
    return hear(later, answer, guard, { endsRecheck: false })
  }
  if (action === 'answer that was long on its way') {
    const sent = Math.max(0, later.now - LONG_ON_ITS_WAY_IN_SECONDS)
    const known = world.began.findLastIndex((time) => time <= sent)
    return hear(later, toAnswer({ ...later, now: sent }, known), guard, { observed: sent })
  }
  if (action === 'answer with what was asked for') {
    const known = world.record?.payment.operations?.map(({ id }) => id) ?? []
    return hear(later, toAnswer(later, newest, known), guard)
  }
  return hear(later, toAnswer(later, newest), guard)
}

/** Ends the story: our clock is right again, and lookups are made until none is owed. Throws unless the record is the truth. */
export function end(world: World, guard: Guard): World {
  const quiet = { ...world, behind: 0, now: world.now + 2 * STEP_BACK_IN_SECONDS }
  const asked = act(act(quiet, 'answer', guard), 'answer with what was asked for', guard)
  const truth = toTruth(asked, asked.began.length - 1)
  const { payment } = asked.record as PaymentReport
  for (const field of ['status', 'captured', 'refunded'] as const) {
    if (truth[field] !== undefined && payment[field] !== truth[field])
      throw new Error(`the record stays wrong after a complete lookup: ${payment.status} for ${truth.status}`)
  }
  return asked
}

/** Ends two payments of one order. Throws when the order was paid twice and that is not reported. */
export function endTogether(worlds: readonly World[], guard: Guard): void {
  const reports = worlds.map((world, index): PaymentReport => {
    const { record } = end(world, guard) as { record: PaymentReport }
    return { ...record, payment: { ...record.payment, id: `pay_${index}` } }
  })
  const isPaid = ({ life, began }: World) => outcomeOf(life[began.length - 1]?.status ?? 'unknown') === 'paid'
  const { paidTwice, paid } = resolveAttempts(reports)
  if (paidTwice !== worlds.filter(isPaid).length > 1 || paid.length !== worlds.filter(isPaid).length)
    throw new Error('an order was paid twice, and that was not reported')
}

/** `observed`: when in true time it was seen. `endsRecheck`: whether the answer ends a recheck. */
function hear(
  world: World,
  report: PaymentReport,
  guard: Guard,
  { observed = world.now, endsRecheck = true } = {},
): World {
  const was = world.record?.payment.status
  const { outcome, report: record, recheck } = guard(world.record, report)
  const is = record.payment.status
  const isLookup = report.source === 'lookup'
  const isOld = observed < world.receivedUntil
  if (
    was &&
    moneyStands.includes(outcomeOf(was)) &&
    (!isLookup || (isOld && world.behind === 0)) &&
    placeOf(world, is) < placeOf(world, was)
  )
    throw new Error(`it went back from ${was} to ${is} by ${isLookup ? 'an old lookup' : 'a webhook'}`)
  const remembered = new Set(record.payment.operations?.map(({ id }) => id))
  if (world.record?.payment.operations?.some(({ id }) => !remembered.has(id)) && outcome !== 'corrected')
    throw new Error('a step that was known is forgotten')
  const reached = world.life.slice(0, world.began.length)
  if (hasMoney(is) && !reached.some(({ status }) => hasMoney(status))) throw new Error('unpaid became paid')
  if (!reached.some(({ status }) => status === is)) throw new Error(`${is} is recorded before it happened`)
  const after = {
    ...world,
    record,
    owesLookup: recheck || (world.owesLookup && (!isLookup || isOld || !endsRecheck)),
    receivedUntil: Math.max(world.receivedUntil, observed),
    // A lookup may overrule a webhook.
    wasReportedPaid: hasMoney(report.payment.status) || (world.wasReportedPaid && outcome !== 'corrected'),
  }
  if (after.wasReportedPaid && isDecided(is) && !hasMoney(is) && !after.owesLookup)
    throw new Error(`paid money was reported, ${is} is recorded, and no lookup is owed`)
  return after
}

const moneyStands: readonly Outcome[] = ['held', 'paid', 'returned']

function placeOf({ life }: World, status: PaymentStatus): number {
  return life.findLastIndex((moment) => moment.status === status)
}

function hasMoney(status: PaymentStatus): boolean {
  return outcomeOf(status) === 'paid' || outcomeOf(status) === 'returned'
}

function toTruth({ life }: World, index: number): Omit<Moment, 'step' | 'isSwift'> {
  const { step, isSwift, ...truth } = life[index] as Moment
  return truth
}

function toPayment(world: World, index: number, parts: Partial<Payment>): Payment {
  const amount = { amount: 1000, currency: 'EUR' }
  return { provider: 'test-pay', id: 'pay_0', amount, facts: {}, ...toTruth(world, index), ...parts }
}

/** A webhook states one moment, by the provider's clock of whole seconds, and names no operation. */
function toWebhook(world: World, index: number): PaymentReport {
  return {
    evidence: 'report',
    source: 'webhook',
    payment: toPayment(world, index, {}),
    occurredAt: toInstant((world.began[index] ?? 0) + world.skew),
    observedAt: toInstant(world.now - world.behind),
  }
}

/**
 * An answer states the status, by our clock. With `asked`, from a provider that records operations, it finds the first and
 * those it was asked for, and says what they add up to.
 */
function toAnswer(world: World, index: number, asked?: readonly string[]): PaymentReport {
  const lived = world.life.slice(0, index + 1)
  const steps = lived.flatMap(({ step }, number): PaymentOperation[] =>
    step ? [{ id: `step_${number}`, kind: step, status: 'succeeded' }] : [],
  )
  const found = asked ? steps.filter(({ id }, number) => number === 0 || asked.includes(id)) : steps
  const isFound = ({ step }: Moment, number: number) =>
    !step || found.some(({ id }) => id === `step_${number}`)
  const stated = lived.findLastIndex(isFound)
  return {
    evidence: 'report',
    source: 'lookup',
    payment: toPayment(world, stated, { operations: found }),
    observedAt: toInstant(world.now - world.behind),
  }
}

function toInstant(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 20, 12) + seconds * 1000).toISOString()
}
