import type { ProviderSimulation } from '@payment-status/core/kit'
import type { Simulator, Story, StoryName } from '@payment-status/testing'
import type { TrackedOrder } from '../../src/index.ts'
import { type OrderPlan, type PlannedPayment, toStory } from './plans.ts'

/** Order that was played, with what the judge needs to know of it. */
export interface PlayedOrder {
  readonly order: string
  readonly plan: string
  readonly reference: string
  readonly amount: number
  readonly isSplit: boolean
  readonly watchedBy: 'id' | 'reference'
  /** `provider/id` of payments under its reference that are not its own. */
  readonly foreign: Set<string>
  /** True where a payment of others cannot be distinguished from its own. */
  readonly isShared: boolean
}

export interface Stage {
  readonly simulator: Simulator
  readonly simulations: readonly ProviderSimulation[]
  /** Records and tracks an order in the shop, however often it has to be repeated. */
  takeOrder(order: TrackedOrder): Promise<void>
  /** One unit of a plan, in milliseconds. */
  readonly unit: number
  readonly schedule: readonly number[]
  /** Returns whether the provider can look payments up by reference. Elsewhere orders are watched by id. */
  hasReferences(provider: string): boolean
}

/** Something to do at a moment of an order's life, in milliseconds after its beginning. */
export interface Move {
  readonly after: number
  run(): Promise<void>
}

/** Returns the moves of a planned order; undefined where one of its providers has no words for it. */
export function toMoves(
  stage: Stage,
  plan: OrderPlan,
  number: number,
  name: string,
): { readonly played: PlayedOrder; readonly moves: readonly Move[] } | undefined {
  const { simulator, simulations, unit, schedule } = stage
  const amount = 5000 + 10 * number
  const simulationAt = (at: 0 | 1) => simulations[(number + at) % simulations.length] as ProviderSimulation
  if (!plan.payments.every((payment) => isPlayable(payment, simulationAt(payment.at)))) return undefined
  const { foreign, split, watchedBy = 'reference' } = plan
  const own = simulationAt(0).provider
  const played: PlayedOrder = {
    order: name,
    plan: plan.name,
    reference: name,
    amount,
    isSplit: split ?? false,
    watchedBy,
    foreign: new Set(),
    isShared: foreign?.when === 'meanwhile' && watchedBy === 'reference' && stage.hasReferences(own),
  }
  const take = (payments: TrackedOrder['payments'], notBefore?: string) =>
    stage.takeOrder({
      order: name,
      terms: {
        expected: { amount: { amount, currency: 'EUR' } },
        capture: plan.payments[0]?.capture ?? 'automatic',
        ...(split ? { split } : {}),
        ...(notBefore ? { notBefore } : {}),
      },
      payments,
      schedule,
    })
  const start = async (provider: string, story: Story | StoryName, share = 1) => {
    const part = Math.round(amount * share)
    return simulator.start({ provider, story, reference: name, amount: { amount: part, currency: 'EUR' } })
  }
  const pay = async ({ at, share = 1, ...payment }: PlannedPayment) => {
    const { provider } = simulationAt(at)
    const part = Math.round(amount * share)
    const { id } = await start(provider, toStory({ at, ...payment }, part, unit), share)
    if (watchedBy === 'id' || !stage.hasReferences(provider)) await take([{ provider, id }])
  }
  const payForeign = async () => {
    const { provider, id } = await start(own, 'paid_at_once', foreign?.share)
    played.foreign.add(`${provider}/${id}`)
  }
  const begin = foreign?.when === 'before' ? 1 : 0
  const providers = [...new Set(plan.payments.map(({ at }) => simulationAt(at).provider))]
  const byReference = providers
    .filter((provider) => stage.hasReferences(provider))
    .map((provider) => ({ provider, reference: name }))
  const moves: Move[] = [
    ...(foreign?.when === 'before' ? [{ after: 0, run: payForeign }] : []),
    ...(watchedBy === 'id' || byReference.length === 0
      ? []
      : [
          {
            after: begin * unit,
            run: () => take(byReference, begin > 0 ? simulator.now().toISOString() : undefined),
          },
        ]),
    ...(foreign?.when === 'meanwhile' ? [{ after: unit, run: payForeign }] : []),
    ...plan.payments.map((payment) => ({ after: (begin + payment.after) * unit, run: () => pay(payment) })),
  ]
  return { played, moves: moves.toSorted((a, b) => a.after - b.after) }
}

/** Returns the moves of an order with one payment that lives through a story of the simulator. */
export function toMovesOfStory(
  { simulator, takeOrder, schedule, hasReferences }: Stage,
  {
    provider,
    story,
    isManual,
  }: { readonly provider: string; readonly story: StoryName; readonly isManual: boolean },
  number: number,
  name: string,
): { readonly played: PlayedOrder; readonly moves: readonly Move[] } {
  const amount = { amount: 5000 + 10 * number, currency: 'EUR' }
  const terms = { expected: { amount }, capture: isManual ? 'manual' : 'automatic' } as const
  const take = (payments: TrackedOrder['payments']) => takeOrder({ order: name, terms, payments, schedule })
  const start = () => simulator.start({ provider, story, reference: name, amount })
  const isByReference = hasReferences(provider)
  return {
    played: {
      order: name,
      plan: story,
      reference: name,
      amount: amount.amount,
      isSplit: false,
      watchedBy: 'reference',
      foreign: new Set(),
      isShared: false,
    },
    moves: isByReference
      ? [
          { after: 0, run: () => take([{ provider, reference: name }]) },
          { after: 0, run: async () => void (await start()) },
        ]
      : [{ after: 0, run: async () => take([{ provider, id: (await start()).id }]) }],
  }
}

function isPlayable({ scenes }: PlannedPayment, { without }: ProviderSimulation): boolean {
  return scenes.every(([, kind]) => !without.includes(kind))
}
