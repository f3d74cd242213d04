import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { advance, foldEvent, memoryClaims, type PaymentReport } from '@payment-status/core'
import { signWebhook } from '@payment-status/stripe'
import type { StoryName } from '@payment-status/testing'
import { createPayments, providersFromEnvironment } from 'payment-status'
import { describe, expect, it } from 'vitest'
import { knownProviders } from '../src/providers.ts'
import { recordedProviders } from '../src/recorder/providers.ts'
import { createRelay, readFiles, serve, start, variablesOf } from './recorder.ts'
import { createFolder, run, simulate } from './run.ts'

/** Shop that receives webhooks, looks up what they name, and stores what `advance` returns. */
async function startShop(environment: Readonly<Record<string, string>>) {
  const environments = knownProviders.map((known) => known.environment)
  const payments = createPayments(providersFromEnvironment(environment, environments).providers)
  const stored = new Map<string, PaymentReport>()
  /** Statuses of each payment, in the order in which they were stored. */
  const histories = new Map<string, string[]>()
  const failures: unknown[] = []
  const store = (key: string, report: PaymentReport) => {
    stored.set(key, report)
    const history = histories.get(key) ?? []
    if (history.at(-1) !== report.payment.status) histories.set(key, [...history, report.payment.status])
  }
  const handler = payments.webhookHandler({
    claims: memoryClaims(),
    onReports(reports) {
      for (const report of reports) {
        const key = `${report.payment.provider}/${report.payment.id}`
        store(key, advance(stored.get(key), report).report)
      }
    },
    // A provider that cannot be asked: its operations are added up.
    onOperation(event) {
      if (!('id' in event.key)) return
      const key = `${event.provider}/${event.key.id}`
      const payment = foldEvent(stored.get(key)?.payment, event)
      if (!payment) return
      const observedAt = new Date().toISOString()
      store(key, { evidence: 'report', source: 'webhook', payment, observedAt })
    },
    onError: (error) => failures.push(error),
  })
  return { url: await serve(handler), stored, histories, failures }
}

/** Returns each payment without its ids, which a recording replaces, and without the moments of our own clock. */
function statesOf(stored: ReadonlyMap<string, PaymentReport>): readonly string[] {
  return [...stored.values()]
    .map(({ payment: { id, reference, facts, trace, method, action, updatedAt, dispute, ...state } }) => {
      // Operations of one moment have no order but that of their ids.
      const operations = state.operations
        ?.map(({ id: _, ...operation }) => JSON.stringify(operation))
        .toSorted()
      const disputed = dispute && { status: dispute.status, amount: dispute.amount }
      return JSON.stringify({ ...state, operations, disputed, action: action?.kind, method: method?.kind })
    })
    .toSorted()
}

const stories: readonly StoryName[] = [
  'paid_after_3ds',
  'refused',
  'authorized_then_captured',
  'voided',
  'refunded_in_parts',
  'disputed_and_lost',
  'refused_then_paid',
  'paid_twice',
]
const MONTH_IN_MILLISECONDS = 30 * 24 * 60 * 60_000

describe.each(recordedProviders)('a recording of a simulated $provider', ({ provider }) => {
  const folder = join(createFolder().path, 'recording')
  let original: Awaited<ReturnType<typeof startShop>>

  it('holds its deliveries and answers in files that only their owner can read', async () => {
    const [relay, shop] = [await createRelay(), await createRelay()]
    const world = await simulate({ webhookUrl: relay.url })
    const env = variablesOf(provider, world.env)
    const recorder = await start(
      ['record', '--out', folder, '--port', '0', '--api-port', '0', '--forward', shop.url],
      env,
    )
    relay.open(String(recorder.first.url))
    original = await startShop({ ...env, ...recorder.environment })
    shop.open(original.url)
    for (const [index, story] of stories.entries()) {
      const amount = { amount: 1100 + index, currency: 'EUR' }
      await world.simulator
        .start({ provider, story, reference: `order-${1000 + index}`, amount })
        .catch(() => {})
    }
    await world.simulator.advance(MONTH_IN_MILLISECONDS)
    const { code } = await recorder.stop()
    const files = readFiles(folder)

    expect([code, original.failures, original.stored.size > 5]).toEqual([0, [], true])
    expect(
      files.map(({ name }) => name).filter((name) => !/^\d{4}-[a-z-]+-(delivery|answer)\.json$/.test(name)),
    ).toEqual([])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(files.filter(({ name }) => (statSync(join(folder, name)).mode & 0o777) !== 0o600)).toEqual([])
    const text = files.map((file) => file.text).join()
    for (const { id, reference } of [...original.stored.values()].map(({ payment }) => payment))
      expect([id, reference].filter((one) => one && text.includes(one))).toEqual([])
  })

  async function replay(options: readonly string[]) {
    const relay = await createRelay()
    const replaying = await start(['replay', folder, '--to', relay.url, '--api-port', '0', ...options], {})
    const shop = await startShop(replaying.environment)
    relay.open(shop.url)
    await replaying.untilLines(1 + deliveries().length * (options.includes('--double') ? 2 : 1))
    const { code, stdout } = await replaying.stop()
    const sent = stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line).name as string)
    return { ...shop, code, sent }
  }

  const deliveries = () => readFiles(folder).flatMap(({ name }) => (name.includes('delivery') ? [name] : []))

  it('gives a new shop the same recorded states when it is replayed', async () => {
    const { code, sent, stored, histories, failures } = await replay([])
    expect([code, failures, sent]).toEqual([0, [], deliveries()])
    expect(statesOf(stored)).toEqual(statesOf(original.stored))
    expect([...histories.values()]).toEqual([...original.histories.values()])
  })

  it('is replayed in another order, and each delivery twice', async () => {
    const { code, sent, stored, failures } = await replay(['--shuffle', '--double', '--seed', '7'])
    expect([code, failures, stored.size]).toEqual([0, [], original.stored.size])
    expect(sent).not.toEqual(sent.toSorted())
    expect(sent.toSorted()).toEqual(deliveries().flatMap((name) => [name, name]))
  })

  it('is explained, file by file', async () => {
    const { code, stdout } = await run(['explain', folder])
    expect(code).toBe(0)
    for (const { name } of readFiles(folder)) expect(stdout).toContain(`| ${name} | `)
    expect(stdout).not.toContain('cannot be read')
  })
})

