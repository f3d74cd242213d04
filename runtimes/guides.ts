import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { simulatedProviders } from '../packages/cli/src/simulations.ts'
import { toNodeHandler } from '../packages/node/src/index.ts'
import { createSimulator, type StoryName } from '../packages/testing/src/index.ts'
import { postgresFolder, startPostgres } from '../packages/tracker/test/postgres-server.ts'
import { findPacked } from './project.ts'
import { startRegistry } from './registry.ts'

// Follows each guide to the letter: its files, its commands, on Node 22 with npm and the packed packages. Only commands that
// need an account at a provider are replaced, by the simulator. Needs a build. With names, such as `pnpm test:guides stripe`,
// only those.

const HOUR_IN_MILLISECONDS = 60 * 60_000
const PATIENCE_IN_MILLISECONDS = 90_000
const amount = { amount: 2500, currency: 'EUR' }
const secrets = Object.assign({}, ...simulatedProviders.map(({ variables }) => variables)) as Record<
  string,
  string
>

/** Project in which a guide is followed. */
interface Project {
  folder: string
  readonly env: Record<string, string>
  /** Runs a command, and returns its output. */
  sh(command: string): Promise<string>
  /** Starts a command that serves, and waits for a line that matches. */
  start(command: string, ready: RegExp): Promise<Served>
  write(path: string, text: string): void
}

interface Served {
  readonly lines: string[]
  readonly port: number
}

type Act = (project: Project, command: string) => unknown

interface Guide {
  /** Turns the empty folder into the shop that the guide expects. */
  readonly before?: (project: Project) => unknown
  /** Replaces commands by their beginning. */
  readonly commands?: Readonly<Record<string, Act>>
  readonly after?: (project: Project) => unknown
}

/** Never the synchronous kind: the registry and the simulator are in this process. */
async function execute(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const limits = { maxBuffer: 64 * 1024 * 1024, timeout: 300_000 }
  return (await promisify(execFile)(file, args, { ...options, ...limits })).stdout
}

const skip: Act = () => {}
const ending: (() => unknown)[] = []

/** Checks that something happens in time. */
async function until(what: string, test: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_IN_MILLISECONDS
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`${what} did not happen`)
    await sleep(100)
  }
}

function check(what: string, isRight: boolean): void {
  if (!isRight) throw new Error(`${what} is wrong`)
}

