import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSimulator, type StoryName } from '@payment-status/testing'
import { serve } from '../serve.ts'
import { printTable } from '../table.ts'
import { simulations } from './providers.ts'
import type { Answer, Asked, StoredOrder } from './shop-process.ts'

// They are sent again after more than that.
const TIME_FOR_WEBHOOKS_IN_MILLISECONDS = 5000
const amount = { amount: 2500, currency: 'EUR' }
const orders: readonly (readonly [provider: string, story: StoryName, when: 'before' | 'meanwhile'])[] = [
  ['checkout-com', 'paid_at_once', 'before'],
  ['stripe', 'paid_at_once', 'before'],
  ['onerway', 'refused', 'before'],
  ['onerway', 'paid_at_once', 'meanwhile'],
  ['checkout-com', 'paid_at_once', 'meanwhile'],
  ['stripe', 'refused', 'meanwhile'],
]

/** A shop on the embedded tracker is killed between acknowledging webhooks and acting on them, and started again. */
export async function showTracked(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'payment-status-demo-'))
  const ids: string[] = []
  let webhookUrl = ''
  const simulator = createSimulator({
    providers: simulations,
    sendWebhook: (request) => fetch(new Request(webhookUrl + new URL(request.url).pathname, request)),
  })
  const api = await serve((request) => simulator.fetch(request))
  const start = async () => {
    const shop = await startShop(api.url, directory)
    webhookUrl = shop.url
    return shop
  }
  const pay = async (when: 'before' | 'meanwhile') => {
    for (const [index, [provider, story, then]] of orders.entries()) {
      if (then !== when) continue
      ids[index] = (await simulator.start({ provider, story, reference: nameOf(index), amount })).id
    }
    await simulator.advance(TIME_FOR_WEBHOOKS_IN_MILLISECONDS)
  }
  try {
    const first = await start()
    for (const [index, [provider]] of orders.entries()) {
      const order = nameOf(index)
      const terms = { expected: { amount }, capture: 'automatic' } as const
      const payments = [{ provider, reference: order }]
      await first.ask({ kind: 'take', order: { order, terms, payments, schedule: [50, 500] } })
    }
    await pay('before')
    await first.kill()
    await pay('meanwhile')

    const second = await start()
    const found = await second.ask({ kind: 'show' })
    let now = await second.ask({ kind: 'work' })
    while (
      now.some(({ status, delivered }) => status === 'unknown' || (status === 'captured' && delivered === 0))
    ) {
      await sleep(100)
      now = await second.ask({ kind: 'show' })
    }
    await second.stop()

    printTable(
      '4. The tracker: a shop is killed before it acted on what it had acknowledged, and started again',
      ['order', 'provider', 'story', 'its webhook', 'stored after the kill', 'a moment later'],
      orders.map(([provider, story], index) => [
        nameOf(index),
        provider,
        story,
        simulator.deliveries().some(({ paymentId, status }) => paymentId === ids[index] && status === 200)
          ? 'acknowledged'
          : 'lost',
        describe(found[index]),
        describe(now[index]),
      ]),
    )
  } finally {
    await api.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

function nameOf(index: number): string {
  return `order-${8001 + index}`
}

function describe(order: StoredOrder | undefined): string {
  if (!order) return 'lost'
  return order.delivered === 0 ? order.status : `${order.status}, delivered ${order.delivered} ×`
}

async function startShop(providersUrl: string, directory: string) {
  const child = fork(new URL('./shop-process.ts', import.meta.url), [providersUrl, directory], {
    execArgv: ['--conditions=@payment-status/source', '--disable-warning=ExperimentalWarning'],
  })
  const { url } = (await answerOf(child)) as Extract<Answer, { readonly url: string }>
  return {
    url,
    async ask(asked: Asked): Promise<readonly StoredOrder[]> {
      child.send(asked)
      return ((await answerOf(child)) as Extract<Answer, { readonly orders: unknown }>).orders
    },
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    async stop() {
      child.send({ kind: 'stop' } satisfies Asked)
      await once(child, 'exit')
    },
  }
}

async function answerOf(child: ChildProcess): Promise<Answer> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the shop's process ended with ${code}`)
  })
  ended.catch(() => {})
  const [answer] = await Promise.race([once(child, 'message'), ended])
  return answer as Answer
}
