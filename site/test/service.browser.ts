import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changesSecret, type Service, startReceiver, startService } from '../../packages/cli/test/service.ts'
import {
  type Browser,
  executablePath,
  expectAccessible,
  expectToFitAPhone,
  openBrowser,
  photograph,
} from './chromium.ts'

const token = 'made-up-token-for-tests'
const paid = {
  id: 'pi_forged',
  object: 'payment_intent',
  status: 'succeeded',
  amount: 2500,
  amount_received: 2500,
  currency: 'eur',
  created: 1,
  metadata: { order_id: 'order-1' },
}

/** A page of a stranger that makes the browser pay an order in every way a page can try. */
const attack = (url: string) => {
  const report = JSON.stringify({ provider: 'stripe', body: paid })
  return `<!doctype html><meta charset="utf-8"><title>a stranger's page</title>
<iframe name="sink"></iframe>
<form id="report" method="post" enctype="text/plain" action="${url}/reports" target="sink"><input name='${report.slice(0, -1)},"x":"' value='"}'></form>
<form id="page" method="post" action="${url}/status" target="sink"><input name="task" value="investigate/order-1"></form>
<form id="login" method="post" action="${url}/status/login" target="sink"><input name="token" value="${token}"></form>
<script>
const body = ${JSON.stringify(report)}
const ways = [
  { body },
  { body, mode: 'no-cors' },
  { body, mode: 'no-cors', headers: { 'content-type': 'text/plain' } },
  { body, mode: 'no-cors', credentials: 'include' },
  { body, headers: { 'content-type': 'application/json' }, credentials: 'include' },
  { body, headers: { 'content-type': 'application/json', authorization: 'Bearer guess' } },
]
const tries = ways.map((way) => fetch('${url}/reports', { method: 'POST', ...way }).then(({ type, status }) => type + status, () => 'refused'))
for (const form of document.forms) form.submit()
navigator.sendBeacon('${url}/reports', body)
Promise.all(tries).then((results) => { document.title = 'tried ' + results.join() })
</script>`
}

describe.skipIf(!executablePath)(
  'a stranger’s page in a browser that is logged in to the status page',
  () => {
    let browser: Browser
    let service: Service
    let shop: Awaited<ReturnType<typeof startReceiver>>
    let stranger: Server
    const authorization = `Bearer ${token}`

    beforeAll(async () => {
      shop = await startReceiver()
      service = await startService(['--simulate', '--pace', '0', '--changes-url', shop.url], {
        env: { PAYMENT_STATUS_TOKEN: token, CHANGES_SECRET: changesSecret },
      })
      stranger = createServer((_, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end(attack(service.url)),
      ).listen(0, '127.0.0.1')
      await once(stranger, 'listening')
      browser = await openBrowser()
      const body = {
        terms: {
          expected: { amount: { amount: 2500, currency: 'EUR' }, reference: 'order-1' },
          capture: 'automatic',
        },
        payments: [{ provider: 'stripe', reference: 'order-1' }],
      }
      const watched = await fetch(`${service.url}/orders/order-1`, {
        method: 'PUT',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(watched.status).toBe(200)
    })
    afterAll(async () => {
      await browser?.close()
      stranger?.close()
    })

    it('logs in with the token once, on a page that is accessible and fits a phone', async () => {
      const page = await browser.context.newPage()
      await page.goto(`${service.url}/status`)
      await photograph(page, 'login')
      await expectAccessible(page)
      await expectToFitAPhone(page)
      await photograph(page, 'login-phone')
      await page.getByLabel('Token').fill('a guess')
      await page.getByRole('button', { name: 'Log in' }).click()
      expect(await page.getByRole('alert').textContent()).toContain('not the token')
      await page.getByLabel('Token').fill(token)
      await page.keyboard.press('Enter')
      await page.getByLabel('Find an order').waitFor()
      const [cookie] = await browser.context.cookies()
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/status' })
      browser.takeErrors()
      await page.close()
    })

    it('cannot record a payment, reach the shop, or close a task', async () => {
      const page = await browser.context.newPage()
      // Another site, not another port alone: `localhost` and `127.0.0.1` are two sites.
      await page.goto(`http://localhost:${(stranger.address() as AddressInfo).port}/`)
      await expect.poll(() => page.title(), { timeout: 20_000 }).toContain('tried')
      const results = (await page.title()).replace('tried ', '').split(',')
      expect(results).toHaveLength(6)
      // `opaque0`: it was sent, and the page may not read the refusal.
      for (const result of results) expect(result).toMatch(/^(refused|opaque0|cors40[13])$/)
      await page.close()
      const get = async (path: string) =>
        (await fetch(service.url + path, { headers: { authorization } })).json()
      const order = await get('/orders/order-1')
      expect(order).toMatchObject({ state: 'waiting', payments: [] })
      expect((await get('/payments/stripe/pi_forged/timeline')).evidence).toEqual([])
      expect(shop.received).toEqual([])
    })
  },
)
