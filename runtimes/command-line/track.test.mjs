import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { postgresFolder, startPostgres } from './postgres-server.ts'
import { findPort, serve, until } from './program.mjs'

const ORDERS = 18
const PATIENCE_IN_MILLISECONDS = 300_000
const token = 'made-up-token'
const secret = `whsec_${Buffer.from('made up, and long enough to sign').toString('base64')}`
const headers = { authorization: `Bearer ${token}` }
const shared = { PAYMENT_STATUS_TOKEN: token, CHANGES_SECRET: secret }
const ask = async (url) => (await fetch(url, { headers })).json()

test('track --simulate is up in seconds, and its day can be watched', { timeout: 180_000 }, async (t) => {
  const began = performance.now()
  const { first, said, stop } = await serve(['track', '--simulate', '--port', '0', '--json'])
  t.diagnostic(`listening after ${((performance.now() - began) / 1000).toFixed(1)} s`)
  const { url, token: made } = JSON.parse(first)
  await until(() => said.lines.some((line) => JSON.parse(line).status === 'captured'))
  strictEqual((await fetch(`${url}/status`)).status, 401)
  const page = await fetch(`${url}/status?order=order-1000`, { headers: { authorization: `Bearer ${made}` } })
  ok((await page.text()).includes('order-1000'))
  ok(
    said.lines
      .slice(1)
      .every((line) =>
        ['change', 'task', 'dispute', 'unmatched', 'reconciled'].includes(JSON.parse(line).kind),
      ),
  )
  strictEqual(await stop(), 0)
})

/** Every default fault of the simulated providers occurs in it; a rate limit of half a minute makes it long. */
async function liveThroughDay(t, options) {
  const shopPort = await findPort()
  const shopUrl = `http://127.0.0.1:${shopPort}`
  const args = ['track', '--simulate', '--pace', '0', '--port', '0', '--json', '--changes-url', shopUrl]
  const service = await serve([...args, ...options], { env: shared })
  t.after(() => service.stop())
  const { url } = JSON.parse(service.first)
  const shop = await serve(['-B', 'day.py'], {
    command: 'python3',
    cwd: process.cwd(),
    env: { ...shared, PORT: String(shopPort), TRACKER_URL: url, ORDERS: String(ORDERS) },
  })
  t.after(() => shop.stop())
  strictEqual(shop.first, 'the day is over')
  const payments = await ask(`${url}/simulator/payments`)
  const truth = payments.map(({ reference, truth: { status } }) => `${reference} ${status}`)
  const unsettled = async () => {
    const { orders } = await ask(`${url}/orders?limit=500`)
    const { backlog } = await ask(`${url}/health`)
    const known = new Set(
      orders.flatMap(({ order, payments: some }) =>
        some.map(({ report }) => `${order} ${report.payment.status}`),
      ),
    )
    return [...truth.filter((one) => !known.has(one)), ...Array(backlog).fill('to deliver')]
  }
  await until(async () => (await unsettled()).length === 0, { timeoutMs: PATIENCE_IN_MILLISECONDS }).catch(
    async () => deepStrictEqual(await unsettled(), []),
  )
  const paid = new Set(truth.filter((one) => one.endsWith(' captured')).map((one) => one.split(' ')[0]))
  const delivered = await ask(shopUrl)
  deepStrictEqual(delivered.toSorted(), [...paid].toSorted())
  t.diagnostic(`${ORDERS} orders, ${paid.size} paid, each delivered once`)
  strictEqual(await service.stop(), 0)
}

test(
  'the Python shop lives through the day, on the embedded database',
  { timeout: 2 * PATIENCE_IN_MILLISECONDS },
  (t) => liveThroughDay(t, []),
)

test('the same on PostgreSQL', { timeout: 2 * PATIENCE_IN_MILLISECONDS }, async (t) => {
  if (postgresFolder === undefined) return t.skip('NOT TESTED: no PostgreSQL server is installed')
  const server = await startPostgres()
  try {
    await liveThroughDay(t, ['--database', server.url])
  } finally {
    await server.stop()
    await server.remove()
  }
})
