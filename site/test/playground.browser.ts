import { type Explanation, explain } from '@payment-status/cli/explain'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readSamples } from '../.vitepress/theme/playground/samples.ts'
import {
  type Browser,
  executablePath,
  expectAccessible,
  expectToFitAPhone,
  openBrowser,
  photograph,
} from './chromium.ts'
import { serveSite } from './served-site.ts'

/** The part of an explanation that the page shows, or the reason for its absence. */
interface Said {
  readonly lines?: string
  readonly status?: string | undefined
  readonly source?: string | undefined
  readonly problem?: string
}

describe.skipIf(!executablePath)('the playground', () => {
  let browser: Browser
  let site: Awaited<ReturnType<typeof serveSite>>
  let page: Page

  beforeAll(async () => {
    site = await serveSite()
    browser = await openBrowser()
    page = await browser.context.newPage()
  })
  beforeEach(async () => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(`${site.origin}/playground.html`)
    await page.locator('#playground-sample option').nth(50).waitFor({ state: 'attached' })
    await page.locator('.moments tbody tr').first().waitFor()
    await page.locator('.deciding tr').first().waitFor() // the example is explained, and nothing moves any more
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
  })

  async function paste(text: string): Promise<void> {
    await page.locator('#playground-text').fill(text)
    await page.locator('.answer[aria-busy="false"] :is(.lines, .problem)').first().waitFor()
  }
  /** Finds a recording by its explanation. */
  async function findSample(fits: (explanation: Explanation) => boolean): Promise<string> {
    for (const { text } of await readSamples()) {
      const explanation = await explain(text).catch(() => undefined)
      if (explanation && fits(explanation)) return text
    }
    throw new Error('there is no such recording')
  }
  const answer = () => page.locator('.answer').innerText()

  it('explains recordings as the command line does, and shows the lines that decided', async () => {
    const samples = await readSamples()
    expect(samples.length).toBeGreaterThan(200)
    // One of each provider, source and status: a browser takes half a minute for all of them.
    const chosen = new Map<string, { readonly index: number; readonly title: string } & Said>()
    for (const [index, { provider, title, text }] of samples.entries()) {
      const said: Said = await explain(text).then(
        ({ lines, status, source }) => ({ lines: lines.join('\n'), status, source }),
        (error: Error) => ({ problem: error.message }),
      )
      const kind = JSON.stringify([provider, said.source, said.status])
      if (!chosen.has(kind)) chosen.set(kind, { index, title, ...said })
    }
    expect(chosen.size).toBeGreaterThan(50)
    const seen = await page.evaluate(
      async (indexes) => {
        const select = document.querySelector<HTMLSelectElement>('#playground-sample') as HTMLSelectElement
        const answer = document.querySelector('.answer')
        const found: { lines: string | undefined; problem: string | undefined; decided: number }[] = []
        for (const index of indexes) {
          select.selectedIndex = index + 1 // the first option names no recording
          select.dispatchEvent(new Event('change', { bubbles: true }))
          do await new Promise((resolve) => setTimeout(resolve, 1))
          while (answer?.getAttribute('aria-busy') === 'true')
          found.push({
            lines: answer?.querySelector('.lines')?.textContent ?? undefined,
            problem: answer?.querySelector('.problem')?.textContent ?? undefined,
            decided: document.querySelectorAll('.deciding tr').length,
          })
        }
        return found
      },
      [...chosen.values()].map(({ index }) => index),
    )
    for (const [place, { title, lines, problem, status }] of [...chosen.values()].entries()) {
      expect([title, seen[place]?.lines, seen[place]?.problem]).toEqual([title, lines, problem])
      // An unreadable row is reported by code that is not a table of meanings.
      if (status !== undefined && status !== 'unknown')
        expect([title, seen[place]?.decided]).toEqual([
          title,
          expect.toSatisfy((number: number) => number > 0),
        ])
    }
    expect(browser.takeErrors()).toEqual([])
    expect(browser.strangers).toEqual([])
  })

  it('opens with an example that is filled in and explained', async () => {
    await page.locator('.answer .lines').waitFor()
    expect(await page.locator('#playground-text').inputValue()).toContain('"object": "event"')
    expect(await answer()).toMatch(/stripe[\s\S]*webhook[\s\S]*status/)
  })

  it('shows the next step for the order that is described', async () => {
    const paid = await findSample(({ source, status }) => source === 'response' && status === 'captured')
    await paste(paid)
    await page.getByText('next step: fulfill').waitFor()
    await page.getByLabel('amount, in minor units').fill('999999')
    await page.getByText('next step: look_up').waitFor()
  })

  it('survives whatever is pasted', async () => {
    const alerts: string[] = []
    page.on('dialog', (dialog) => void alerts.push(dialog.message()))
    const sample = await findSample(({ source }) => source === 'response')
    const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>\u202e"}'
    const marked = JSON.stringify({ ...JSON.parse(sample), reference: evil, status: evil })
    await paste(marked)
    expect(await page.locator('.answer img, .answer script').count()).toBe(0)
    await paste('{ "id": "pay_1", ')
    expect(await answer()).toContain('line 1')
    await paste('<html>')
    expect(await answer()).toContain('neither a URL nor JSON')
    await paste(JSON.stringify({ object: 'payment_intent', filler: 'x'.repeat(2_000_000) }))
    await paste('x'.repeat(5_000_001))
    expect(await answer()).toContain('five million')
    expect(alerts).toEqual([])
    expect(browser.takeErrors()).toEqual([])
  })

  it('masks keys, and keeps and sends nothing', async () => {
    const keys = [
      'sk_live_51MadeHereNotARealKey',
      'whsec_madeHereNotARealKey',
      'sk_sbox_madeherenotarealkey77',
    ]
    for (const key of keys) {
      await paste(JSON.stringify({ object: 'event', note: key }))
      expect(await page.locator('#playground-text').inputValue()).not.toContain(key.slice(-12))
      await page.getByText('looked like a key').waitFor()
    }
    await paste('{"object":"payment_intent","id":"pi_madeHere","status":"succeeded"}')
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    )
    expect(stored).not.toContain('madeHere')
    const refused = await page.evaluate(() =>
      fetch('/hashmap.json').then(
        () => 'sent',
        () => 'refused',
      ),
    )
    expect(refused).toBe('refused')
    browser.takeErrors() // the policy reports on the console what it refused
    expect(browser.strangers).toEqual([])
  })

  it('shows what reports change in another order, with the keyboard alone', async () => {
    const list = page.locator('.reports > li')
    await expect.poll(() => list.count()).toBeGreaterThan(2)
    const first = await list.first().locator('.said').innerText()
    await page
      .getByRole('button', { name: /^later: / })
      .first()
      .focus()
    for (let times = (await list.count()) - 1; times > 0; times--) await page.keyboard.press('Enter')
    expect(await list.last().locator('.said').innerText()).toBe(first)
    expect(await list.last().locator('.outcome').innerText()).toMatch(/stale|conflict/)
    // At the end of the list the focus stays with the moved report.
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toContain(
      'earlier: ',
    )
  })

  it('lets reports be dragged', async () => {
    const list = page.locator('.reports > li')
    await expect.poll(() => list.count()).toBeGreaterThan(2)
    const last = await list.last().locator('.said').innerText()
    await page.locator('.reports').evaluate((element) => element.scrollIntoView({ block: 'center' }))
    await list.last().dragTo(list.first())
    await expect.poll(() => list.first().locator('.said').innerText()).toBe(last)
  })

  it('shows a life on a slider: the recorded status and the true one, healed by the nightly poll', async () => {
    const slider = page.locator('#playground-slider')
    await slider.focus()
    const seen = new Set<string>()
    for (let moment = Number(await slider.getAttribute('max')); moment > 0; moment--) {
      await page.keyboard.press('ArrowRight')
      seen.add((await page.locator('.compare').innerText()).replaceAll(/\s+/g, ' '))
    }
    expect(await slider.getAttribute('aria-valuetext')).toContain('In truth refunded, recorded refunded')
    expect([...seen].some((text) => /truth partially_refunded .*has recorded captured/.test(text))).toBe(true)
    expect(browser.takeErrors()).toEqual([])
  })

  it('is accessible, and fits a phone', async () => {
    await page.locator('#playground-sample').selectOption({ index: 5 })
    await page.locator('.lines').waitFor()
    await photograph(page, 'playground')
    await expectAccessible(page)
    await expectToFitAPhone(page)
    await photograph(page, 'playground-phone')
  })
})
