import type { PaymentStatus } from '@payment-status/core'
import { outcomeOf } from '@payment-status/core/kit'
import { toAgreedStatus, toFoldedStatus, toOpeningStatus, toPaymentStatus } from './status.ts'
import { byTime, type FoldContext, isOpening, type Step } from './step.ts'

/** A payment as the payment query tells it: the word for the whole, without its steps. */
export interface Whole {
  readonly paymentId: string
  /** `undefined` where it says none. */
  readonly status: PaymentStatus | undefined
  readonly paymentStatus: string | null
  /** The steps of it that are named. */
  readonly transactionIds: readonly string[]
  readonly reference: string | undefined
  readonly amount: number | undefined
  readonly currency: string | undefined
  readonly observedAt: string
  readonly raws: readonly unknown[]
}

/** Steps folded into one payment. Amounts in minor units of its currency. */
export interface Folded {
  readonly id: string
  /** The opening step that stands for it; `undefined` where it is not there. */
  readonly head: Step | undefined
  /** Everything that belongs to it, oldest first. */
  readonly steps: readonly Step[]
  /** What its opening says, before anything that followed. */
  readonly opening: PaymentStatus
  readonly status: PaymentStatus
  readonly captures: readonly Step[]
  readonly captured: number | undefined
  /** `undefined` where refunds cannot be added up. */
  readonly refunded: number | undefined
  readonly whole: Whole | undefined
  readonly observedAt: string
}

type Wholes = ReadonlyMap<string, Whole>

/** A payment to be: the opening step that stands for it, and every step that belongs to it. */
interface Parts {
  readonly head: Step
  readonly steps: Step[]
  /** Whether it stands for its paymentId; a second success under one is a second payment. */
  readonly isFirst: boolean
  /** Steps that name another payment as well: nobody knows whose money they moved. */
  readonly torn: Step[]
}

/**
 * Folds the steps that belong together into payments, the one that took money first: the same ones in whatever order the
 * steps came.
 */
export function foldGroup(
  unordered: readonly Step[],
  context: FoldContext,
  wholes: Wholes = new Map(),
): Folded[] {
  const group = unordered.toSorted(byTime)
  const openings = group.filter(isOpening)
  const all = toParts(openings, context)
  if (all.length === 0) return [foldOrphan(group, context, wholes)]
  attach(group, all)
  const isSucceeded = ({ kind, status }: Step) => kind !== 'verification' && status === 'succeeded'
  const paidIds = new Set(openings.filter(isSucceeded).flatMap(({ paymentId }) => paymentId ?? []))
  const isAlone = all.length === 1
  return all.map((parts) => foldParts({ ...parts, isAlone }, paidIds, context, wholes))
}

/** A payment of which no step is there: what the payment query says of it is all there is. */
export function foldWhole(whole: Whole): Folded {
  // Without a step nobody knows what a payment of nothing was: a card that was checked, say.
  const told = whole.status ?? 'unknown'
  const status = whole.amount === 0 && outcomeOf(told) !== 'undecided' ? 'unknown' : told
  return {
    id: whole.paymentId,
    head: undefined,
    steps: [],
    opening: status,
    status,
    captures: [],
    captured: undefined,
    refunded: undefined,
    whole,
    observedAt: whole.observedAt,
  }
}

/** The steps that others follow and that are not there. */
export function findOrigins(group: readonly Step[]): string[] {
  const ids = new Set(group.map(({ id }) => id))
  const following = group.filter((step) => !isOpening(step))
  return [
    ...new Set(following.flatMap(({ origin }) => (origin !== undefined && !ids.has(origin) ? origin : []))),
  ]
}

/**
 * With `direct` every opening step is a payment of its own. With `hosted` those of one paymentId are attempts at one
 * payment: those that succeeded, else the newest, stand for it. What took money comes first, what holds it next. A card
 * that was kept beside them paid nothing: it stands for a payment only where nothing else was tried.
 */
function toParts(openings: readonly Step[], { integration }: FoldContext): Parts[] {
  const attempts = new Map<string, Step[]>()
  for (const step of openings) {
    const isShared = integration === 'hosted' && step.paymentId !== undefined
    const key = isShared ? `paymentId ${step.paymentId}` : step.id
    const tries = attempts.get(key)
    if (tries) tries.push(step)
    else attempts.set(key, [step])
  }
  const weight = (step: Step) =>
    (step.status === 'succeeded' ? 0 : 10) + weightOf(toPaymentStatus({ ...step.words, integration }))
  const byWeight = (a: Step, b: Step) => weight(a) - weight(b) || byTime(a, b)
  const parts = [...attempts.values()].flatMap((tries) => {
    const paying = tries.filter(({ kind }) => kind !== 'verification')
    const eligible = paying.length > 0 ? paying : tries
    const succeeded = eligible.filter(({ status }) => status === 'succeeded').sort(byWeight)
    const heads = succeeded.length > 0 ? succeeded : eligible.slice(-1)
    const standing = new Set(heads)
    const others = tries.filter((step) => !standing.has(step))
    return heads.map((head, index) => ({
      head,
      steps: index === 0 ? [head, ...others] : [head],
      isFirst: index === 0,
      torn: [],
    }))
  })
  return parts.sort((a, b) => byWeight(a.head, b.head))
}

/** Of two openings the one that took money stands before the one that holds it, and that before the others. */
function weightOf(status: PaymentStatus): number {
  return ['paid', 'returned', 'held', 'verified', 'unclear', 'undecided', 'not_paid'].indexOf(
    outcomeOf(status),
  )
}

