import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createSimulator, type StoryName } from '@payment-status/testing'
import { createTracker, type Database, type Tracker } from '@payment-status/tracker'
import { createStatusPage } from '@payment-status/tracker/page'
import { openEmbedded } from '@payment-status/tracker/pglite'
import { createPayments } from 'payment-status'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Browser,
  executablePath,
  expectAccessible,
  expectToFitAPhone,
  openBrowser,
  photograph,
} from './chromium.ts'

const HOUR = 60 * 60_000
const amount = { amount: 2500, currency: 'EUR' }
const stories: readonly StoryName[] = ['paid_after_3ds', 'refused', 'refunded_in_parts', 'abandoned']
const markup = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
const hebrew = '\u202eהזמנה מספר 7 <b>'

describe.skipIf(!executablePath)('the status page of a living shop', () => {
  let database: Database & { close(): Promise<void> }
  let tracker: Tracker
  let server: Server
  let origin: string
  let browser: Browser
  let page: Page
  const alerts: string[] = []

  beforeAll(async () => {
    database = await openEmbedded('memory://')
    const simulator = createSimulator({
      providers: [stripeSimulation],
      sendWebhook: (request) => tracker.webhooks(request),
    })
    const stripe = createStripe({
      ...stripeSimulation.secrets,
      fetch: simulator.fetch,
      clock: () => simulator.now().getTime(),
      // Webhooks are signed by the real clock, which the virtual one runs away from.
      toleranceSeconds: Infinity,
    })
    tracker = await createTracker({
      payments: createPayments([stripe]),
      database,
      reconcile: 'off',
      onChange() {},
    })
    const orders = [...stories.map((story) => `order-${story}`), markup, hebrew, 'x'.repeat(200)]
    for (const [index, order] of orders.entries()) {
      const story = stories[index % stories.length] ?? 'paid_at_once'
      const payment = await simulator.start({ story, reference: order, amount })
      await tracker.watch({
        order,
        terms: { expected: { amount }, capture: 'automatic' },
        payments: [{ provider: 'stripe', id: payment.id }],
      })
      await tracker.ingest(await stripe.readResponse(payment.response.body))
    }
    await simulator.advance(5 * 24 * HOUR)
    await tracker.refresh('order-refunded_in_parts')

    const handle = createStatusPage(tracker)
    server = createServer(async (request, response) => {
      const answer = await handle(new Request(new URL(request.url ?? '/', origin)))
      response.writeHead(answer.status, Object.fromEntries(answer.headers))
      response.end(await answer.text())
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await openBrowser()
    page = await browser.context.newPage()
    page.on('dialog', (dialog) => void alerts.push(dialog.message()))
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
    await tracker?.stop()
    await database?.close()
  })

  async function expectGood(name: string): Promise<void> {
    await page.setViewportSize({ width: 1280, height: 900 })
    await photograph(page, name)
    await expectAccessible(page)
    await expectToFitAPhone(page)
    await photograph(page, `${name}-phone`)
    await page.setViewportSize({ width: 1280, height: 900 })
    expect(browser.takeErrors()).toEqual([])
    expect(browser.strangers).toEqual([])
  }

  it('shows what there is at a glance', async () => {
    await page.goto(`${origin}/`)
    await page.getByRole('img', { name: /^Payments by day/ }).waitFor()
    await expectGood('status-page')
  })

  it('is used with the keyboard alone: from the question to the order and its timeline', async () => {
    await page.goto(`${origin}/`)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('To the content')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('order-refunded_in_parts')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Order order-refunded_in_parts' }).waitFor()
    expect(await page.locator('main').innerText()).toMatch(/refunded: the money went back/)
    expect(await page.locator('caption').innerText()).toContain('what the guard made of it')
    await expectGood('status-page-order')
  })

  it('shows markup and right-to-left text as the text it is', async () => {
    for (const order of [markup, hebrew, 'x'.repeat(200)]) {
      await page.goto(`${origin}/?order=${encodeURIComponent(order)}`)
      expect(await page.locator('h1').innerText()).toBe(`Order ${order.replace('\u202e', '\ufffd')}`)
      expect(await page.locator('main :is(img, script, b)').count()).toBe(0)
      await expectGood('status-page-hostile')
    }
    expect(alerts).toEqual([])
  })

  it('finds its way among ten thousand orders', async () => {
    await database.executeSql(`
      insert into payment_status.orders (id, terms, schedule, status, watched)
      select 'many-' || n, '{"expected":{"amount":{"amount":2500,"currency":"EUR"}},"capture":"automatic"}'::jsonb,
        '[]'::jsonb, case when n % 3 = 0 then 'captured' else 'processing' end, true
      from generate_series(1, 10000) n`)
    await database.executeSql(`
      insert into payment_status.payments (provider, id, order_id, reference, version, report, status, heard_at)
      select 'stripe', 'pi_many' || n, 'many-' || n, 'ref-' || n, 1,
        jsonb_build_object('evidence', 'report', 'source', 'lookup', 'observedAt', '2026-11-20T10:00:00.000Z',
          'payment', jsonb_build_object('provider', 'stripe', 'id', 'pi_many' || n, 'status', 'captured', 'facts', '{}'::jsonb)),
        case when n % 3 = 0 then 'captured' else 'processing' end, now() - (n % 14) * interval '1 day'
      from generate_series(1, 10000) n`)
    await page.goto(`${origin}/`)
    expect(await page.locator('tbody tr').count()).toBeLessThan(200)
    await expectGood('status-page-ten-thousand')
    await page.getByRole('link', { name: 'Older orders' }).click()
    await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor()
    expect(await page.locator('tbody tr').count()).toBe(50)
    await page.getByLabel(/An order, or a payment/).fill('ref-7777')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('heading', { level: 1, name: 'Order many-7777' }).waitFor()
    expect(browser.takeErrors()).toEqual([])
  })
})
