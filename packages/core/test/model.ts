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

// A small model of a payment's life, as a shop sees it. What happens at the provider is the truth; webhooks tell of it in any
// order, twice or never; answers lag, or lack what was not asked for; two clocks disagree, and ours can step back. Nothing
// here knows how the guard works: it is given one and watches what comes of it.

export type Guard = (current: PaymentReport | undefined, incoming: PaymentReport) => Advance

/** What is true of a payment from one moment on. */
interface Moment {
  readonly status: PaymentStatus
  readonly captured?: number
  readonly refunded?: number
  /** What was recorded for it; later steps are found only by those who know their ids. */
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
  readonly belief?: PaymentReport
  /** Whether a question is owed that was not answered yet. */
  readonly isInDoubt: boolean
  readonly wasToldPaid: boolean
  /** When the newest news that was heard was observed, in true time. */
  readonly heardUntil: number
}

const SECONDS_BETWEEN_ACTIONS = 10
const STEP_BACK_IN_SECONDS = 3600
const LONG_ON_ITS_WAY_IN_SECONDS = 25
const WEBHOOK = 'webhook '

export function begin(life: readonly Moment[], skew: number): World {
  return { life, skew, now: 0, behind: 0, began: [0], isInDoubt: false, wasToldPaid: false, heardUntil: 0 }
}

/** What can happen next. A webhook that was delivered can be delivered again. */
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
    // It ends no doubt here: whoever asked a copy that lags is told the truth the next time.
    return hear(later, answer, guard, { endsDoubt: false })
  }
  if (action === 'answer that was long on its way') {
    const sent = Math.max(0, later.now - LONG_ON_ITS_WAY_IN_SECONDS)
    const known = world.began.findLastIndex((time) => time <= sent)
    return hear(later, toAnswer({ ...later, now: sent }, known), guard, { observed: sent })
  }
  if (action === 'answer with what was asked for') {
    const known = world.belief?.payment.operations?.map(({ id }) => id) ?? []
    return hear(later, toAnswer(later, newest, known), guard)
  }
  return hear(later, toAnswer(later, newest), guard)
}

/** Ends the story: our clock is right again, and somebody asks until nothing is in doubt. Throws unless that is the truth. */
export function end(world: World, guard: Guard): World {
  const quiet = { ...world, behind: 0, now: world.now + 2 * STEP_BACK_IN_SECONDS }
  const asked = act(act(quiet, 'answer', guard), 'answer with what was asked for', guard)
  const truth = toTruth(asked, asked.began.length - 1)
  const { payment } = asked.belief as PaymentReport
  for (const field of ['status', 'captured', 'refunded'] as const) {
    if (truth[field] !== undefined && payment[field] !== truth[field])
      throw new Error(`a belief stays wrong after a complete lookup: ${payment.status} for ${truth.status}`)
  }
  return asked
}

/** Ends two payments of one order. Throws when the order was paid twice and nobody says so. */
export function endTogether(worlds: readonly World[], guard: Guard): void {
  const reports = worlds.map((world, index): PaymentReport => {
    const { belief } = end(world, guard) as { belief: PaymentReport }
    return { ...belief, payment: { ...belief.payment, id: `pay_${index}` } }
  })
  const isPaid = ({ life, began }: World) => outcomeOf(life[began.length - 1]?.status ?? 'unknown') === 'paid'
  const { paidTwice, paid } = resolveAttempts(reports)
  if (paidTwice !== worlds.filter(isPaid).length > 1 || paid.length !== worlds.filter(isPaid).length)
    throw new Error('an order was paid twice, and nobody noticed')
}

/** `observed`: when in true time it was seen to be so. `endsDoubt`: whether the answer is one that a doubt is settled by. */
function hear(
  world: World,
  report: PaymentReport,
  guard: Guard,
  { observed = world.now, endsDoubt = true } = {},
): World {
  const was = world.belief?.payment.status
  const { outcome, report: belief, recheck } = guard(world.belief, report)
  const is = belief.payment.status
  const isLookup = report.source === 'lookup'
  const isOld = observed < world.heardUntil
  if (
    was &&
    moneyStands.includes(outcomeOf(was)) &&
    (!isLookup || (isOld && world.behind === 0)) &&
    placeOf(world, is) < placeOf(world, was)
  )
    throw new Error(`it went back from ${was} to ${is} by ${isLookup ? 'an old lookup' : 'a webhook'}`)
  const remembered = new Set(belief.payment.operations?.map(({ id }) => id))
  if (world.belief?.payment.operations?.some(({ id }) => !remembered.has(id)) && outcome !== 'corrected')
    throw new Error('a step that was known is forgotten')
  const reached = world.life.slice(0, world.began.length)
  if (hasMoney(is) && !reached.some(({ status }) => hasMoney(status))) throw new Error('unpaid became paid')
  if (!reached.some(({ status }) => status === is)) throw new Error(`${is} is believed before it happened`)
  const after = {
    ...world,
    belief,
    isInDoubt: recheck || (world.isInDoubt && (!isLookup || isOld || !endsDoubt)),
    heardUntil: Math.max(world.heardUntil, observed),
    // A lookup may overrule what a webhook told.
    wasToldPaid: hasMoney(report.payment.status) || (world.wasToldPaid && outcome !== 'corrected'),
  }
  if (after.wasToldPaid && isDecided(is) && !hasMoney(is) && !after.isInDoubt)
    throw new Error(`somebody was told that it is paid, believes ${is}, and has no doubt`)
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

/** A webhook tells of one moment, by the provider's clock, which has whole seconds; it names no step. */
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
 * An answer tells how it stands, by our clock. With `asked`, from a provider that keeps steps: it finds the opening one and
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
  const told = lived.findLastIndex(isFound)
  return {
    evidence: 'report',
    source: 'lookup',
    payment: toPayment(world, told, { operations: found }),
    observedAt: toInstant(world.now - world.behind),
  }
}

function toInstant(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 20, 12) + seconds * 1000).toISOString()
}