describe('record', () => {
  const webhookSecrets = 'whsec_aSecretOfTheSandbox'
  const env = { STRIPE_SECRET_KEY: 'sk_test_aKeyOfTheSandbox', STRIPE_WEBHOOK_SECRET: webhookSecrets }
  const event = (status: string) =>
    JSON.stringify({
      id: 'evt_1',
      object: 'event',
      type: 'payment_intent.succeeded',
      created: 1_790_000_000,
      data: {
        object: {
          id: 'pi_1',
          object: 'payment_intent',
          status,
          amount: 2500,
          amount_received: 2500,
          currency: 'eur',
        },
      },
    })

  async function post(recorder: string, body: string, secret: string): Promise<number> {
    const { rawBody, headers } = await signWebhook(body, secret)
    const request = { method: 'POST', body: String(rawBody), headers: headers as Record<string, string> }
    return (await fetch(`${recorder}/webhooks/stripe`, request)).status
  }

  it('keeps nothing of a delivery whose signature is not valid', async () => {
    const folder = join(createFolder().path, 'recording')
    const recorder = await start(['record', '--out', folder, '--port', '0', '--api-port', '0'], env)
    const url = String(recorder.first.url)
    expect(await post(url, event('succeeded'), 'whsec_ofSomebodyElse')).toBe(401)
    expect(await post(url, event('succeeded'), webhookSecrets)).toBe(200)
    expect((await fetch(`${url}/webhooks/onerway`, { method: 'POST' })).status).toBe(404)
    const { stdout } = await recorder.stop()
    expect(readFiles(folder).map(({ name }) => name)).toEqual(['0001-stripe-delivery.json'])
    expect(stdout).toContain('its signature is not valid')
  })

  it('keeps a word that is not known, and explain names it', async () => {
    const folder = join(createFolder().path, 'recording')
    const recorder = await start(['record', '--out', folder, '--port', '0', '--api-port', '0'], env)
    await post(String(recorder.first.url), event('teleported'), webhookSecrets)
    await post(String(recorder.first.url), event('Jane Doe'), webhookSecrets)
    await recorder.stop()
    const { stdout } = await run(['explain', folder])
    expect(stdout).toContain('- 0001-stripe-delivery.json: the status is unknown: status teleported')
    expect(stdout).toContain('- 0002-stripe-delivery.json: the status is unknown: status redacted')
    expect(stdout).not.toContain('Jane')
  })

  it.each([
    [[], {}, 'no provider is configured'],
    [['--forward', 'localhost'], env, '--forward must be a URL'],
    [['--port', 'none'], env, '--port must be a whole number'],
  ])('%j with %j is refused: %s', async (options, given, message) => {
    const { code, stderr } = await run(['record', '--out', createFolder().path, ...options], { env: given })
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  it('refuses a folder with other content that others can read', async () => {
    const folder = createFolder()
    const open = join(folder.path, 'open')
    mkdirSync(open, { mode: 0o755 })
    folder.write('open/notes.txt', 'mine')
    const { code, stderr } = await run(['record', '--out', open, '--port', '0', '--api-port', '0'], { env })
    expect([code, stderr]).toEqual([2, expect.stringContaining('readable by its owner only')])
  })
})