/** Captures, voids and refunds go to the payment they name, through one another; else by paymentId; else to the first. */
function attach(group: readonly Step[], all: readonly Parts[]): void {
  const byId = new Map(group.map((step) => [step.id, step]))
  // What each step leads to; one that leads nowhere, or in a circle, to nothing.
  const homes = new Map<string, Parts | undefined>(
    all.flatMap((parts) => parts.steps.map((step) => [step.id, parts] as const)),
  )
  const findHome = (step: Step) => {
    const path: string[] = []
    let named: Step | undefined = step
    while (named && !homes.has(named.id)) {
      homes.set(named.id, undefined)
      path.push(named.id)
      named = byId.get(named.origin ?? '')
    }
    const home = homes.get(named?.id ?? '')
    for (const id of path) homes.set(id, home)
    return home
  }
  const byPaymentId = new Map<string, Parts>()
  for (const parts of all) {
    const { paymentId } = parts.head
    if (paymentId !== undefined && !byPaymentId.has(paymentId)) byPaymentId.set(paymentId, parts)
  }
  for (const step of group) {
    if (isOpening(step)) continue
    const byOrigin = findHome(step)
    const ofPayment = byPaymentId.get(step.paymentId ?? '')
    ;(byOrigin ?? ofPayment ?? all[0])?.steps.push(step)
    if (byOrigin && ofPayment && byOrigin.head.paymentId !== step.paymentId) {
      byOrigin.torn.push(step)
      ofPayment.torn.push(step)
    }
  }
}

function foldParts(
  { head, steps: unordered, isFirst, torn, isAlone }: Parts & { readonly isAlone: boolean },
  paidIds: ReadonlySet<string>,
  { integration }: FoldContext,
  wholes: Wholes,
): Folded {
  const steps = unordered.toSorted(byHappening)
  const isHeadDone = head.status === 'succeeded'
  // Its own paymentId, or where it has none that of a later step, unless other payments are about.
  const paymentId = head.paymentId ?? (isAlone ? steps.find((step) => step.paymentId)?.paymentId : undefined)
  const whole = isFirst && integration === 'hosted' ? wholes.get(paymentId ?? '') : undefined
  // A sale is taken whole: only what was held can be captured.
  const isSale = head.kind === 'payment' && isHeadDone
  const done = (kind: Step['kind']) =>
    steps.filter((step) => step.kind === kind && step.status === 'succeeded')
  const captures = isSale ? [] : done('capture')
  const captured = captures.length > 0 ? sum(captures, head) : undefined
  const refunded = sum(done('refund'), head)
  // The word for the whole payment is not that of an attempt which came to nothing beside one that succeeded.
  const isOutdone = !isHeadDone && paidIds.has(head.paymentId ?? '')
  const paymentStatus = isOutdone ? null : head.words.paymentStatus
  const told = toOpeningStatus({ ...head.words, paymentStatus, integration })
  const opening = whole?.status ? toAgreedStatus(told, whole.status) : told
  const isUnclear = (step: Step) => {
    if (!step.isReadable) return true
    if (!isOpening(step)) return step.status === 'unknown' && step.kind !== 'refund' // any word but S refunds nothing
    if (step.kind === 'verification' && step !== head) return false // a card that was kept, or not, moved nothing
    return !isHeadDone || step === head
      ? toPaymentStatus({ ...step.words, integration }) === 'unknown'
      : false
  }
  return {
    id: (integration === 'hosted' && isFirst ? paymentId : undefined) ?? head.id,
    head,
    steps,
    opening,
    status: toFoldedStatus({
      opening,
      amount: head.amount,
      captured,
      voided: done('void').length > 0,
      refunded: refunded ?? 0,
      unclear:
        (captures.length > 0 && captured === undefined) ||
        refunded === undefined ||
        torn.length > 0 ||
        steps.some(isUnclear),
    }),
    captures,
    captured,
    refunded,
    whole,
    observedAt: oldest([...steps, ...(whole ? [whole] : [])]),
  }
}

/** A payment whose opening step is not there: what it adds up to cannot be said. */
function foldOrphan(group: readonly Step[], { integration }: FoldContext, wholes: Wholes): Folded {
  const [origin] = findOrigins(group)
  const sharedId = integration === 'hosted' ? group.find(({ paymentId }) => paymentId)?.paymentId : undefined
  const whole = wholes.get(sharedId ?? '')
  return {
    id: sharedId ?? origin ?? (group[0] as Step).id,
    head: undefined,
    steps: group.toSorted(byHappening),
    opening: 'unknown',
    status: 'unknown',
    captures: [],
    captured: undefined,
    refunded: undefined,
    whole,
    observedAt: oldest([...group, ...(whole ? [whole] : [])]),
  }
}

/** An answer is as old as the oldest of what it is made of. */
function oldest(told: readonly { readonly observedAt: string }[]): string {
  return told.map(({ observedAt }) => observedAt).sort()[0] ?? ''
}

/** Oldest first; of what has no time, the openings come before what followed them. */
function byHappening(a: Step, b: Step): number {
  const timeOf = (step: Step) => step.at ?? (isOpening(step) ? '' : '~')
  const left = timeOf(a)
  const right = timeOf(b)
  return left === right ? byTime(a, b) : left < right ? -1 : 1
}

/** `undefined` where an amount is not told, or in another currency than the payment's. */
function sum(steps: readonly Step[], { currency }: Step): number | undefined {
  let total = 0
  for (const step of steps) {
    if (step.amount === undefined || step.currency !== currency) return undefined
    total += step.amount
  }
  return Number.isSafeInteger(total) ? total : undefined
}
