import { readFileSync } from 'node:fs'
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
import { type LivingShop, openLivingShop } from './living-shop.ts'

const markup = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
const hebrew = '\u202eהזמנה מספר 7 <b>'
const long = 'x'.repeat(200)

describe.skipIf(!executablePath)('the status page of a living shop', () => {
  let shop: LivingShop
  let browser: Browser
  let page: Page
  const alerts: string[] = []

  beforeAll(async () => {
    shop = await openLivingShop([markup, hebrew, long])
    browser = await openBrowser()
    page = await browser.context.newPage()
    page.on('dialog', (dialog) => void alerts.push(dialog.message()))
  })
  afterAll(async () => {
    await browser?.close()
    await shop?.close()
  })

  async function expectGood(name: string): Promise<void> {
    for (const [width, device] of [
      [1366, 'desktop'],
      [390, 'phone'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await photograph(page, `${name}-${device}-${colorScheme}`)
      }
      await expectAccessible(page)
      await expectNoBrokenWord()
    }
    await expectToFitAPhone(page)
    await page.setViewportSize({ width: 1366, height: 900 })
    expect(browser.takeErrors()).toEqual([])
    expect(browser.strangers).toEqual([])
  }

  /** Finds words of tables that stand on two lines. Words longer than a payment id may break in a card on a phone. */
  async function expectNoBrokenWord(): Promise<void> {
    const broken = await page.evaluate((longest) => {
      const found: string[] = []
      for (const cell of document.querySelectorAll('th, td')) {
        const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          for (const { index, 0: word } of (node.textContent ?? '').matchAll(/[^\s-]{1,60}/g)) {
            const range = document.createRange()
            range.setStart(node, index)
            range.setEnd(node, index + word.length)
            const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)))
            if (lines.size > 1 && /^[\w.:•]+$/.test(word) && word.length <= longest) found.push(word)
          }
        }
      }
      return found
    }, 'pi_3Q00000000000000000000000'.length)
    expect(broken).toEqual([])
  }

  it('shows tasks, money and figures at a glance', async () => {
    await page.goto(`${shop.origin}/`)
    await page
      .getByRole('img', { name: /^Payments by day/ })
      .first()
      .waitFor()
    await expectGood('overview')
  })

  it.each([
    ['Orders', 'orders', 'Download as CSV'],
    ['Tasks', 'tasks', 'A dispute was lost'],
    ['Money without an order', 'unmatched', 'order-2001'],
    ['Health', 'health', 'Sweep, every minute'],
  ])('has a page of its own for %s, linked from every page', async (title, name, text) => {
    await page.goto(`${shop.origin}/?order=order-1001`)
    await page.getByRole('navigation').getByRole('link', { name: title, exact: true }).click()
    await page.getByText(text).first().waitFor()
    expect(await page.locator('nav [aria-current="page"]').innerText()).toBe(title)
    await expectGood(name)
  })

  it('filters orders by status, day and amount, and saves them as a CSV file', async () => {
    await page.goto(`${shop.origin}/?orders`)
    await page.getByLabel('Status').selectOption('Refunded')
    await page.getByLabel('Amount').fill('38.00 EUR')
    await page.getByLabel('From').fill(new Date().toISOString().slice(0, 10))
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'order-1009' }).waitFor()
    expect(await page.locator('tbody tr').count()).toBe(2)
    const waiting = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download as CSV' }).click()
    const file = await waiting
    expect(file.suggestedFilename()).toMatch(/^orders-.*\.csv$/)
    expect(readFileSync(await file.path(), 'utf8')).toMatch(
      /^\ufefforder,status,[\s\S]*\norder-1009,Refunded,38\.00,EUR,/,
    )
    await page.goto(`${shop.origin}/?orders&amount=a+lot`)
    expect(await page.getByRole('alert').innerText()).toContain('such as 38.00 EUR')
    await expectGood('filter-problem')
  })

  it.each([
    ['order-1001', /Paid 38\.00 EUR with Visa •\d{4} on .*\. Delivered to the shop (?:at|on) /],
    ['order-1002', /Not paid/],
    ['order-1003', /Refunded 38\.00 EUR/],
    ['order-1004', /Not paid yet/],
    ['order-1009', /Refunded 38\.00 EUR to Visa/],
    ['order-1010', /Paid twice: 2 payments took money/],
  ])('says in a sentence what became of %s', async (order, sentence) => {
    await page.goto(`${shop.origin}/?find=${order}`)
    expect(await page.locator('.sentence').innerText()).toMatch(sentence)
    if (order === 'order-1001' || order === 'order-1010') await expectGood(order)
  })

  it('is used with the keyboard alone: from the search to the order, to its task, which closes', async () => {
    await page.goto(`${shop.origin}/`)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
    await page.getByLabel('Find an order').focus()
    await page.keyboard.type('order-1010')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Order order-1010' }).waitFor()
    const tasks = page.getByRole('button', { name: /^Close task/ })
    const open = await tasks.count()
    expect(open).toBeGreaterThan(0)
    await tasks.first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('status').waitFor()
    expect(await page.getByRole('status').innerText()).toBe('The task is closed.')
    expect(await tasks.count()).toBe(open - 1)
    expect((await shop.tracker.order('order-1010'))?.tasks.length).toBe(open - 1)
  })

  it('shows markup and right-to-left text as the text it is', async () => {
    for (const [name, order] of Object.entries({ markup, hebrew, long })) {
      await page.goto(`${shop.origin}/?order=${encodeURIComponent(order)}`)
      expect(await page.locator('h1').innerText()).toBe(`Order ${order.replace('\u202e', '\ufffd')}`)
      expect(await page.locator('main :is(img, script, b)').count()).toBe(0)
      await expectGood(`hostile-${name}`)
    }
    expect(alerts).toEqual([])
  })

  it('stays small with ten thousand orders, and finds each', async () => {
    await shop.database.executeSql(`insert into payment_status.orders
      select (jsonb_populate_record(null::payment_status.orders, to_jsonb(o) || jsonb_build_object('id', 'many-' || n))).*
      from payment_status.orders o, generate_series(10001, 20000) n where o.id = 'order-1002'`)
    for (const path of ['', '?orders', '?find=many-1']) {
      const answer = await page.goto(`${shop.origin}/${path}`)
      expect([path, (await answer?.text())?.length]).toEqual([
        path,
        expect.toSatisfy((size) => size < 150_000),
      ])
      expect(await page.getByRole('link', { name: /^many-/ }).count()).toBeLessThanOrEqual(50)
    }
    await page.goto(`${shop.origin}/?find=many-17777`)
    await page.getByRole('heading', { level: 1, name: 'Order many-17777' }).waitFor()
    await page.goto(`${shop.origin}/?orders`)
    await page.getByRole('link', { name: 'Older orders' }).click()
    await page
      .getByRole('link', { name: /^many-/ })
      .first()
      .waitFor()
  })

  it('shows times in the zone the viewer chose', async () => {
    await page.goto(`${shop.origin}/`)
    await page.getByRole('link', { name: 'Change time zone' }).click()
    await page.getByLabel('Time zone').selectOption('Asia/Tokyo')
    await expectGood('time-zone')
    await page.getByRole('button', { name: 'Use this time zone' }).click()
    await page.getByText('Times are in Asia/Tokyo.').waitFor()
    await page.context().clearCookies()
  })

  it('says what to try when nothing is found', async () => {
    await page.goto(`${shop.origin}/?find=order-9999`)
    await page.getByRole('heading', { level: 1, name: 'Nothing found' }).waitFor()
    browser.takeErrors() // Chromium logs every 404
    await expectGood('nothing-found')
  })
})