/** Serves the API of a simulated provider. A request that creates a payment begins a story. */
async function serveApi(provider: string, path: string, story: StoryName, shop: () => string) {
  const simulation = simulatedProviders.find(({ name }) => name === provider)?.simulation
  if (!simulation) throw new Error(`there is no ${provider}`)
  const simulator = createSimulator({
    providers: [simulation],
    sendWebhook: (request) => fetch(new Request(shop(), request)),
  })
  const server = createServer(
    toNodeHandler(async (request) => {
      if (request.method !== 'POST' || new URL(request.url).pathname !== path) return simulator.fetch(request)
      const text = await request.text()
      const reference =
        new URLSearchParams(text).get('metadata[order_id]') ??
        (JSON.parse(text) as { reference: string }).reference
      const { response } = await simulator.start({ provider, story, reference, amount })
      return Response.json(response.body)
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ending.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return { simulator, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** Guide of a shop that begins with nothing. */
function gettingStarted(provider: 'stripe' | 'checkout-com', create: string): Guide {
  let api: Awaited<ReturnType<typeof serveApi>>
  let shop: Served
  let id = ''
  const prefix = provider === 'stripe' ? 'STRIPE' : 'CKO'
  return {
    async before({ env }) {
      api = await serveApi(
        provider,
        create,
        'paid_after_3ds',
        () => `http://127.0.0.1:${shop.port}/webhooks/${provider}`,
      )
      env[`${prefix}_BASE_URL`] = api.url
    },
    commands: {
      'stripe listen': skip,
      'curl https://api.sandbox.checkout.com': skip,
      async 'node shop.ts'(project) {
        shop = await project.start('node shop.ts', /^listening on/)
      },
      async 'curl -X POST http://localhost:3000'({ sh }, command) {
        id = (JSON.parse(await sh(command.replace('3000', `${shop.port}`))) as { id: string }).id
      },
      'stripe payment_intents confirm': skip,
    },
    async after() {
      await api.simulator.advance(HOUR_IN_MILLISECONDS)
      await until('deliver order-1', () => shop.lines.includes('deliver order-1'))
      const query = provider === 'stripe' ? `payment_intent=${id}` : `cko-payment-id=${id}`
      const answer = await fetch(`http://127.0.0.1:${shop.port}/return?${query}`)
      check('the return page', (await answer.text()) === 'captured')
      check('the number of deliveries', shop.lines.filter((line) => line === 'deliver order-1').length === 1)
    },
  }
}

/** Database of an existing shop, with one order. */
async function startDatabase({ env }: Project) {
  const server = await startPostgres()
  ending.push(server.remove, server.stop)
  env.DATABASE_URL = server.url
  const query = (sql: string) =>
    execFileSync(join(postgresFolder ?? '', 'psql'), ['-qAt', server.url, '-c', sql], { encoding: 'utf8' })
  query(`
    create table orders (id text primary key, amount int not null, currency text not null,
      status text not null default 'new', problem text);
    create table shipments (order_id text not null);
    insert into orders (id, amount, currency) values ('order-1', 2500, 'EUR')`)
  return { shipped: () => Number(query('select count(*) from shipments')) }
}

type Database = Awaited<ReturnType<typeof startDatabase>>

/** Pays an order of a shop on PostgreSQL, and waits until it is shipped once. */
async function pay(api: Awaited<ReturnType<typeof serveApi>>, database: Database): Promise<string> {
  const { id } = await api.simulator.start({
    provider: 'stripe',
    story: 'paid_at_once',
    reference: 'order-1',
    amount,
  })
  await api.simulator.advance(HOUR_IN_MILLISECONDS)
  await until('a shipment', () => database.shipped() === 1)
  await sleep(1000)
  check('the number of shipments', database.shipped() === 1)
  return id
}

/** Tracks order-1 as the shop's own code does before the shopper pays. */
const watching = `await tracker.watch({ order: 'order-1', payments: [{ provider: 'stripe', reference: 'order-1' }],
  terms: { expected: { amount: { amount: 2500, currency: 'EUR' } }, capture: 'automatic' } })`

function onPostgres(
  before: (project: Project) => unknown,
  serve: (project: Project) => Promise<Served>,
  then: (shop: Served, id: string) => unknown = () => {},
): Guide {
  let api: Awaited<ReturnType<typeof serveApi>>
  let database: Database
  let shop: Served
  return {
    async before(project) {
      api = await serveApi(
        'stripe',
        '/none',
        'paid_at_once',
        () => `http://127.0.0.1:${shop.port}/webhooks/stripe`,
      )
      Object.assign(project.env, secrets, { STRIPE_BASE_URL: api.url })
      database = await startDatabase(project)
      await before(project)
    },
    async after(project) {
      shop = await serve(project)
      await then(shop, await pay(api, database))
    },
  }
}

const guides: Readonly<Record<string, Guide>> = {
  README: readme(),
  stripe: gettingStarted('stripe', '/v1/payment_intents'),
  'checkout-com': gettingStarted('checkout-com', '/payments'),
  'express-pg': onPostgres(
    async ({ sh, write }) => {
      await sh(
        'npm init -y && npm pkg set type=module && npm install express pg && npm install -D @types/express @types/pg',
      )
      write(
        'main.ts',
        `import { createStripe } from '@payment-status/stripe'
import express from 'express'
import { createPayments } from 'payment-status'
import { Pool } from 'pg'
import { addPayments } from './payments.ts'
const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecrets, STRIPE_BASE_URL: baseUrl } = process.env
const app = express()
const pool = new Pool({ connectionString: process.env.DATABASE_URL })
await addPayments(app, pool, createPayments([createStripe({ secretKey, webhookSecrets, baseUrl })]))
app.listen(process.env.PORT, () => console.log('listening on ' + process.env.PORT))`,
      )
    },
    async ({ start, sh }) => {
      const shop = await start('node main.ts', /^listening on/)
      const order = JSON.stringify({ order: 'order-1', provider: 'stripe' })
      const status = await sh(
        `curl -s -o /dev/null -w '%{http_code}' -X POST http://127.0.0.1:${shop.port}/checkout -H 'content-type: application/json' -d '${order}'`,
      )
      check('the answer of the checkout', status === '202')
      return shop
    },
  ),
  nextjs: onPostgres(
    async ({ sh, write, folder }) => {
      await sh(
        'npm init -y && npm pkg delete type && npm install next react react-dom pg && npm install -D typescript @types/node @types/react @types/pg',
      )
      cpSync('runtimes/next/app/layout.tsx', join(folder, 'app/layout.tsx'))
      cpSync('runtimes/next/app/page.tsx', join(folder, 'app/page.tsx'))
      write(
        'tsconfig.json',
        '{ "compilerOptions": { "strict": true, "module": "esnext", "moduleResolution": "bundler", "jsx": "preserve", "noEmit": true, "esModuleInterop": true, "skipLibCheck": true, "paths": { "@/*": ["./*"] } } }',
      )
      // The shop's own route, which tracks an order before the shopper pays.
      write(
        'app/orders/route.ts',
        `import { getTracker } from '@/lib/payments'
export async function POST() {
  const tracker = await getTracker()
  ${watching}
  return new Response()
}`,
      )
    },
    async ({ sh, start }) => {
      await sh('npx next build')
      const shop = await start('npx next start --port $PORT', /Ready/)
      check('the order', (await fetch(`http://127.0.0.1:${shop.port}/orders`, { method: 'POST' })).ok)
      return shop
    },
    async (shop, id) => {
      const answer = await fetch(`http://127.0.0.1:${shop.port}/return?payment_intent=${id}`)
      check('the return page', (await answer.text()) === 'Thank you. Your order is paid.')
    },
  ),
  nestjs: onPostgres(
    async ({ sh, write }) => {
      await sh(
        'npm init -y && npm install @nestjs/common @nestjs/core @nestjs/platform-express reflect-metadata rxjs && npm install -D typescript@5 @types/node',
      )
      write(
        'tsconfig.json',
        '{ "compilerOptions": { "module": "nodenext", "target": "es2023", "strict": true, "experimentalDecorators": true, "emitDecoratorMetadata": true, "outDir": "dist", "rootDir": "src", "skipLibCheck": true, "types": ["node"] }, "include": ["src"] }',
      )
    },
    async (project) => {
      await project.sh('npx tsc')
      // The shop's own code, in a process of its own.
      project.write(
        'watch.mjs',
        `import { createTracker, fromPool } from '@payment-status/tracker'
import { createStripe } from '@payment-status/stripe'
import { createPayments } from 'payment-status'
import pg from 'pg'
const database = fromPool(new pg.Pool({ connectionString: process.env.DATABASE_URL }))
const tracker = await createTracker({ payments: createPayments([createStripe({ secretKey: process.env.STRIPE_SECRET_KEY })]), database, onChange() {} })
${watching}
process.exit()`,
      )
      const shop = await project.start('node dist/main.js', /successfully started/)
      await project.sh('node watch.mjs')
      return shop
    },
  ),
  'cloudflare-workers': workers(),
  'any-language': service(),
  'from-stripe': {
    before: async ({ sh, write }) => {
      await sh('npm init -y && npm pkg set type=module && npm install -D @payment-status/testing')
      write(
        'main.ts',
        `import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createSimulator } from '@payment-status/testing'
import { memoryClaims, type PaymentReport } from 'payment-status'
import { createStripeWebhooks } from './stripe-webhooks.ts'
const stored = new Map<string, PaymentReport>()
const simulator = createSimulator({ providers: [stripeSimulation], sendWebhook: (request) => webhooks(request) })
const stripe = createStripe({ ...stripeSimulation.secrets, fetch: simulator.fetch })
const update = async (id: string, change: (old: PaymentReport | undefined) => PaymentReport) => void stored.set(id, change(stored.get(id)))
const webhooks = createStripeWebhooks(stripe, { update }, memoryClaims())
const { id } = await simulator.start({ story: 'paid_after_3ds', reference: 'order-1' })
await simulator.advance(${HOUR_IN_MILLISECONDS})
console.log(stored.get(id)?.payment.status)`,
      )
    },
    after: async ({ sh }) => check('the stored status', (await sh('node main.ts')) === 'captured'),
  },
  'bank-transfers': printing('node bank-transfer.ts', 'requires_action show_shopper\ncaptured fulfill'),
  'refunds-and-disputes': printing('node refunds.ts', 'partially_refunded 800\nrefunded 2500'),
  testing: {
    commands: {
      'npx vitest run': async ({ sh }, command) => check('the test', / 3 passed/.test(await sh(command))),
    },
  },
  recording: recording(),
}

/** The README's installation and its first example. */
function readme(): Guide {
  return {
    before: ({ sh }) => sh('npm init -y && npm pkg set type=module'),
    commands: { 'npx -y pnpm@12': skip },
    async after({ env, sh, write }) {
      Object.assign(env, secrets)
      write('shop.ts', blocksOf('README').find(({ kind }) => kind === 'ts')?.text ?? '')
      write(
        'main.ts',
        `import { POST } from './shop.ts'
const forged = new Request('http://localhost/webhooks/stripe', { method: 'POST', body: '{}' })
console.log((await POST(forged)).status)
process.exit()`,
      )
      check('the answer to a forged webhook', (await sh('node main.ts')) === '401')
    },
  }
}

/** The service, with a shop that is curl. */
function service(): Guide {
  let tracker: Served
  const call: Act = ({ sh }, command) =>
    sh(command.replace('curl', 'curl -sf').replace('4020', `${tracker.port}`))
  return {
    before: ({ sh }) => sh('npm init -y'),
    commands: {
      async 'npx @payment-status/cli track'(project, command) {
        tracker = await project.start(`${command.replace('npx', 'npx --yes')} --port $PORT`, /token/)
      },
      'curl -X PUT': call,
      'curl -X POST': call,
    },
    after: () =>
      until('the step', () => tracker.lines.some((line) => /^order-1 {2}captured {2}fulfill/.test(line))),
  }
}

function printing(wanted: string, output: string): Guide {
  return {
    commands: {
      [wanted]: async ({ sh }, command) => check(`the output of ${wanted}`, (await sh(command)) === output),
    },
  }
}

function workers(): Guide {
  let shop: Served
  let api: Awaited<ReturnType<typeof serveApi>>
  return {
    async before({ sh, write, env }) {
      env.WRANGLER_SEND_METRICS = 'false'
      api = await serveApi(
        'stripe',
        '/none',
        'paid_after_3ds',
        () => `http://127.0.0.1:${shop.port}/webhooks/stripe`,
      )
      await sh('npm init -y && npm pkg set type=module')
      write('src/d1-claims.ts', readFileSync('examples/src/d1-claims.ts', 'utf8'))
      const { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET } = secrets
      const variables = { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_BASE_URL: api.url }
      write(
        '.dev.vars',
        Object.entries(variables)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      )
    },
    commands: {
      async 'npx wrangler dev'(project, command) {
        const terms = JSON.stringify({ expected: { amount, reference: 'order-1' }, capture: 'automatic' })
        project.write('order.sql', `insert into orders (id, terms) values ('order-1', '${terms}')`)
        await project.sh('npx wrangler d1 execute payments --local --file order.sql')
        shop = await project.start(`${command} --port $PORT`, /Ready on/)
      },
    },
    async after() {
      await api.simulator.start({ provider: 'stripe', story: 'paid_after_3ds', reference: 'order-1', amount })
      await api.simulator.advance(HOUR_IN_MILLISECONDS)
      await until('deliver order-1', () => shop.lines.some((line) => line.includes('deliver order-1')))
    },
  }
}

/** The shop of the first guide, recorded and replayed. */
function recording(): Guide {
  let api: Awaited<ReturnType<typeof serveApi>>
  let shop: Served
  let recorder: Served
  const inPlace = (command: string) => command.replace('localhost:3000', `127.0.0.1:${shop.port}`)
  return {
    async before(project) {
      api = await serveApi(
        'stripe',
        '/v1/payment_intents',
        'paid_after_3ds',
        () => `http://127.0.0.1:${recorder.port}/webhooks/stripe`,
      )
      Object.assign(project.env, secrets, { STRIPE_BASE_URL: api.url })
      for (const name of ['CKO_SECRET_KEY', 'ONERWAY_MERCHANT_NO', 'AIRWALLEX_CLIENT_ID'])
        delete project.env[name]
      const [install = '', code = ''] = blocksOf('stripe')
        .filter(({ kind }) => kind !== 'text')
        .map(({ text }) => text)
      await project.sh(`npm init -y && npm pkg set type=module && ${install.trim().split('\n').at(-1)}`)
      project.write('shop.ts', code)
      shop = await project.start('node shop.ts', /^listening on/)
    },
    commands: {
      async 'npx payment-status record'(project, command) {
        recorder = await project.start(
          `${inPlace(command)} --port $PORT --api-port 0`,
          /export STRIPE_BASE_URL/,
        )
        await fetch(`http://127.0.0.1:${shop.port}/orders/order-1`, { method: 'POST' })
        await api.simulator.advance(HOUR_IN_MILLISECONDS)
        await until('a recorded delivery', () =>
          recorder.lines.some((line) => line.includes('delivery.json kept, answered with 200')),
        )
      },
      'npx payment-status explain': async ({ sh }, command) =>
        check('the explanation', /payment_intent\.succeeded \| captured/.test(await sh(command))),
      'npx payment-status replay': async ({ sh }, command) =>
        check('the replay', /delivery\.json 200/.test(await sh(`${inPlace(command)} --api-port 0`))),
    },
  }
}

interface Block {
  readonly kind: string
  readonly text: string
  readonly file?: string | undefined
}

/** Returns the blocks of a guide. A block is a file where the text before it ends with its name. */
function blocksOf(name: string): readonly Block[] {
  const page = readFileSync(name === 'README' ? 'README.md' : `docs/guides/${name}.md`, 'utf8')
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: kind = '', 2: text = '', index }) => {
    const before =
      page
        .slice(0, index)
        .replace(/<!-- \S+ -->\s*$/, '')
        .trimEnd()
        .split('\n')
        .at(-1) ?? ''
    return { kind, text, file: fileOf(before) }
  })
}

/** Returns the name of the file in the sentence that ends before a block. */
function fileOf(line: string): string | undefined {
  if (!line.endsWith(':')) return undefined
  const sentence = line.split('. ').at(-1) ?? ''
  return /`([^`\s]+\.(?:ts|jsonc|sql))`/.exec(sentence)?.[1]
}

async function follow(
  name: string,
  { before, commands = {}, after }: Guide,
  npm: Readonly<Record<string, string>>,
) {
  const folder = mkdtempSync(join(tmpdir(), 'guide-'))
  ending.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const env: Record<string, string> = {}
  const project: Project = {
    folder,
    env,
    async sh(command) {
      const place = join(folder, '.place')
      const options = { cwd: project.folder, env: { ...npm, ...env } }
      const output = await execute(
        'bash',
        ['-e', '-o', 'pipefail', '-c', `${command}\npwd > ${place}`],
        options,
      )
      project.folder = readFileSync(place, 'utf8').trim()
      return output.trim()
    },
    async start(command, ready) {
      const port = await findPort()
      const child: ChildProcess = spawn('bash', ['-c', command], {
        cwd: project.folder,
        env: { ...npm, ...env, PORT: `${port}` },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      })
      ending.push(() => child.pid && child.exitCode === null && process.kill(-child.pid, 'SIGKILL'))
      const lines: string[] = []
      const add = (chunk: Buffer) => lines.push(...chunk.toString().split('\n'))
      child.stdout?.on('data', add)
      child.stderr?.on('data', add)
      await until(command, () => {
        if (child.exitCode !== null) throw new Error(`${command} ended:\n${lines.join('\n')}`)
        return lines.some((line) => ready.test(line))
      })
      return { lines, port }
    },
    write(path, text) {
      mkdirSync(dirname(join(project.folder, path)), { recursive: true })
      writeFileSync(join(project.folder, path), text)
    },
  }
  await before?.(project)
  for (const { kind, text, file } of blocksOf(name)) {
    if (file !== undefined) project.write(file, text)
    else if (kind === 'sh') for (const command of linesOf(text)) await act(command)
  }
  await after?.(project)

  async function act(command: string): Promise<void> {
    const [, variable = '', value = ''] = /^export (\w+)=(\S*)/.exec(command) ?? []
    if (variable) {
      env[variable] = /[…<]/.test(value) ? (secrets[variable] ?? value) : value
      return
    }
    const replaced = Object.entries(commands).find(([beginning]) => command.startsWith(beginning))
    if (replaced) await replaced[1](project, command)
    else await project.sh(command)
  }
}

/** Returns the commands of a block, without comments. */
function linesOf(text: string): readonly string[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '')
}

async function findPort(): Promise<number> {
  const server = createSocket().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Installs Node 22 outside of every guide, and returns the environment of a machine that has it, npm and nothing else. */
async function createMachine(registry: string): Promise<Readonly<Record<string, string>>> {
  const folder = mkdtempSync(join(tmpdir(), 'machine-'))
  ending.push(() => rmSync(folder, { recursive: true, force: true }))
  const npm = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    npm_config_registry: registry,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  }
  // The package `node` runs a script that installs this one.
  const name = `node-${process.platform}-${process.arch}`
  await execute('npm', ['install', '--prefix', folder, `${name}@22`], { env: npm })
  const path = [join(folder, 'node_modules', name, 'bin'), npm.PATH].join(':')
  const env = { ...npm, PATH: path, CI: 'true', NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1' }
  const version = execFileSync('node', ['--version'], { env, encoding: 'utf8' }).trim()
  console.log(`Node ${version}, npm ${execFileSync('npm', ['--version'], { env, encoding: 'utf8' }).trim()}`)
  if (!version.startsWith('v22.')) throw new Error('Node 22 could not be installed')
  return env
}

const wanted = process.argv.slice(2)
const registry = await startRegistry(findPacked())
const npm = await createMachine(registry.url)
let failed = 0
for (const [name, guide] of Object.entries(guides)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  if (guide.before?.toString().includes('startDatabase') && postgresFolder === undefined) {
    console.log(`NOT TESTED: ${name} needs PostgreSQL`)
    continue
  }
  const kept = ending.length
  try {
    await follow(name, guide, npm)
    console.log(`ok  ${name}`)
  } catch (error) {
    failed++
    const { message, stdout, stderr } = error as Error & { stdout?: string; stderr?: string }
    console.log(`NO  ${name}: ${message}\n${stdout ?? ''}\n${stderr ?? ''}`.trim())
  }
  for (const end of ending.splice(kept).reverse()) await end()
}
for (const end of ending.reverse()) await end()
registry.close()
console.log(`${failed === 0 ? 'all guides can be followed' : `${failed} guides cannot be followed`}`)
process.exit(failed === 0 ? 0 : 1)
