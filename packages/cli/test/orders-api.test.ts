import { beforeAll, expect, it } from 'vitest'
import { type Service, startService } from './service.ts'

const token = 'made-up-token-for-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
let service: Service

beforeAll(async () => {
  service = await startService(['--simulate', '--orders', '0', '--pace', '0'], {
    env: { PAYMENT_STATUS_TOKEN: token },
  })
  for (const [order, amount, currency] of [
    ['A-100', 2500, 'EUR'],
    ['A-101', 2500, 'USD'],
    ['B-200', 990, 'EUR'],
  ] as const) {
    const terms = { expected: { amount: { amount, currency } }, capture: 'automatic' }
    const body = JSON.stringify({ terms, payments: [{ provider: 'stripe', reference: `ref-${order}` }] })
    const { status } = await fetch(`${service.url}/orders/${order}`, { method: 'PUT', headers, body })
    expect(status).toBe(200)
  }
}, 60_000)

const list = async (query: string) => {
  const answer = await fetch(`${service.url}/orders?${query}`, { headers })
  return { status: answer.status, body: await answer.json() }
}

it.each<[string, string[]]>([
  ['search=A-10', ['A-100', 'A-101']],
  ['search=ref-B', ['B-200']],
  ['search=-100', []],
  ['search=A-10&amount=2500&currency=USD', ['A-101']],
  ['amount=2500&currency=EUR', ['A-100']],
  ['payment=ref-B-200', ['B-200']],
  ['until=2020-01-01T00:00:00Z', []],
  ['since=2020-01-01T00:00:00Z&limit=500', ['A-100', 'A-101', 'B-200']],
])('GET /orders?%s', async (query, expected) => {
  const { status, body } = await list(query)
  expect([status, body.orders.map(({ order }: { order: string }) => order).toSorted()]).toEqual([
    200,
    expected,
  ])
})

it.each([
  'amount=2500',
  'currency=EUR',
  'amount=25.00&currency=EUR',
  'amount=-1&currency=EUR',
  'amount=2500&currency=eur',
  'until=yesterday',
  'search=',
  `search=${'x'.repeat(201)}`,
  'find=A-100',
])('GET /orders?%s is 400 with a sentence', async (query) => {
  const { status, body } = await list(query)
  expect([status, body.error.code]).toEqual([400, 'invalid_input'])
  expect(body.error.message.length).toBeGreaterThan(20)
})
