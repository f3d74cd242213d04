import type { SimulatedHappening } from '@payment-status/core/kit'
import type { Scene, Story } from '@payment-status/testing'

/** One payment of an order. */
export interface PlannedPayment {
  /** When it is created, in units after the order is taken. */
  readonly after: number
  /** 0: the order's own provider, 1: the next one. */
  readonly at: 0 | 1
  /** Its part of the order's amount. Default 1. */
  readonly share?: number
  readonly capture: 'automatic' | 'manual'
  /** Events of it, in units after it is created. */
  readonly scenes: readonly (readonly [after: number, kind: SimulatedHappening['kind']])[]
}

/** Life of an order: its payments, and those of others under its reference. */
export interface OrderPlan {
  readonly name: string
  readonly payments: readonly PlannedPayment[]
  /** True where the payments pay the order together. */
  readonly split?: true
  /** Default `reference`. By `id`, the order is watched once its payment is created. */
  readonly watchedBy?: 'id'
  /** A payment of another shop, or of an earlier order, under the same reference. */
  readonly foreign?: {
    /** `before`: the order is watched after it, with `terms.notBefore`. */
    readonly when: 'before' | 'meanwhile'
    readonly share: number
  }
}

type Scenes = PlannedPayment['scenes']

const pay = (after: number, at: 0 | 1, scenes: Scenes, share = 1): PlannedPayment => ({
  after,
  at,
  share,
  capture: 'automatic',
  scenes,
})
const hold = (after: number, at: 0 | 1, scenes: Scenes): PlannedPayment => ({
  ...pay(after, at, scenes),
  capture: 'manual',
})

const paid: Scenes = [[0, 'captured']]
const declined: Scenes = [[0, 'declined']]
const canceledLate: Scenes = [
  [0, 'action_required'],
  [1, 'processing'],
  [6, 'canceled'],
]
const capturedLater: Scenes = [
  [0, 'authorized'],
  [3, 'captured'],
]
const heldAndVoided: Scenes = [
  [0, 'authorized'],
  [3, 'voided'],
]
const disputed = (end: 'dispute_won' | 'dispute_lost'): Scenes => [
  [0, 'captured'],
  [4, 'disputed'],
  [8, end],
]
const refundFails: Scenes = [
  [0, 'captured'],
  [4, 'refund_started'],
  [8, 'refund_failed'],
]
const refunded: Scenes = [
  [0, 'captured'],
  [5, 'refund_started'],
  [6, 'refunded'],
]

/** Orders of several payments, with disputes, and with references that others use too. */
export const plans: readonly OrderPlan[] = [
  { name: 'declined, then paid', payments: [pay(0, 0, declined), pay(2, 0, paid)] },
  { name: 'declined, then paid elsewhere', payments: [pay(0, 0, declined), pay(2, 1, paid)] },
  { name: 'declined twice', payments: [pay(0, 0, declined), pay(2, 0, declined)] },
  { name: 'declined at both providers', payments: [pay(0, 0, declined), pay(2, 1, declined)] },
  { name: 'paid, the first attempt canceled later', payments: [pay(0, 0, canceledLate), pay(2, 0, paid)] },
  {
    name: 'paid elsewhere, the first attempt canceled later',
    payments: [pay(0, 0, canceledLate), pay(2, 1, paid)],
  },
  {
    name: 'declined, declined elsewhere, then paid',
    payments: [pay(0, 0, declined), pay(1, 1, declined), pay(3, 0, paid)],
  },
  { name: 'paid twice', payments: [pay(0, 0, paid), pay(2, 0, paid)] },
  { name: 'paid twice, at two providers', payments: [pay(0, 0, paid), pay(2, 1, paid)] },
  { name: 'paid twice, the second refunded', payments: [pay(0, 0, paid), pay(2, 1, refunded)] },
  { name: 'gift card and card', split: true, payments: [pay(0, 0, paid, 0.4), pay(1, 1, paid, 0.6)] },
  {
    name: 'gift card and card of one provider',
    split: true,
    payments: [pay(0, 0, paid, 0.4), pay(2, 0, paid, 0.6)],
  },
  {
    name: 'gift card and a declined card',
    split: true,
    payments: [pay(0, 0, paid, 0.4), pay(1, 1, declined, 0.6)],
  },
  { name: 'held and captured', payments: [hold(0, 0, capturedLater)] },
  {
    name: 'held and voided, then captured',
    payments: [hold(0, 0, heldAndVoided), hold(5, 0, capturedLater)],
  },
  { name: 'disputed and won', payments: [pay(0, 0, disputed('dispute_won'))] },
  { name: 'disputed and lost', payments: [pay(0, 0, disputed('dispute_lost'))] },
  {
    name: 'declined, then paid and disputed',
    payments: [pay(0, 0, declined), pay(2, 1, disputed('dispute_won'))],
  },
  { name: 'a refund that fails', payments: [pay(0, 0, refundFails)] },
  {
    name: 'paid, and another shop uses the number',
    watchedBy: 'id',
    payments: [pay(0, 0, paid)],
    foreign: { when: 'meanwhile', share: 1 },
  },
  {
    name: 'declined, and another shop uses the number',
    watchedBy: 'id',
    payments: [pay(0, 0, declined)],
    foreign: { when: 'meanwhile', share: 1 },
  },
  {
    name: 'declined, and another shop is paid another amount',
    payments: [pay(0, 0, declined)],
    foreign: { when: 'meanwhile', share: 2 },
  },
  {
    name: 'paid, under a number used before',
    payments: [pay(0, 0, paid)],
    foreign: { when: 'before', share: 1 },
  },
  {
    name: 'declined, under a number used before',
    payments: [pay(0, 0, declined)],
    foreign: { when: 'before', share: 1 },
  },
]

/** Returns the story of a planned payment, for a unit of time in milliseconds. */
export function toStory({ capture, scenes }: PlannedPayment, amount: number, unit: number): Story {
  return {
    capture,
    scenes: scenes.map(
      ([after, kind]): Scene => ({ after: after * unit, happening: toHappening(kind, amount) }),
    ),
  }
}

function toHappening(kind: SimulatedHappening['kind'], amount: number): SimulatedHappening {
  switch (kind) {
    case 'action_required':
      return { kind, of: 'voucher' }
    case 'declined':
      return { kind, reason: 'insufficient_funds' }
    case 'captured':
      return { kind, amount }
    case 'refund_started':
    case 'refunded':
    case 'refund_failed':
      return { kind, refund: 1, amount }
    default:
      return { kind }
  }
}
