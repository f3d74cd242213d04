import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createDocument } from '../src/track/openapi.ts'
import { createSender } from '../src/track/outgoing.ts'
import { bin, createFolder, nodeOptions, run } from './run.ts'

const token = 'made-up-token'
const secret = `whsec_${Buffer.from('made up, and long enough to sign').toString('base64')}`
const document = createDocument() as {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, Answered> }>>
}
interface Answered {
  readonly content?: Record<string, { readonly schema: object }>
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema(document, 'openapi.json')

const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
})

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}

function start(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: createdFolder,
  })
  children.push(child)
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()))
  return { child, said }
}

/** Calls every operation of the document, by a client that knows nothing else. */
const tour = `
import json, os
from client import create_client, Refused
tracker = create_client(os.environ["TRACKER_URL"], os.environ["PAYMENT_STATUS_TOKEN"])
order, reference, seen = "a client's/own order", "a-clients-own-order", {}
def refusal(call, *given, **named):
    try: call(*given, **named)
    except Refused as refused: return f"{refused.status} {refused.code}"
    except TypeError: return "TypeError"
terms = {"expected": {"amount": {"amount": 700, "currency": "JPY"}, "reference": reference}, "capture": "automatic"}
seen["watched"] = tracker.watch_order(order=order, body={"terms": terms, "payments": [{"provider": "stripe", "reference": reference}]})["state"]
import urllib.request
paying = json.dumps({"provider": "stripe", "reference": reference, "amount": {"amount": 700, "currency": "JPY"}}).encode()
headers = {"authorization": "Bearer " + os.environ["PAYMENT_STATUS_TOKEN"], "content-type": "application/json"}
made = json.load(urllib.request.urlopen(urllib.request.Request(os.environ["TRACKER_URL"] + "/simulator/payments", paying, headers)))
report = tracker.ingest_report(body={"provider": "stripe", **made["response"]})["report"]
seen["ingested"] = report["payment"]["status"]
assert tracker.handle_return(body={"provider": "stripe", "url": made["returnUrl"]})["order"] == order
seen["decided"] = tracker.refresh_order(order=order)["step"]["kind"]
seen["listed"] = len(tracker.list_orders(limit=1, status="captured")["orders"])
seen["timeline"] = len(tracker.read_timeline(provider="stripe", id=report["payment"]["id"])["evidence"]) > 0
seen["backlog"] = tracker.read_health()["backlog"] >= 0
seen["metrics"] = "payment_status_backlog" in tracker.read_metrics()
assert tracker.probe() == "ok"
assert isinstance(tracker.list_tasks(limit=5)["tasks"], list)
assert isinstance(tracker.list_unmatched(provider="stripe")["payments"], list)
assert tracker.unwatch_order(order=order) == ""
seen["let_go"] = tracker.get_order(order=order)["state"]
seen["refused"] = [
    refusal(tracker.get_order, order="unknown"),
    refusal(tracker.close_task, key="difference/none"),
    refusal(tracker.read_reconciliation, provider="stripe", day="2026-11-19"),
    refusal(tracker.get_order),
    refusal(tracker.get_order, order=order, day="2026-11-19"),
    refusal(tracker.read_health, {}),
]
seen["operations"] = len([name for name in dir(tracker) if not name.startswith("_")])
print(json.dumps(seen))
`

// biome-ignore lint/suspicious/noExplicitAny: an answer is what the document says, and every one is held against it.
type Answer = any

const { path: createdFolder } = createFolder()
const shopFolder = fileURLToPath(new URL('../../../examples/python-shop', import.meta.url))
/** The default faults, without rate limits: a provider names up to 30 seconds, which would make the day long. */
const faults = {
  webhooks: { lost: 0.1, doubled: 0.1, reordered: 0.1, swapped: 0.1, cutShort: 0.05 },
  queries: { serverError: 0.05, halfBody: 0.02 },
}
/** As long as a busy machine may need; an idle one needs a few seconds. */
const PATIENCE = { timeout: 150_000, interval: 250 }
let url = ''
let service: ReturnType<typeof start>
let shopUrl = ''
let shop: ReturnType<typeof start>

beforeAll(async () => {
  const [port, shopPort] = [await findPort(), await findPort()]
  url = `http://127.0.0.1:${port}`
  shopUrl = `http://127.0.0.1:${shopPort}`
  const shared = { PAYMENT_STATUS_TOKEN: token, CHANGES_SECRET: secret }
  service = start(
    process.execPath,
    [
      ...[...nodeOptions, bin, 'track', '--simulate', '--pace', '0', '--port', String(port), '--json'],
      ...['--faults', JSON.stringify(faults), '--changes-url', shopUrl],
    ],
    shared,
  )
  await vi.waitFor(() => expect(service.said.stdout + service.said.stderr).toContain('listening'), PATIENCE)
  shop = start('python3', ['-B', join(shopFolder, 'day.py')], {
    ...shared,
    PORT: String(shopPort),
    TRACKER_URL: url,
    ORDERS: '18',
  })
}, 180_000)

