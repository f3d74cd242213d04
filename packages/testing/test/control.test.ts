import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createControl, createSimulator, storyNames } from '@payment-status/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProviders, DAY, play, providerNames, simulations, startAt } from './play.ts'

type Ask = (path: string, body?: unknown) => Promise<{ readonly status: number; readonly body: unknown }>

/** Asks with GET, or with POST where there is something to say. */
function askBy(fetch: (request: Request) => Promise<Response>, base: string): Ask {
  return async (path, body) => {
    const init =
      body === undefined
        ? {}
        : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }
    const answer = await fetch(new Request(base + path, init))
    return {
      status: answer.status,
      body: answer.headers.get('content-type') ? await answer.json() : undefined,
    }
  }
}

describe('the controls', () => {
  let ask: Ask

  beforeEach(() => {
    const { simulator } = play()
    ask = askBy(createControl(simulator), 'http://simulator.example')
  })

  it('start a payment, and report it like the provider does', async () => {
    const started = await ask('/simulator/payments', {
      provider: 'stripe',
      story: 'paid_after_3ds',
      reference: 'order-1',
    })
    expect(started).toMatchObject({
      status: 201,
      body: {
        provider: 'stripe',
        reference: 'order-1',
        amount: { amount: 2500, currency: 'EUR' },
        story: 'paid_after_3ds',
        response: { body: { status: 'requires_action' } },
      },
    })
  })

  it('start one with nothing asked for: paid at once, at the first provider', async () => {
    expect(await ask('/simulator/payments', '')).toMatchObject({
      status: 201,
      body: { provider: simulations[0]?.provider, story: 'paid_at_once' },
    })
  })

  it('move the clock, by milliseconds or by a number with a unit', async () => {
    const now = async (advance: string | number) =>
      ((await ask('/simulator/clock', { advance })).body as { now: string }).now
    expect(await now(1500)).toBe('2026-03-02T00:00:01.500Z')
    expect(await now('500ms')).toBe('2026-03-02T00:00:02.000Z')
    expect(await now('58s')).toBe('2026-03-02T00:01:00.000Z')
    expect(await now('59m')).toBe('2026-03-02T01:00:00.000Z')
    expect(await now('23h')).toBe('2026-03-03T00:00:00.000Z')
    expect(await now('2d')).toBe('2026-03-05T00:00:00.000Z')
    expect(await ask('/simulator/clock')).toEqual({
      status: 200,
      body: { now: '2026-03-05T00:00:00.000Z', next: null },
    })
  })

  it.each(['', '1w', '-1d', '1.5h', 'soon', null, {}, []])(
    'leave the clock alone for %j',
    async (advance) => {
      expect((await ask('/simulator/clock', { advance })).status).toBe(400)
      expect((await ask('/simulator/clock')).body).toMatchObject({ now: startAt.toISOString() })
    },
  )

  it('show a payment as it lives, and the truth about it', async () => {
    const { body } = await ask('/simulator/payments', {
      provider: 'onerway',
      story: 'voided',
      reference: 'order-1',
    })
    const { id } = body as { id: string }
    const path = `/simulator/payments/onerway/${id}`
    expect((await ask(path)).body).toMatchObject({ reference: 'order-1', truth: { status: 'authorized' } })
    const moved = await ask('/simulator/clock', { advance: '1d' })
    expect(moved.body).toEqual({ now: '2026-03-03T00:00:00.000Z', next: '2026-03-04T00:00:00.000Z' })
    await ask('/simulator/clock', { advance: '1d' })
    expect((await ask(path)).body).toMatchObject({
      truth: { status: 'canceled', captured: 0, refunded: 0 },
      steps: [{ kind: 'authorized' }, { kind: 'voided', at: '2026-03-04T00:00:00.000Z' }],
    })
    expect((await ask('/simulator/payments')).body).toHaveLength(1)
    expect((await ask('/simulator/payments/stripe/pi_nobodyhasthis')).status).toBe(404)
  })

  it('list what was delivered', async () => {
    await ask('/simulator/payments', { provider: 'stripe', story: 'refused' })
    expect((await ask('/simulator/deliveries')).body).toEqual([])
    await ask('/simulator/clock', { advance: '1m' })
    const { body } = await ask('/simulator/deliveries')
    expect(body).toContainEqual(
      expect.objectContaining({ provider: 'stripe', attempt: 1, status: 200, faults: [] }),
    )
  })

  it('say what is wrong with what they were asked', async () => {
    const refusal = async (path: string, body?: unknown) => {
      const { status, body: answer } = await ask(path, body)
      return [status, (answer as { error: string }).error]
    }
    expect(await refusal('/simulator/payments', '{"story":')).toEqual([400, 'the body is not JSON'])
    expect(await refusal('/simulator/payments', { story: 'found_in_the_street' })).toEqual([
      400,
      expect.stringContaining(storyNames.join(', ')),
    ])
    expect(await refusal('/simulator/payments', { provider: 'acme-pay' })).toEqual([
      400,
      expect.stringContaining('provider'),
    ])
    expect(await refusal('/simulator/weather')).toEqual([404, expect.any(String)])
    expect(await refusal('/simulator/deliveries', {})).toEqual([404, expect.any(String)])
  })

  it.each(['packages/testing/README.md', 'docs/testing.md'])(
    'answer every curl command of %s',
    async (page) => {
      const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8')
      const commands = [...text.replaceAll(/\\\n/g, ' ').matchAll(/^curl (.+(?:\n {8}.+)?)$/gm)]
      expect(commands.length).toBeGreaterThan(4)
      const control = createControl(play().simulator)
      for (const [command, rest = ''] of commands) {
        const words = [...rest.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
        const valuesOf = (option: string) =>
          words.flatMap((word, index) => (word === option ? [words[index + 1] ?? ''] : []))
        const [body] = valuesOf('-d')
        const headers = new Headers(valuesOf('-H').map((header) => header.split(': ') as [string, string]))
        const [method = 'GET'] = valuesOf('-X')
        const url = words.find((word) => word.startsWith('http')) ?? ''
        const answer = await control(
          new Request(url, { method, headers, ...(body === undefined ? {} : { body }) }),
        )
        expect([command, answer.ok]).toEqual([command, true])
      }
    },
  )

  it('leave every other path to the providers', async () => {
    const simulator = createSimulator({ providers: simulations, startAt })
    const control = createControl(simulator)
    const { id } = await simulator.start({ provider: 'checkout-com' })
    const providers = createProviders((input, init) => control(new Request(input, init)))
    expect((await providers.get('checkout-com')?.lookup(id))?.payment.status).toBe('captured')
    expect((await control(new Request('http://simulator.example/unknown'))).status).toBe(404)
  })
})

describe('the command', () => {
  const examples = fileURLToPath(new URL('../../../examples', import.meta.url))
  const bin = fileURLToPath(new URL('../src/bin/payment-status-simulator.ts', import.meta.url))
  const children: ChildProcess[] = []

  function run(args: readonly string[], cwd = examples): ChildProcess {
    const child = spawn(process.execPath, ['--conditions=@payment-status/source', bin, ...args], { cwd })
    children.push(child)
    return child
  }

  /** Everything it prints until `pattern` is there. */
  async function read(child: ChildProcess, pattern: RegExp): Promise<string> {
    let text = ''
    for await (const chunk of child.stdout ?? []) {
      text += String(chunk)
      if (pattern.test(text)) return text
    }
    throw new Error(`it ended, and had printed: ${text}`)
  }

  async function start(...args: string[]): Promise<{ url: string; text: string; ask: Ask }> {
    const text = await read(run(['--port', '0', ...args]), /http:\S+/)
    const [url = ''] = /http:\S+/.exec(text) ?? []
    return { url, text, ask: askBy(fetch, url) }
  }

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null) continue
      child.kill()
      await once(child, 'exit')
    }
  })

  it('serves payments that a provider can look up, and sends webhooks that verify', async () => {
    const delivered: string[] = []
    const shop = createServer(async (request, response) => {
      const rawBody = Buffer.concat(await request.toArray())
      const { type } = await stripe.readWebhook({ rawBody, headers: request.headers })
      delivered.push(`${request.url} ${type}`)
      response.end()
    })
    shop.listen(0, '127.0.0.1')
    await once(shop, 'listening')
    const { port } = shop.address() as AddressInfo
    const { url, text, ask } = await start('--frozen', '--webhook-url', `http://127.0.0.1:${port}/webhooks`)
    const stripe = createStripe({ ...stripeFixtures.secrets, baseUrl: `${url}/stripe` })
    expect(text).toContain(`Simulating ${providerNames.toSorted().join(', ')} on http://127.0.0.1:`)

    const { body } = await ask('/simulator/payments', { provider: 'stripe', story: 'paid_after_3ds' })
    const { id } = body as { id: string }
    expect((await stripe.lookup(id)).payment.status).toBe('requires_action')
    await ask('/simulator/clock', { advance: '1h' })
    expect((await stripe.lookup(id)).payment.status).toBe('captured')
    expect(delivered).toContain('/webhooks/stripe payment_intent.succeeded')
    expect((await ask('/simulator/deliveries')).body).toHaveLength(delivered.length)
    shop.closeAllConnections()
    shop.close()
  })

  it('plays the given providers with the given faults', async () => {
    const faults = JSON.stringify({ webhooks: { lost: 1 } })
    const { text, ask } = await start('--frozen', '--provider', 'onerway', '--faults', faults)
    expect(text).toContain('Simulating onerway, onerway-hosted on')
    await ask('/simulator/payments', {})
    await ask('/simulator/clock', { advance: '1d' })
    expect((await ask('/simulator/deliveries')).body).toMatchObject([
      { provider: 'onerway', faults: ['lost'] },
    ])
    expect((await ask('/simulator/payments', { provider: 'stripe' })).status).toBe(400)
  })

  it('lets the clock run by itself, unless it is frozen', async () => {
    const { ask } = await start()
    const now = async () => Date.parse(((await ask('/simulator/clock')).body as { now: string }).now)
    const before = await now()
    await expect.poll(now, { timeout: 10_000 }).toBeGreaterThan(before)
    expect((await now()) - before).toBeLessThan(DAY)
  })

  it('explains itself', async () => {
    const text = await read(run(['--help']), /--frozen/)
    for (const option of ['--port', '--webhook-url', '--provider', '--seed', '--faults'])
      expect(text).toContain(option)
  })

  it('ends with 1 where there is no provider to play', async () => {
    const child = run(['--provider', '@payment-status/unknown'])
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(1)
  })
})
