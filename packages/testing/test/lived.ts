import type { ProviderSimulation } from '@payment-status/core/kit'
import { createSimulator, type Simulator, type StoryName, storiesOf } from '@payment-status/testing'

const DAY = 24 * 60 * 60_000

/** A simulator behind which every story of a provider was lived to its end, and the webhooks that were sent. */
export interface Lived {
  readonly simulator: Simulator
  readonly ids: ReadonlyMap<StoryName, string>
  readonly webhooks: ReadonlyArray<{ readonly body: string; readonly signature: string }>
}

/** Every story a provider has words for, lived to its end. */
export async function liveAll(simulation: ProviderSimulation, signatureHeader: string): Promise<Lived> {
  const webhooks: Array<{ body: string; signature: string }> = []
  const simulator = createSimulator({
    providers: [simulation],
    startAt: new Date('2026-03-02T00:00:00Z'),
    async sendWebhook(request) {
      const signature = request.headers.get(signatureHeader) ?? ''
      webhooks.push({ body: await request.text(), signature })
      return new Response()
    },
  })
  const ids = new Map<StoryName, string>()
  for (const story of storiesOf(simulation)) {
    const { id } = await simulator.start({ story, reference: `order-${story}` })
    ids.set(story, id)
  }
  await simulator.advance(60 * DAY)
  return { simulator, ids, webhooks }
}
