import { type StoryName, storiesOf } from '@payment-status/testing'
import { printTable } from '../table.ts'
import { watchRecorded } from '../watch-recorded.ts'
import { simulations } from './providers.ts'
import { setStage } from './stage.ts'

const shown: readonly StoryName[] = [
  'paid_after_3ds',
  'three_d_secure_failed',
  'voucher_paid_after_days',
  'partly_captured',
  'refunded_in_parts',
]
const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000

/** Lets payments live through stories at simulated providers, while a good part of their webhooks is lost, doubled or overtaken. */
export async function showStories(): Promise<void> {
  const recorded = new Map<string, string[]>()
  const { simulator, payments, shop, close } = await setStage({
    webhooks: { lost: 0.25, doubled: 0.25, reordered: 0.5, swapped: 0.25 },
  })
  try {
    const from = new Date(simulator.now().getTime() - DAY_IN_MILLISECONDS)
    const started = []
    for (const story of shown) {
      for (const simulation of simulations) {
        if (!storiesOf(simulation).includes(story)) continue // Onerway captures in whole only
        const { provider } = simulation
        const reference = `${story}-${provider}`
        const order = shop.takeOrder({
          reference,
          provider,
          amount: { amount: 2500, currency: 'EUR' },
          capture: story === 'partly_captured' ? 'manual' : 'automatic',
        })
        watchRecorded(order, ({ payment: { id, status } }) => {
          const key = `${provider} ${id}`
          const statuses = recorded.get(key) ?? []
          if (statuses.at(-1) !== status) recorded.set(key, [...statuses, status])
        })
        const payment = await simulator.start({ provider, story, reference })
        const { body, sent } = payment.response
        const answer = await payments.provider(provider).readResponse(body, sent)
        if (answer.evidence === 'report') await shop.ingest(answer)
        started.push(payment)
      }
    }
    for (let day = 0; day < 5; day++) await simulator.advance(DAY_IN_MILLISECONDS)
    await shop.nightly({ from, to: new Date(simulator.now().getTime() + DAY_IN_MILLISECONDS) }) // finds what no webhook reported
    printTable(
      '2. Five days at simulated providers: webhooks lost, doubled and overtaken, and one nightly poll',
      ['provider', 'story', 'recorded, in turn', 'in truth'],
      started.map(({ provider, id, story }) => {
        const truth = simulator.truth(provider, id)?.status ?? 'unknown'
        return [provider, story, recorded.get(`${provider} ${id}`)?.join(' → ') ?? '', truth]
      }),
    )
  } finally {
    await close()
  }
}
