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

  it('has no page with an error, and asks no other host', async () => {
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

  it('leads from its first page to a webhook in one click', async () => {
    await page.goto(`${site.origin}/`)
    await page.getByRole('link', { name: 'Take a webhook' }).click()
    await page.getByRole('heading', { level: 1, name: /Webhooks/ }).waitFor()
    expect(browser.takeErrors()).toEqual([])
  })

  it.each(mainPages)('can be used by everybody, and on a phone: %s', async (path) => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(`${site.origin}/${path}`)
    await photograph(page, path.replaceAll('/', '-'))
    await expectAccessible(page)
    await expectToFitAPhone(page)
    expect(browser.takeErrors()).toEqual([])
  })

  it('is searched without asking anybody', async () => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(`${site.origin}/`)
    await page.keyboard.press('Control+k')
    await page.locator('#localsearch-input').waitFor()
    await page.keyboard.type('redelivered')
    await page.locator('.VPLocalSearchBox .result').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname !== '/')
    expect(browser.takeErrors()).toEqual([])
    expect(browser.strangers).toEqual([])
  })
})
