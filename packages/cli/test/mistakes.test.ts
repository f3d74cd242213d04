import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createWebhookHandler } from '@payment-status/core'
import { toNodeHandler } from '@payment-status/node'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createTracker } from '@payment-status/tracker'
import { createPayments } from 'payment-status'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFolder, nodeOptions, run, simulate } from './run.ts'
import { type Service, startService } from './service.ts'

const stripe = { STRIPE_SECRET_KEY: 'sk_test_madeUp', STRIPE_WEBHOOK_SECRET: 'whsec_madeUp' }
const token = 'made-up-token-for-tests'
let env: Readonly<Record<string, string>> = {}
let service: Service
let taken: number

beforeAll(async () => {
  env = (await simulate()).env
  service = await startService([], {
    env: { STRIPE_SECRET_KEY: 'sk_test_madeUp', PAYMENT_STATUS_TOKEN: token },
    cwd: createFolder().path,
  })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterAll(() => void server.close())
  taken = (server.address() as AddressInfo).port
}, 60_000)

const complaint = async (args: readonly string[], given: Parameters<typeof run>[1] = {}) =>
  (await run(args, { cwd: createFolder().path, ...given })).stderr
const track = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  complaint(['track', '--port', '0', ...args], { env: { ...stripe, ...more } })

/** Answers with what a handler reports when a framework has parsed the body before it. */
async function sendParsedBody(): Promise<string> {
  let reported = ''
  const handler = createWebhookHandler(createStripe(stripeFixtures.secrets), {
    claims: 'none',
    onEvent() {},
    onError(error) {
      reported = String(error)
    },
  })
  const adapted = toNodeHandler(handler)
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      void adapted(Object.assign(request, { body: { id: 'evt_1' } }), response)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/stripe`, {
    method: 'POST',
    body: '{"id":"evt_1"}',
  })
  server.close()
  return reported
}

/** Opens the embedded database in a process that looks for PGlite in an empty folder. */
function openWithoutPeer(): string {
  const { path, write } = createFolder()
  const hook = write(
    'hook.mjs',
    `import { registerHooks } from 'node:module'
registerHooks({ resolve: (name, context, next) =>
  next(name, name === '@electric-sql/pglite' ? { ...context, parentURL: 'file://${path}/main.mjs' } : context) })`,
  )
  const program = `import { createTracker } from '@payment-status/tracker'
const payments = { has: () => true, provider() {} }
await createTracker({ payments, onChange() {} }).catch((error) => console.error(String(error)))`
  const options = [...nodeOptions, '--import', hook, '--input-type=module', '--eval', program]
  return spawnSync(process.execPath, options, { encoding: 'utf8', cwd: import.meta.dirname }).stderr
}

const payments = createPayments([createStripe(stripeFixtures.secrets)])
const rejection = (promise: Promise<unknown>) => promise.then(() => 'no error', String)

/** The ten mistakes of a stranger, each with the sentence that says what to do. */
const mistakes: readonly (readonly [mistake: string, make: () => Promise<string>, sentence: RegExp])[] = [
  [
    'a wrong key',
    () => complaint(['lookup', 'stripe', 'pi_1'], { env: { ...env, STRIPE_SECRET_KEY: 'sk_live_another' } }),
    /^stripe: .*(key|STRIPE_SECRET_KEY|secretKey)/,
  ],
  ['a missing secret', async () => service.started.gaps.join('\n'), /STRIPE_WEBHOOK_SECRET.*webhook/],
  ['a parsed body', sendParsedBody, /body.*(parse|raw|bytes)/],
  [
    'an id of another kind',
    () => complaint(['lookup', 'stripe', 'evt_3MtwBwLkdIwHu7ix28a3tqPa'], { env }),
    /(Event|pi_)/,
  ],
  [
    'a forgotten watch',
    async () => {
      const answer = await fetch(`${service.url}/orders/order-1`, {
        headers: { authorization: `Bearer ${token}` },
      })
      return answer.text()
    },
    /no order of this id is tracked: PUT \/orders\/\{order\} tracks one/,
  ],
  [
    'a bare pool',
    () => rejection(createTracker({ payments, database: new pg.Pool() as never, onChange() {} })),
    /fromPool/,
  ],
  [
    'a missing peer',
    async () => openWithoutPeer(),
    /@electric-sql\/pglite is not installed.*npm install @electric-sql\/pglite.*fromPool\(pool\)/,
  ],
  ['a wrong schema', () => complaint(['migrate', '--print', '--schema', 'a b']), /schema.*(must|lower)/],
  [
    'a database that is down',
    () => track([], { DATABASE_URL: 'postgres://127.0.0.1:9/none' }),
    /the database cannot be used: the server does not answer\. Start it, or correct host and port/,
  ],
  [
    'a taken port',
    () => complaint(['track', '--port', String(taken)], { env: stripe }),
    /port \d+ is taken\. Stop the program that uses it, or choose another port with --port/,
  ],
  [
    'an unknown time zone',
    () => track(['--time-zone', 'Mars/Olympus']),
    /--time-zone must be an IANA time zone such as Europe\/Berlin/,
  ],
  [
    'no provider',
    () => complaint(['track', '--port', '0']),
    /no provider is configured: .*STRIPE_SECRET_KEY is not set/,
  ],
  [
    'a publishable key',
    () => complaint(['track', '--port', '0'], { env: { STRIPE_SECRET_KEY: 'pk_test_madeUp' } }),
    /^payment-status: no provider is configured: stripe: secretKey must be a secret or restricted key: sk_ or rk_.*\n$/,
  ],
  [
    'a misspelt provider',
    () => complaint(['lookup', 'strype', 'pi_1']),
    /no provider of this name is configured: use .*checkout-com.* or stripe/,
  ],
  [
    'an id for explain',
    () => complaint(['explain', 'pi_1']),
    /the file does not exist\. Name a file, or - for standard input/,
  ],
  [
    'no target of changes',
    async () => service.started.gaps.join('\n'),
    /CHANGES_URL is not set: changes wait in the database.*--print-changes/,
  ],
]

it.each(mistakes)('%s gets a sentence that says what to do', async (_, make, sentence) => {
  const text = await make()
  expect(text).toMatch(sentence)
  expect(text).not.toMatch(/ {4}at |sk_live_another|undefined/)
})
