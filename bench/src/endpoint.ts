import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { createDeliveries, type Delivery } from './deliveries.ts'
import { answerOther, answerOurs } from './endpoints.ts'
import { type Comparison, compareRounds, type Figure, microseconds, time } from './measure.ts'

const ROUNDS = 41
const WARM_UP_ROUNDS = 60
const DELIVERIES = 300
const CONNECTIONS = 8

/**
 * A webhook from its request to its answer, claims included, compared with an endpoint that does the same with stripe-node: in
 * this process, and over HTTP, where the processor time is that of the server's process alone. Each delivery comes once.
 */
export async function measureEndpoints(): Promise<Figure[]> {
  const inProcess = await compareEndpoints((side, deliveries) =>
    answerAll(side === 'ours' ? answerOurs : answerOther, deliveries),
  )
  const figure = (what: string, { ours, other, ratio }: Comparison): Figure => ({
    what: `whole endpoint, Stripe, ${what}`,
    ours: time(ours),
    other: `the same with stripe-node ${time(other)}`,
    figure: ratio.toFixed(2),
    goal: '≤ 1.25',
  })
  return [
    figure('Request to Response in process', inProcess),
    figure('over HTTP in Hono, processor time of the server a request', await compareServers('hono')),
    figure('over HTTP on node:http, processor time of the server a request', await compareServers('node')),
  ]
}

async function compareServers(kind: 'hono' | 'node'): Promise<Comparison> {
  const server = fork(join(import.meta.dirname, 'endpoint-server.ts'), [kind])
  try {
    const [ports] = (await once(server, 'message')) as [Readonly<Record<'ours' | 'other', number>>]
    return await compareEndpoints((side, deliveries) => deliver(server, ports[side], deliveries))
  } finally {
    server.kill()
  }
}

/** Microseconds of processor time for all of the deliveries. */
type Measure = (side: 'ours' | 'other', deliveries: readonly Delivery[]) => Promise<number>

async function compareEndpoints(measure: Measure) {
  const spend = async (side: 'ours' | 'other') =>
    ((await measure(side, await createDeliveries(DELIVERIES))) * 1000) / DELIVERIES
  const round = async (number: number) => {
    if (number % 2 === 0) return { ours: await spend('ours'), other: await spend('other') }
    const other = await spend('other')
    return { ours: await spend('ours'), other }
  }
  await compareRounds(round, WARM_UP_ROUNDS)
  return compareRounds(round, ROUNDS)
}

async function answerAll(
  answer: (request: Request) => Promise<Response>,
  deliveries: readonly Delivery[],
): Promise<number> {
  const requests = deliveries.map(
    ({ body, headers }) =>
      new Request('https://shop.example/webhooks/stripe', { method: 'POST', body, headers }),
  )
  const began = process.cpuUsage()
  for (const one of requests) check((await answer(one)).status)
  return microseconds(began)
}

async function deliver(server: ChildProcess, port: number, deliveries: readonly Delivery[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const began = await usage(server)
  await Promise.all(deliveries.map((delivery) => send(port, delivery, agent)))
  const ended = await usage(server)
  agent.destroy()
  return ended - began
}

async function usage(server: ChildProcess): Promise<number> {
  server.send('usage')
  const [spent] = (await once(server, 'message')) as [number]
  return spent
}

async function send(port: number, { body, headers }: Delivery, agent: Agent): Promise<void> {
  const sent = request({ port, path: '/webhooks/stripe', method: 'POST', headers, agent })
  sent.end(body)
  const [answer] = await once(sent, 'response')
  answer.resume()
  check(answer.statusCode)
  await once(answer, 'end')
}

function check(status: number): void {
  if (status !== 200) throw new Error(`the endpoint answered ${status}`)
}
