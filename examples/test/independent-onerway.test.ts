import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@payment-status/node'
import { createOnerway } from '@payment-status/onerway'
import { createPayments, outcomeOf, type PaymentReport, resolveAttempts } from 'payment-status'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createDeliveries } from '../../packages/onerway/test/independent/deliveries.ts'
import { live, planLife } from '../../packages/onerway/test/independent/lives.ts'
import { type Order as Created, startOnerway } from '../../packages/onerway/test/independent/onerway.ts'
import { createRandom, createWorld } from '../../packages/onerway/test/independent/world.ts'
import { createInsuredShop, type Order } from '../src/double-insurance.ts'
import { createReturnPage } from '../src/return-page.ts'
import { watchRecorded } from '../src/watch-recorded.ts'
import { createWebhookServer } from '../src/webhook-node.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.parse('2026-03-02T05:00:00Z')
const MIDNIGHT = START - (START % DAY)
const merchantNo = '800209'
const secretKey = 'independent-secret-not-real'

afterEach(() => void vi.useRealTimers())

/** The documented shop over HTTP, at an Onerway that was written from its documentation alone. */
async function play(
  integration: 'direct' | 'hosted',
  webhooks: 'recheck' | 'believe',
  { lives, seed }: { readonly lives: number; readonly seed: number },
) {
  vi.useFakeTimers({ toFake: ['Date'] })
  const random = createRandom(seed)
  const world = createWorld(START, (now) => vi.setSystemTime(now))
  const deliver = createDeliveries(world, () => `${urlOf(webhookServer)}/webhooks/onerway`, random, 0.15)
  const { now } = world
  const onerway = await startOnerway({ integration, merchantNo, secretKey, now, random, notify: deliver })
  const payments = createPayments([
    createOnerway({
      merchantNo,
      secretKey,
      environment: 'sandbox',
      integration,
      webhooks,
      chargebackQuery: true,
      baseUrl: onerway.url,
    }),
  ])
  const errors: unknown[] = []
  const falsely: string[] = []
  const orders = new Map<string, Order>()
  const created = new Map<string, Created>()
  const shop = createInsuredShop(payments, { deliver() {}, onError: (error) => void errors.push(error) })
  const webhookServer = createWebhookServer(payments, shop.ingest)
  webhookServer.listen(0, '127.0.0.1')
  const page = createReturnPage(payments, {
    orderOf: (request) => orders.get(request.headers.get('cookie') ?? ''),
    ingest: shop.ingest,
    schedule: [1],
  })
  const pageServer = createServer(toNodeHandler(page)).listen(0, '127.0.0.1')
  await Promise.all([once(webhookServer, 'listening'), once(pageServer, 'listening')])
  const pages: string[] = []

  /** Money that was never taken, and an end that never was, at the moment it is recorded. */
  function check(reference: string, { payment }: PaymentReport): void {
    const own = created.get(reference)
    const truth = own && onerway.truthOf(own)
    const isPaid = ['paid', 'returned'].includes(outcomeOf(payment.status))
    const isTrue =
      (!isPaid || (truth?.captured ?? 0) > 0) &&
      (payment.captured ?? 0) <= (truth?.captured ?? 0) &&
      (payment.refunded ?? 0) <= (truth?.refunded ?? 0) &&
      (payment.status !== 'failed' || truth?.status === 'failed')
    if (!isTrue) falsely.push(`${reference}: ${payment.status}, is ${truth?.status}`)
  }

  function take(reference: string, amount: number, isAuth: boolean): void {
    const order = shop.takeOrder({
      reference,
      provider: 'onerway',
      amount: { amount, currency: 'EUR' },
      capture: isAuth ? 'manual' : 'automatic',
    })
    orders.set(reference, order)
    watchRecorded(order, (report) => check(reference, report))
  }

  async function begin(number: number): Promise<void> {
    const plan = planLife(`order-${number}`, random)
    take(plan.reference, plan.amount, plan.isAuth)
    const order = await live({
      world,
      onerway,
      integration,
      random,
      plan,
      // The documented shop has one payment for each order: another attempt is another order.
      async onCreated(next) {
        created.set(next.reference, next)
        take(next.reference, plan.amount, plan.isAuth)
      },
      onReturn: (url) =>
        world.later(1_000, async () => {
          const { pathname, search } = new URL(url)
          const headers = { cookie: new URL(url).searchParams.get('merchantTxnId') ?? '' }
          const response = await fetch(`${urlOf(pageServer)}${pathname}${search}`, { headers })
          pages.push(`${response.status} ${await response.text()}`)
        }),
    })
    created.set(order.reference, order)
  }

  for (let number = 0; number < lives; number++) world.later(random() * 20 * HOUR, () => begin(number))
  const wrong: string[] = []
  let requests = 0
  for (let day = 1; day <= 9; day++) {
    await world.advanceTo(MIDNIGHT + day * DAY + 2 * HOUR)
    const to = new Date(MIDNIGHT + day * DAY)
    const unanswered = await shop.nightly({ from: new Date(to.getTime() - 2 * DAY), to })
    wrong.push(...unanswered.map((what) => `day ${day}, not answered: ${what}`))
    for (const own of created.values()) {
      if (own.touchedAt >= MIDNIGHT + day * DAY) continue
      const truth = onerway.truthOf(own)
      const order = orders.get(own.reference)
      const { deciding, paidTwice } = resolveAttempts([...(order?.recorded.values() ?? [])])
      const payment = deciding?.payment
      const isSame =
        payment?.status === truth.status &&
        (payment.captured ?? truth.captured) === truth.captured &&
        (payment.refunded ?? truth.refunded) === truth.refunded &&
        (payment.dispute !== undefined || !truth.isDisputed) &&
        !paidTwice
      const isDelivered = order?.fulfilledBy !== undefined
      if (!isSame) wrong.push(`day ${day}, ${own.reference}: ${payment?.status}, is ${truth.status}`)
      if (isDelivered ? truth.captured === 0 : truth.status === 'captured' && !truth.isDisputed)
        wrong.push(`day ${day}, ${own.reference}: ${isDelivered ? '' : 'not '}delivered`)
    }
    requests = onerway.requests.lookups
  }
  for (const server of [webhookServer, pageServer]) {
    server.closeAllConnections()
    server.close()
  }
  await onerway.stop()
  return { wrong, falsely, errors, pages, requests: requests / created.size }
}

function urlOf(server: { address(): unknown }): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe.each([
  ['direct', 'recheck'],
  ['direct', 'believe'],
  ['hosted', 'recheck'],
  ['hosted', 'believe'],
] as const)('the documented shop at an independent Onerway, %s and %s', (integration, webhooks) => {
  it('records random lives as they are by the next morning, and nothing false before', async () => {
    const { wrong, falsely, errors, pages } = await play(integration, webhooks, { lives: 10, seed: 101 })
    expect(falsely).toEqual([])
    expect(wrong).toEqual([])
    expect(errors).toEqual([])
    expect(pages.length).toBeGreaterThan(0)
    for (const page of pages) expect(page).toMatch(/^200 /)
  }, 60_000)
})
