import { createWebhookHandler, memoryClaims, type WebhookEvent } from '@payment-status/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { eventBase, makeProvider, webhook } from './make.ts'

const LEASE = 1000
const post = (id: string) => new Request('https://shop.example/', { method: 'POST', body: id })
const provider = makeProvider({
  async readWebhook({ rawBody }): Promise<WebhookEvent> {
    const id = new TextDecoder().decode(rawBody as Uint8Array)
    return { ...eventBase, id, kind: 'payment', report: webhook({}, 1) }
  },
})

/** A shop whose next handlings end as listed: `dies` is a process that is killed in the middle. */
function makeShop() {
  const time = { now: 0 }
  const finished = new Map<string, number>()
  const begun = new Map<string, number>()
  const fate = { next: 'ends' as 'ends' | 'throws' | 'dies' }
  const handle = createWebhookHandler(provider, {
    claims: memoryClaims({ leaseMs: LEASE, clock: () => time.now }),
    async onReports(_, { id }) {
      begun.set(id, (begun.get(id) ?? 0) + 1)
      await Promise.resolve()
      if (fate.next === 'throws') throw new Error('no database')
      if (fate.next === 'dies') return new Promise<void>(() => {})
      finished.set(id, (finished.get(id) ?? 0) + 1)
    },
  })
  return { handle, time, fate, begun, finished }
}

it('a handler killed between claim and end acts again on redelivery, once its lease ran out', async () => {
  const { handle, time, fate, begun } = makeShop()
  fate.next = 'dies'
  void handle(post('a'))
  await new Promise((resolve) => setTimeout(resolve, 5))
  fate.next = 'ends'
  time.now = LEASE - 1
  expect((await handle(post('a'))).status).toBe(503)
  time.now = LEASE
  expect((await handle(post('a'))).status).toBe(200)
  expect(begun.get('a')).toBe(2)
})

it('ten deliveries at once are handled once; the others are answered 503', async () => {
  const { handle, begun } = makeShop()
  const answers = await Promise.all(Array.from({ length: 10 }, () => handle(post('a'))))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array<number>(9).fill(503)])
  expect(begun.get('a')).toBe(1)
  expect((await handle(post('a'))).status).toBe(200)
  expect(begun.get('a')).toBe(1)
})

it('one that finished never acts twice, and one that did not is acted on in the end, whatever happens', async () => {
  const delivery = fc.record({
    ids: fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 4 }), // at once
    fate: fc.constantFrom('ends' as const, 'throws' as const, 'dies' as const),
    pause: fc.nat(LEASE * 2),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { maxLength: 8 }), async (deliveries) => {
      const { handle, time, fate, finished } = makeShop()
      for (const step of deliveries) {
        time.now += step.pause
        fate.next = step.fate
        const answers = step.ids.map((id) => handle(post(id)))
        if (step.fate !== 'dies') await Promise.all(answers)
        else await new Promise(setImmediate)
      }
      fate.next = 'ends'
      time.now += LEASE
      for (const id of ['a', 'b']) expect((await handle(post(id))).status).toBe(200)
      expect([...finished.values()]).toEqual([1, 1])
    }),
    { numRuns: 1000 },
  )
})
