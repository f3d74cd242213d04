import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { onerwayFixtures, onerwayHostedFixtures } from '@payment-status/onerway/fixtures'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createFolder, run } from './program.mjs'

const AT_ONCE = 3
const folder = createFolder()
const shops = [
  { fixtures: checkoutComFixtures },
  { fixtures: onerwayFixtures },
  { fixtures: onerwayHostedFixtures, options: ['--integration', 'hosted'] },
  { fixtures: stripeFixtures },
]

/** Texts to paste from a fixture, with the expected explanation. */
async function* pastes({ fixtures: { provider, payments }, options = [] }) {
  for (const { title, status, id, response, webhook, clientResult, returnUrl } of payments) {
    const common = { title: `${provider}: ${title}`, provider, options }
    if (response) yield { ...common, text: JSON.stringify(response), wanted: { status, id } }
    if (clientResult) yield { ...common, text: JSON.stringify(clientResult), wanted: { evidence: 'hint' } }
    if (returnUrl) yield { ...common, url: returnUrl, wanted: { evidence: 'hint' } }
    if (webhook) {
      const { rawBody } = await webhook()
      const text = typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody)
      yield { ...common, text, wanted: { status, id, isWebhook: true } }
    }
  }
}

async function check({ title, provider, options, text, url, wanted }, number) {
  const file = join(folder, `${number}.json`)
  if (text !== undefined) writeFileSync(file, text)
  const { code, stdout, stderr } = await run(['explain', url ?? file, '--json', ...options])
  deepStrictEqual([title, code, stderr], [title, 0, ''])
  const found = JSON.parse(stdout)
  strictEqual(found.provider, provider, title)
  if (wanted.isWebhook) {
    strictEqual(found.evidence, 'unverified', title)
    // A notification states that something happened, and no status.
    if (found.event.kind !== 'payment')
      return ok(['recheck', 'dispute', 'unrelated'].includes(found.event.kind))
  }
  if (wanted.status)
    deepStrictEqual([title, found.status, found.payment.id], [title, wanted.status, wanted.id])
  else if (found.evidence !== 'hint') ok(found.source === 'response', title)
}

test('explain of every fixture gives its status', { timeout: 600_000 }, async (t) => {
  const waiting = []
  for (const shop of shops) for await (const paste of pastes(shop)) waiting.push(paste)
  const all = waiting.length
  const workers = Array.from({ length: AT_ONCE }, async (_, worker) => {
    for (let paste = waiting.shift(), n = 0; paste; paste = waiting.shift())
      await check(paste, `${worker}-${n++}`)
  })
  await Promise.all(workers)
  ok(all > 100)
  t.diagnostic(`${all} explained`)
})
