import Stripe from 'stripe'
import { type Figure, median } from './measure.ts'
import { acknowledged, each, makeSent, openShop, type Sent } from './tracker-shop.ts'

const WARM_UP = 400
const ROUNDS = 7

/** An endpoint that a shop writes by hand: it verifies, inserts the event and upserts the order, in one transaction. */
async function createEndpoint({ pool }: Awaited<ReturnType<typeof openShop>>) {
  const stripe = new Stripe('sk_test_bench')
  await pool.query(
    'create table shop_events (id text primary key, body jsonb not null, received_at timestamptz not null default now())',
  )
  await pool.query(
    `create table shop_orders (id text primary key, payment text not null, status text not null, amount int not null,
       changed_at timestamptz not null default now())`,
  )
  return async (request: Request): Promise<Response> => {
    const body = await request.text()
    const signature = request.headers.get('stripe-signature') ?? ''
    const event = await stripe.webhooks.constructEventAsync(body, signature, 'whsec_bench')
    if (event.type !== 'payment_intent.succeeded') throw new Error('the webhook is of a captured payment')
    const { id, amount, metadata } = event.data.object
    const client = await pool.connect()
    try {
      await client.query('begin')
      const { rowCount } = await client.query(
        'insert into shop_events (id, body) values ($1, $2) on conflict do nothing',
        [event.id, body],
      )
      if (rowCount)
        await client.query(
          `insert into shop_orders (id, payment, status, amount) values ($1, $2, 'paid', $3)
           on conflict (id) do update set payment = excluded.payment, status = excluded.status, amount = excluded.amount,
             changed_at = now()`,
          [metadata.order_id ?? id, id, amount],
        )
      await client.query('commit')
    } finally {
      client.release()
    }
    return new Response('ok')
  }
}

interface Measured {
  readonly time: number
  readonly work: number
}

/** Compares webhooks with the same ones at the endpoint by hand. `count` of each in a round. */
export async function* measureCost(count: number): AsyncGenerator<Figure> {
  const shop = await openShop()
  const { tracker, watch, statementsOf, processorTime } = shop
  const endpoint = await createEndpoint(shop)
  let made = 0
  const make = (many: number) => Promise.all(Array.from({ length: many }, () => makeSent(++made)))
  const tracked = async () => {
    const sent = await make(count)
    await each(sent, 8, watch)
    return sent
  }
  const hot = async () => {
    const number = ++made
    const sent = await Promise.all(Array.from({ length: count }, () => makeSent(number)))
    await watch(sent[0] as Sent)
    return sent
  }
  const kinds = {
    'a tracked order': tracked,
    'an unknown payment': () => make(count),
    'one hot order': hot,
  } as const
  const measured = async (sent: readonly Sent[], atOnce: number, work: (one: Sent) => Promise<unknown>) => {
    const before = await processorTime()
    const time = await each(sent, atOnce, work)
    return { time, work: (await processorTime()) - before }
  }
  const track = (one: Sent) => acknowledged(tracker.webhooks(one.request()))
  const byHand = (one: Sent) => acknowledged(endpoint(one.request()))
  for (const atOnce of [1, 8, 32]) {
    // A connection plans a statement five times before it keeps the plan.
    await each(await make(WARM_UP), atOnce, track)
    await each(await make(WARM_UP), atOnce, byHand)
    await each(await tracked(), atOnce, track)
    // The time of distinct orders, which come first.
    let distinct = Number.NaN
    for (const [kind, prepare] of Object.entries(kinds)) {
      const rounds: { readonly theirs: Measured; readonly ours: Measured }[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const theirs = await measured(await make(count), atOnce, byHand)
        const ours = await measured(await prepare(), atOnce, track)
        rounds.push({ theirs, ours })
      }
      const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of))
      const ours = middle((round) => round.ours.time)
      const ratio = middle((round) => round.ours.time / round.theirs.time)
      const work = middle((round) => round.ours.work / round.theirs.work)
      const [first] = await prepare()
      const statements = await statementsOf(() => track(first as Sent))
      const isHot = kind === 'one hot order'
      yield {
        what: `a webhook of ${kind}, ${atOnce} at once`,
        ours: `${ours.toFixed(2)} ms, ${statements.length} statements`,
        other: isHot
          ? `distinct orders ${distinct.toFixed(2)} ms`
          : `by hand ${middle((round) => round.theirs.time).toFixed(2)} ms, 4 statements; processor time ${work.toFixed(2)} times`,
        figure: (isHot ? ours / distinct : ratio).toFixed(2),
        goal: isHot ? '≤ 4' : '≤ 2',
      }
      if (kind === 'a tracked order') distinct = ours
    }
  }
  await shop.close()
}
