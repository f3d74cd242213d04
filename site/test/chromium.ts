import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser's path. Without a browser the tests are skipped with a warning. */
export const executablePath = places.find((path) => existsSync(path))
if (!executablePath) console.warn('NOT TESTED: there is no Chromium on this machine')

/** Saves a screenshot in the folder that `SCREENSHOTS` names, if it is set. */
export async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Browser {
  readonly context: BrowserContext
  /** Returns the console's errors and policy violations since the last call. */
  takeErrors(): string[]
  /** Hosts other than the loopback address that were requested since the browser was opened. */
  readonly strangers: readonly string[]
  close(): Promise<void>
}

/** Opens a browser with an empty profile. */
export async function openBrowser(): Promise<Browser> {
  const data = mkdtempSync(join(tmpdir(), 'chromium-'))
  const context = await chromium.launchPersistentContext(data, {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: flags,
  })
  let errors: string[] = []
  const strangers: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      errors.push(`${message.location().url}: ${message.text()}`)
  })
  context.on('weberror', (error) => errors.push(error.error().message))
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (/^https?:$/.test(url.protocol) && url.hostname !== '127.0.0.1') strangers.push(url.host)
  })
  return {
    context,
    takeErrors() {
      const taken = errors
      errors = []
      return taken
    },
    strangers,
    async close() {
      await context.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

const axe = createRequire(import.meta.url).resolve('axe-core')

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** Checks accessibility with axe: everything in light mode, the contrast in dark mode. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' })
  await expectNoViolation(page, {})
  await page.emulateMedia({ colorScheme: 'dark' })
  await expectNoViolation(page, { runOnly: ['color-contrast'] })
  await page.emulateMedia({ colorScheme: 'light' })
}

async function expectNoViolation(page: Page, rules: { readonly runOnly?: readonly string[] }): Promise<void> {
  // Colours change in a transition: half-way they have another contrast.
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished))
  })
  // The page's policy allows no foreign script element, but it allows evaluation by the browser's driver.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(readFileSync(axe, 'utf8'))
  const options = JSON.stringify({ ...rules, resultTypes: ['violations'] })
  const violations = (await page.evaluate(
    `axe.run(document, ${options}).then(({ violations }) => violations)`,
  )) as readonly Violation[]
  expect(
    violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    ),
  ).toEqual([])
}

/** Checks that the page fits a phone without scrolling sideways. */
export async function expectToFitAPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect([page.url(), overflow]).toEqual([page.url(), 0])
}
