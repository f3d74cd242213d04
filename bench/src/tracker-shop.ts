import { readFileSync } from 'node:fs'
import { createStripe, signWebhook } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createTracker, type Database, fromPool } from '@payment-status/tracker'
import { createPayments, type WebhookEvent } from 'payment-status'
import { Pool } from 'pg'
import { startPostgres } from '../../packages/tracker/test/postgres-server.ts'

const secret = 'whsec_bench'
export const stripe = createStripe({ webhookSecrets: secret })

/** A webhook as Stripe sends it, of a payment that is captured. */
export interface Sent {
  readonly order: string
  readonly payment: string
  readonly body: string
  readonly request: () => Request
}

const fixture = stripeFixtures.payments.find(({ webhook, status }) => webhook && status === 'captured')
const template = String((await fixture?.webhook?.())?.rawBody)
const event = await stripe.readWebhook(await signWebhook(template, secret))
const { payment } = (event as Extract<WebhookEvent, { readonly kind: 'payment' }>).report
const { id: paymentId, reference = '', amount = { amount: 0, currency: '' } } = payment
if (!reference || !amount.currency) throw new Error('the fixture states no amount or no reference')
export const webhookBytes = template.length
let events = 0

/** Makes the next webhook of a payment. */
export async function makeSent(number: number): Promise<Sent> {
  const order = `order-${number}`
  const id = `pi_bench${number}`
  const body = template
    .replaceAll(event.id, `evt_bench${++events}`)
    .replaceAll(paymentId, id)
    .replaceAll(reference, order)
  const { rawBody, headers } = await signWebhook(body, secret)
  const request = () =>
    new Request('https://shop.example/webhooks/stripe', {
      method: 'POST',
      body: String(rawBody),
      headers: headers as Record<string, string>,
    })
  return { order, payment: id, body, request }
}

export type Shop = Awaited<ReturnType<typeof openShop>>

/** Opens a tracker on a PostgreSQL of its own, which writes to the disk as a shop's does. */
export async function openShop(settings: readonly string[] = []) {
  const server = await startPostgres(['fsync=on', 'full_page_writes=on', ...settings])
  const pool = new Pool({ connectionString: server.url, max: 40 })
  const plain = fromPool(pool)
  let statements: { readonly text: string; readonly values: unknown[] }[] | undefined
  const database: Database = {
    ...plain,
    async executeSql(text, values) {
      statements?.push({ text, values: values ?? [] })
      return plain.executeSql(text, values)
    },
    async beginTransaction() {
      const { db, ...rest } = await plain.beginTransaction()
      statements?.push({ text: 'begin', values: [] }, { text: 'commit', values: [] })
      return {
        ...rest,
        db: {
          async executeSql(text, values) {
            statements?.push({ text, values: values ?? [] })
            return db.executeSql(text, values)
          },
        },
      }
    },
  }
  /** When each order had its effect. */
  const effects = new Map<string, number>()
  await pool.query('create table effects (key text primary key)')
  const tracker = await createTracker({
    payments: createPayments([stripe]),
    database,
    reconcile: 'off',
    async onChange({ key, order }, tx) {
      await tx.executeSql('insert into effects values ($1)', [key])
      effects.set(order, performance.now())
    },
    onError: (error) => console.error(error),
  })
  return {
    pool,
    database,
    tracker,
    effects,
    watch: ({ order, payment: id }: Sent) =>
      tracker.watch({
        order,
        terms: { expected: { amount }, capture: 'automatic' },
        payments: [{ provider: 'stripe', id }],
        // No provider is asked here.
        schedule: [3_600_000],
      }),
    /** Returns the processor time of this process and of the server's sessions, in milliseconds. */
    async processorTime() {
      const { rows } = await pool.query(
        "select pid from pg_stat_activity where backend_type = 'client backend'",
      )
      const { user, system } = process.cpuUsage()
      return (user + system) / 1000 + rows.reduce((sum, { pid }) => sum + timeOf(pid), 0)
    },
    /** Returns the statements that a piece of work sends, the ones that wake workers left out. */
    async statementsOf(work: () => Promise<unknown>) {
      const sent: { readonly text: string; readonly values: unknown[] }[] = []
      statements = sent
      await work()
      statements = undefined
      return sent.filter(({ text }) => !text.includes('pg_notify'))
    },
    async close() {
      await tracker.stop()
      await pool.end()
      await server.remove()
    },
  }
}

/** Linux counts the processor time of a process in hundredths of a second, and as it ran on its threads in nanoseconds. */
function timeOf(pid: number): number {
  const [nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
  return Number(nanoseconds) / 1e6
}

/** Milliseconds a piece of work takes, so many at once. */
export async function each<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<number> {
  const left = [...items]
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
    }),
  )
  return (performance.now() - startedAt) / items.length
}

export async function acknowledged(response: Promise<Response>): Promise<void> {
  const { status } = await response
  if (status !== 200) throw new Error(`a webhook was answered ${status}`)
}
