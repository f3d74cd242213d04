import { PaymentError } from '@payment-status/core'
import type { ProviderSimulation, SimulatedHappening } from '@payment-status/core/kit'

/** The lives a simulated payment can have. */
export const storyNames = [
  'paid_at_once',
  'paid_after_3ds',
  'refused',
  'three_d_secure_failed',
  'three_d_secure_timed_out',
  'abandoned',
  'authorized_then_captured',
  'partly_captured',
  'voided',
  'captured_then_refunded',
  'refunded_whole',
  'refunded_same_day',
  'refunded_in_parts',
  'refunded_in_equal_parts',
  'refunded_after_months',
  'refund_reviewed',
  'refund_failed_later',
  'canceled',
  'canceled_too_late',
  'voucher_paid_after_days',
  'expired',
  'disputed_and_lost',
  'refused_then_paid',
  'refused_then_retried',
  'paid_twice',
] as const
export type StoryName = (typeof storyNames)[number]

/** Event of a story, in milliseconds after the payment was created. */
export interface Scene {
  readonly after: number
  readonly happening: SimulatedHappening
}

export interface Story {
  readonly capture: 'automatic' | 'manual'
  readonly scenes: readonly Scene[]
  /** True if the shopper pays the same order a second time, with another payment. */
  readonly isPaidTwice?: boolean
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const scene = (after: number, happening: SimulatedHappening): Scene => ({ after, happening })
const automatic = (...scenes: Scene[]): Story => ({ capture: 'automatic', scenes })
const manual = (...scenes: Scene[]): Story => ({ capture: 'manual', scenes })

/** Creates the story of a payment of `amount` minor units. */
export function createStory(name: StoryName, amount: number): Story {
  const third = Math.floor(amount / 3)
  // Round where it can be: one provider counts one currency in hundreds.
  const part = third >= 100 ? third - (third % 100) : third
  const half = Math.floor(amount / 2)
  const equalPart = half >= 100 ? half - (half % 100) : half
  const threeDSecure = scene(0, { kind: 'action_required', of: 'three_d_secure' })
  const paid = scene(0, { kind: 'captured', amount })
  const stories: Readonly<Record<StoryName, Story>> = {
    paid_at_once: automatic(paid),
    paid_after_3ds: automatic(threeDSecure, scene(2 * MINUTE, { kind: 'captured', amount })),
    refused: automatic(scene(0, { kind: 'declined', reason: 'insufficient_funds' })),
    three_d_secure_failed: automatic(
      threeDSecure,
      scene(MINUTE, { kind: 'declined', reason: 'authentication_failed' }),
    ),
    three_d_secure_timed_out: automatic(
      threeDSecure,
      scene(15 * MINUTE, { kind: 'declined', reason: 'authentication_timed_out' }),
    ),
    abandoned: automatic(threeDSecure),
    authorized_then_captured: manual(
      scene(0, { kind: 'authorized' }),
      scene(DAY, { kind: 'captured', amount }),
    ),
    partly_captured: manual(
      scene(0, { kind: 'authorized' }),
      scene(6 * HOUR, { kind: 'captured', amount: part }),
    ),
    voided: manual(scene(0, { kind: 'authorized' }), scene(2 * DAY, { kind: 'voided' })),
    captured_then_refunded: manual(
      scene(0, { kind: 'authorized' }),
      scene(DAY, { kind: 'captured', amount }),
      scene(5 * DAY, { kind: 'refunded', refund: 1, amount }),
    ),
    refunded_whole: automatic(paid, scene(2 * DAY, { kind: 'refunded', refund: 1, amount })),
    refunded_same_day: automatic(paid, scene(2 * HOUR, { kind: 'refunded', refund: 1, amount })),
    refunded_in_equal_parts: automatic(
      paid,
      scene(DAY, { kind: 'refunded', refund: 1, amount: equalPart }),
      scene(3 * DAY, { kind: 'refunded', refund: 2, amount: equalPart }),
    ),
    refunded_after_months: automatic(paid, scene(120 * DAY, { kind: 'refunded', refund: 1, amount })),
    refund_reviewed: automatic(
      paid,
      scene(DAY, { kind: 'refund_started', refund: 1, amount }),
      scene(3 * DAY, { kind: 'refunded', refund: 1, amount }),
    ),
    canceled: automatic(
      scene(0, { kind: 'action_required', of: 'voucher' }),
      scene(HOUR, { kind: 'processing' }),
      scene(DAY, { kind: 'canceled' }),
    ),
    canceled_too_late: automatic(
      scene(0, { kind: 'action_required', of: 'voucher' }),
      scene(HOUR, { kind: 'processing' }),
      scene(DAY, { kind: 'captured', amount }),
      scene(DAY + HOUR, { kind: 'refunded', refund: 1, amount, because: 'canceled' }),
    ),
    refunded_in_parts: automatic(
      paid,
      scene(DAY, { kind: 'refunded', refund: 1, amount: part }),
      scene(3 * DAY, { kind: 'refunded', refund: 2, amount: amount - part }),
    ),
    refund_failed_later: automatic(
      paid,
      scene(DAY, { kind: 'refund_started', refund: 1, amount }),
      scene(4 * DAY, { kind: 'refund_failed', refund: 1, amount }),
    ),
    voucher_paid_after_days: automatic(
      scene(0, { kind: 'action_required', of: 'voucher' }),
      scene(HOUR, { kind: 'processing' }),
      scene(3 * DAY, { kind: 'captured', amount }),
    ),
    expired: manual(scene(0, { kind: 'authorized' }), scene(7 * DAY, { kind: 'expired' })),
    disputed_and_lost: automatic(
      paid,
      scene(5 * DAY, { kind: 'disputed' }),
      scene(9 * DAY, { kind: 'dispute_lost' }),
    ),
    refused_then_paid: automatic(
      scene(0, { kind: 'declined', reason: 'do_not_honor' }),
      scene(4 * MINUTE, { kind: 'captured', amount }),
    ),
    refused_then_retried: automatic(
      scene(0, { kind: 'declined', reason: 'insufficient_funds', willRetry: true }),
      scene(3 * DAY, { kind: 'captured', amount }),
    ),
    paid_twice: { ...automatic(paid), isPaidTwice: true },
  }
  return stories[name]
}

/** The stories a provider has words for. */
export function storiesOf(simulation: ProviderSimulation): readonly StoryName[] {
  return storyNames.filter((name) => isTellable(createStory(name, 100), name, 100, simulation))
}

/** Throws `invalid_input` unless this is a story: scenes in order of time, with amounts in minor units. */
export function checkStory(story: Story): void {
  const { capture, scenes } = story ?? {}
  const isScene = ({ after, happening }: Scene, index: number) =>
    Number.isSafeInteger(after) &&
    after >= (scenes[index - 1]?.after ?? 0) &&
    typeof happening?.kind === 'string' &&
    (!('amount' in happening) || (Number.isSafeInteger(happening.amount) && happening.amount > 0))
  const isStory = Array.isArray(scenes) && scenes.length > 0 && scenes.every(isScene)
  if (isStory && (capture === 'automatic' || capture === 'manual')) return
  throw new PaymentError({
    code: 'invalid_input',
    provider: 'simulator',
    message:
      "a story of your own must be { capture: 'automatic' or 'manual', scenes: [{ after, happening: { kind, … } }, …] }, with `after` in milliseconds, in order",
  })
}

/** Returns whether a provider has words for everything in a story. */
export function isTellable(
  { capture, scenes }: Story,
  name: StoryName | 'own',
  amount: number,
  { without, refused, retriesRefusals }: ProviderSimulation,
): boolean {
  const isPart = ({ happening }: Scene) => happening.kind === 'captured' && happening.amount < amount
  if (scenes.some(({ happening }) => without.includes(happening.kind))) return false
  if (capture === 'manual' && without.includes('part_captured') && scenes.some(isPart)) return false
  if (name === 'refused_then_retried' && !retriesRefusals) return false
  return !(name === 'refused_then_paid' && refused === 'failed')
}
