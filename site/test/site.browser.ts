import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPlaceholder } from '../scripts/links.ts'
import {
  type Browser,
  executablePath,
  expectAccessible,
  expectToFitAPhone,
  openBrowser,
  photograph,
} from './chromium.ts'
import { pages, serveSite } from './served-site.ts'

const mainPages = ['index.html', 'webhooks.html', 'providers/stripe.html', 'reference/payment-status.html']

describe.skipIf(!executablePath)('the site', () => {
  let browser: Browser
  let site: Awaited<ReturnType<typeof serveSite>>
  let page: Page

  beforeAll(async () => {
    site = await serveSite()
    browser = await openBrowser()
    page = await browser.context.newPage()
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
  })

  async function openSearch(): Promise<void> {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(`${site.origin}/`)
    await page.locator('#VPContent[role="main"]').waitFor() // the page's script has run
    await page.keyboard.press('Control+k')
    await page.locator('#localsearch-input').waitFor()
  }

  it('has no page with an error, and sends no request to another host', async () => {
    for (const path of pages.filter((name) => name !== '404.html')) {
      await page.goto(`${site.origin}/${path}`)
      expect([path, browser.takeErrors()]).toEqual([path, []])
    }
    expect(browser.strangers).toEqual([])
  })

  it('has a strict policy on every page', async () => {
    for (const path of pages) {
      const html = await (await fetch(`${site.origin}/${path}`)).text()
      const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? []
      expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'none'")])
      expect(policy).not.toContain('unsafe')
    }
  })

  it('begins with a sentence, the installation, a webhook handler, a choice of parts, and a picture', async () => {
    await page.goto(`${site.origin}/`)
    const text = await page.locator('.first-page').innerText()
    for (const part of [
      'npm install payment-status',
      'fulfill',
      'I want',
      'payment-status track',
      'Stripe: a webhook, payment_intent.succeeded',
      'webhook, forged',
    ])
      expect(text).toContain(part)
    const picture = page.getByRole('img', { name: /status page/ })
    await picture.scrollIntoViewIfNeeded()
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0)
    await page.getByRole('link', { name: 'Receive webhooks' }).click()
    await page.getByRole('heading', { level: 1, name: /Webhooks/ }).waitFor()
    expect(browser.takeErrors()).toEqual([])
  })

  it.each([
    'payment-status',
    '@payment-status/core',
    '@payment-status/node',
    '@payment-status/stripe',
    '@payment-status/tracker',
    '@payment-status/tracker/page',
    '@payment-status/tracker/pglite',
    '@payment-status/testing',
    '@payment-status/testing/server',
  ])('has examples in the reference of %s', async (name) => {
    const answer = await fetch(`${site.origin}/reference/${name}.html`)
    expect(await answer.text()).toMatch(/<h[2-6][^>]*>Example/)
  })

  it('shows every page of the documentation in its navigation', async () => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(`${site.origin}/webhooks.html`)
    const links = await page
      .locator('.VPSidebar a')
      .evaluateAll((anchors) => anchors.map((anchor) => new URL((anchor as HTMLAnchorElement).href).pathname))
    const documents = pages.filter((path) => !/^(?:index|404|all-pages|reference\/)/.test(path))
    expect(documents.filter((path) => !links.includes(`/${path}`))).toEqual([])
  })

  it('links to no host that is reserved for examples', async () => {
    const links = await Promise.all(
      pages.map(async (path) => {
        const html = await (await fetch(`${site.origin}/${path}`)).text()
        return [...html.matchAll(/<a\b[^>]*?\shref="([^"]+)"/g)].map(([, link = '']) => link)
      }),
    )
    expect(links.flat().filter(isPlaceholder)).toEqual([])
  })

  it.each(mainPages)('is accessible, and fits a phone: %s', async (path) => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(`${site.origin}/${path}`)
    await photograph(page, path.replaceAll('/', '-'))
    await expectAccessible(page)
    await expectToFitAPhone(page)
    expect(browser.takeErrors()).toEqual([])
  })

  it.each([
    ['idempotency', /^\/(?!reference|decisions)/],
    ['docker', /^\/(?:deployment|guides)/],
    ['refund', /^\/guides\/refunds-and-disputes/],
    ['retry', /^\/(?!reference|decisions)/],
  ])('finds %s first where it is explained', async (word, path) => {
    await openSearch()
    await page.locator('#localsearch-input').fill(word)
    const first = page.locator('.VPLocalSearchBox .result').first()
    await first.waitFor()
    expect(await first.getAttribute('href')).toMatch(path)
    expect((await first.innerText()).length).toBeGreaterThan(0)
  })

  it('is searched without a request to another host', async () => {
    await openSearch()
    await page.keyboard.type('webhook')
    await page.locator('.VPLocalSearchBox .result').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname !== '/')
    expect(browser.takeErrors()).toEqual([])
    expect(browser.strangers).toEqual([])
  })
})