/** Asks the service, and holds the answer against the document. */
async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${token}` },
) {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const [pathname = ''] = path.split('?')
  const described = Object.entries(document.paths).find(([template]) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  )
  const answered = described?.[1][method.toLowerCase()]?.responses[response.status]
  expect([
    method,
    path,
    response.status,
    answered === undefined ? 'is not described' : 'is described',
  ]).toEqual([method, path, response.status, 'is described'])
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  if (type !== 'application/json')
    return { status: response.status, text: await response.text(), body: undefined }
  const answer = await response.json()
  const place = `${described?.[0].replaceAll('~', '~0').replaceAll('/', '~1')}/${method.toLowerCase()}/responses/${response.status}/content/application~1json/schema`
  const validate = ajv.compile({ $ref: `openapi.json#/paths/${place}` })
  expect([path, validate(answer) ? [] : validate.errors]).toEqual([path, []])
  return { status: response.status, body: answer as Answer, text: '' }
}

const terms = (reference: string, amount = 2500) => ({
  expected: { amount: { amount, currency: 'EUR' }, reference },
  capture: 'automatic',
})

describe('the HTTP API answers as its document says', () => {
  it('an order is watched, reported, found, listed, explained by its timeline, and let go', async () => {
    const order = 'api-1'
    const watched = {
      terms: terms(order),
      payments: [{ provider: 'stripe', reference: order }],
      schedule: 'card',
    }
    expect(await ask('PUT', `/orders/${order}`, watched)).toMatchObject({
      status: 200,
      body: { order, state: 'waiting' },
    })
    const started = await fetch(`${url}/simulator/payments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ provider: 'stripe', reference: order }),
    })
    const { id, response, returnUrl } = (await started.json()) as Answer
    const ingested = await ask('POST', '/reports', { provider: 'stripe', ...response })
    expect(ingested.body).toMatchObject({ report: { payment: { id, status: 'captured' } } })
    expect((await ask('POST', '/returns', { provider: 'stripe', url: returnUrl })).body).toMatchObject({
      order,
    })
    expect((await ask('GET', `/orders/${order}`)).body).toMatchObject({
      state: 'decided',
      orderStatus: { status: 'captured', paidTwice: false },
      step: { kind: 'fulfill' },
    })
    expect((await ask('GET', `/payments/stripe/${id}/timeline`)).body.evidence.length).toBeGreaterThan(0)
    const page = await ask('GET', '/orders?state=decided&provider=stripe&limit=1')
    expect(page.body.orders).toHaveLength(1)
    expect((await ask('DELETE', `/orders/${order}`)).status).toBe(204)
    expect((await ask('GET', `/orders/${order}`)).body).toMatchObject({ state: 'unwatched' })
  })

  it.each([
    ['GET', '/orders/unknown', undefined, 404, 'not_found'],
    ['PUT', '/orders/x', '{"broken', 400, 'invalid_input'],
    ['PUT', '/orders/x', { terms: terms('x'), payments: [], more: 1 }, 400, 'invalid_input'],
    ['PUT', '/orders/x', { terms: { ...terms('x'), capture: 'maybe' }, payments: [] }, 400, 'invalid_input'],
    ['PUT', '/orders/x', { terms: terms('x', 0.5), payments: [] }, 400, 'invalid_input'],
    [
      'PUT',
      '/orders/x',
      { terms: terms('x'), payments: [{ provider: 'acme', id: '1' }] },
      400,
      'invalid_input',
    ],
    ['GET', '/orders?limit=0', undefined, 400, 'invalid_input'],
    ['GET', '/orders?status=paid', undefined, 400, 'invalid_input'],
    ['POST', '/reports', { provider: 'acme', body: {} }, 400, 'invalid_input'],
    ['POST', '/reports', { provider: 'stripe', body: { id: 5 } }, 422, 'invalid_payload'],
    ['POST', '/reports', { provider: 'stripe', body: { error: { type: 'card_error' } } }, 502, 'rejected'],
    [
      'POST',
      '/returns',
      { provider: 'stripe', url: 'https://shop.example/?payment_intent=pi_unknown' },
      404,
      'not_found',
    ],
    ['GET', '/reconciliations/stripe/2026-11-19', undefined, 404, 'not_found'],
    ['POST', '/reports', `{"provider":"stripe","body":{"x":"${'y'.repeat(1_100_000)}"}}`, 413, 'too_large'],
  ])('%s %s is rejected in words', async (method, path, body, status, code) => {
    const answer = await ask(method, path, body)
    expect(answer).toMatchObject({ status, body: { error: { code } } })
    expect(JSON.stringify(answer.body)).not.toContain('yyyy')
  })

  it('health and metrics hold counts and names only', async () => {
    expect((await ask('GET', '/health')).body).toHaveProperty('backlog')
    const { text } = await ask('GET', '/metrics')
    expect(text).toContain('payment_status_changes_total{')
    expect(text).not.toContain('python-')
  })

  it('a client made of the document can do everything in it', async () => {
    const called = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    const { child, said } = start('python3', ['-B', '-c', tour], {
      PYTHONPATH: shopFolder,
      TRACKER_URL: url,
      PAYMENT_STATUS_TOKEN: token,
    })
    const [code] = (await once(child, 'close')) as [number]
    expect({ code, stderr: said.stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(said.stdout)).toEqual({
      operations: called.length,
      watched: 'waiting',
      ingested: 'captured',
      decided: 'fulfill',
      listed: 1,
      timeline: true,
      backlog: true,
      metrics: true,
      let_go: 'unwatched',
      refused: ['404 not_found', '404 not_found', '404 not_found', 'TypeError', 'TypeError', 'TypeError'],
    })
  })

  it('the document is what the service serves', async () => {
    expect(await (await fetch(`${url}/openapi.json`)).json()).toEqual(document)
  })
})

interface SimulatedPayment {
  readonly provider: string
  readonly id: string
  readonly reference: string
  readonly capture: string
  readonly truth: { readonly status: string }
  readonly steps: readonly { readonly number: number }[]
}
interface Delivery {
  readonly paymentId: string
  readonly step: number
  readonly status?: number
}

/** At Onerway a capture is a transaction of its own. Where its webhook is lost, only the nightly list states it. */
function statusBeforeNight(payment: SimulatedPayment, deliveries: readonly Delivery[]): string {
  const { provider, id, capture, truth, steps } = payment
  const isDelivered = deliveries.some(
    ({ paymentId, step, status }) => paymentId === id && step === steps.at(-1)?.number && status === 200,
  )
  return provider === 'onerway' && capture === 'manual' && !isDelivered ? 'authorized' : truth.status
}

async function readSimulated<Content>(resource: string): Promise<Content> {
  const headers = { authorization: `Bearer ${token}` }
  return (await (await fetch(`${url}/simulator/${resource}`, { headers })).json()) as Content
}

let behind = 0

it('a shop of forty lines of Python lives through a day by HTTP alone, and each paid order is delivered once', async () => {
  await expect.poll(() => shop.said.stdout + shop.said.stderr, PATIENCE).toContain('the day is over')
  const simulated = await readSimulated<SimulatedPayment[]>('payments')
  const deliveries = await readSimulated<Delivery[]>('deliveries')
  const truth = simulated
    .filter(({ reference }) => reference.startsWith('python-'))
    .map((payment) => `${payment.reference} ${statusBeforeNight(payment, deliveries)}`)
  await expect
    .poll(async () => {
      const { orders } = (await ask('GET', '/orders?limit=500')).body
      const { backlog, blocked } = (await ask('GET', '/health')).body
      const recorded = new Set(
        orders.flatMap(({ order, payments }: Answer) =>
          payments.map(({ report }: Answer) => `${order} ${report.payment.status}`),
        ),
      )
      return { missing: truth.filter((one) => !recorded.has(one)), backlog, blocked }
    }, PATIENCE)
    .toEqual({ missing: [], backlog: 0, blocked: 0 })
  behind = simulated.filter((one) => statusBeforeNight(one, deliveries) !== one.truth.status).length
  const paid = new Set(truth.flatMap((one) => /^(\S+) captured$/.exec(one)?.[1] ?? []))
  expect(new Set(truth.map((one) => one.split(' ')[0])).size).toBe(18)
  expect(paid.size).toBeGreaterThan(9)
  const delivered = ((await (await fetch(shopUrl)).json()) as string[]).filter((order) =>
    order.startsWith('python-'),
  )
  expect(delivered.toSorted()).toEqual([...paid].toSorted())
}, 320_000)

it('it logs no payload, sums up what happened, and Ctrl-C ends it cleanly', async () => {
  const { child, said } = service
  child.kill('SIGINT')
  const [code] = (await once(child, 'close')) as [number]
  expect(code).toBe(0)
  for (const line of said.stdout.trimEnd().split('\n')) {
    expect(['listening', 'change', 'dispute', 'task', 'unmatched', 'reconciled', 'summary']).toContain(
      JSON.parse(line).kind,
    )
  }
  const summary = JSON.parse(said.stdout.trimEnd().split('\n').at(-1) ?? '')
  expect(summary).toMatchObject({ kind: 'summary', behind })
  expect(summary.lost).toBeGreaterThan(0)
  expect(summary.healed).toBeGreaterThan(0)
  expect(summary.fulfilled).toBeGreaterThan(9)
  expect(said.stdout + said.stderr).not.toMatch(/ {4}at |made-up-token|whsec_|"facts"/)
}, 60_000)

describe('what is sent to the shop', () => {
  it('is signed so that the receivers of Standard Webhooks take it, with one key at every attempt', async () => {
    const received: { body: string; headers: Record<string, string> }[] = []
    const receiver = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      received.push({ body, headers: request.headers as Record<string, string> })
      response.writeHead(received.length === 1 ? 500 : 204).end()
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const { port } = receiver.address() as AddressInfo
    const signal = new AbortController().signal
    const sender = createSender({ url: `http://127.0.0.1:${port}/changes`, secret, signal })
    const data = { key: 'stripe/pi_1/1', kind: 'investigate', openedAt: '2026-11-20T00:00:00.000Z' } as const
    await expect(sender.send('task-1', { type: 'task.opened', data })).rejects.toMatchObject({
      code: 'unavailable',
    })
    await sender.send('task-1', { type: 'task.opened', data })
    receiver.close()
    const validate = ajv.compile({ $ref: 'openapi.json#/components/schemas/TaskOpened' })
    for (const { body, headers } of received) {
      const verified = new Webhook(secret).verify(body, headers)
      expect(verified).toMatchObject({ type: 'task.opened', data })
      expect(validate(verified)).toBe(true)
      expect(headers['webhook-id']).toBe('task-1')
    }
    expect(received).toHaveLength(2)
  })
})

it.each([301, 302, 303, 307, 308])(
  'a message is not sent on to where the shop redirects with %i',
  async (status) => {
    const paths: (string | undefined)[] = []
    const receiver = createServer((request, response) => {
      paths.push(request.url)
      response.writeHead(status, { location: '/elsewhere' }).end()
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const { port } = receiver.address() as AddressInfo
    const { signal } = new AbortController()
    const sender = createSender({ url: `http://127.0.0.1:${port}/changes`, secret, signal })
    const data = { key: 'stripe/pi_1/1', kind: 'investigate', openedAt: '2026-11-20T00:00:00.000Z' } as const
    await expect(sender.send('task-1', { type: 'task.opened', data })).rejects.toMatchObject({
      message: expect.stringContaining('Let CHANGES_URL name the address it redirects to'),
    })
    receiver.close()
    expect(paths).toEqual(['/changes'])
  },
)

describe('a service with a wrong configuration does not start', () => {
  it.each<[readonly string[], Record<string, string>, RegExp]>([
    [['--host', '0.0.0.0'], {}, /PAYMENT_STATUS_TOKEN is not set/],
    [['--changes-url', 'http://127.0.0.1:1'], {}, /CHANGES_SECRET is not set/],
    [['--changes-url', 'ftp://x'], { CHANGES_SECRET: secret }, /CHANGES_URL must be/],
    [['--changes-url', 'http://127.0.0.1:1'], { CHANGES_SECRET: 'short' }, /CHANGES_SECRET must be whsec_/],
    [['--port', 'x'], {}, /--port must be a whole number/],
    [['--port', '70000'], {}, /--port must be a number from 0 to 65535/],
    [['--time-zone', 'Mars/Olympus'], {}, /--time-zone must be an IANA time zone/],
    [['--at', '25:00'], {}, /24-hour|must be/],
    [['--database', ''], {}, /--database must be a folder/],
    [['--database', ' '], {}, /--database must be a folder/],
    [['--database', 'mysql://user:secret@host/name'], {}, /--database must be a folder/],
    [['--database', 'file:///data'], {}, /--database must be a folder/],
    [['--faults', 'null'], {}, /faults must be/],
    [['--faults', '[]'], {}, /faults must be/],
    [['--faults', '{"webhooks":5}'], {}, /faults must be/],
    [['--faults', '{"queries":["lost"]}'], {}, /faults must be/],
  ])('%j %j', async (options, env, words) => {
    const { code, stderr } = await run(['track', '--simulate', ...options], { env })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('without a provider or its database it does not start', async () => {
    expect(await run(['track'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no provider is configured'),
    })
    const env = { STRIPE_SECRET_KEY: 'sk_test_x', DATABASE_URL: 'postgres://127.0.0.1:9/none' }
    expect(await run(['track', '--port', '0'], { env })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('the database cannot be used'),
    })
  })
})
