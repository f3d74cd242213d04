import { toNodeHandler } from '@payment-status/node'
import { createTracker, fromPool } from '@payment-status/tracker'
import express, { type Express } from 'express'
import type { Payments } from 'payment-status'
import type { Pool } from 'pg'

/** Adds payments to a shop that has an Express app, a pool of `pg`, and a table `orders (id, amount, currency, status)`. */
export async function addPayments(app: Express, pool: Pool, payments: Payments) {
  const tracker = await createTracker({
    payments,
    database: fromPool(pool),
    async onChange({ order, orderStatus, step }, tx) {
      // What is written with `tx` is committed together with the delivery of this change: exactly once.
      await tx.executeSql('update orders set status = $2 where id = $1', [order, orderStatus.status])
      if (step?.kind === 'fulfill')
        await tx.executeSql('insert into shipments (order_id) values ($1)', [order])
      if (step?.kind === 'investigate')
        await tx.executeSql('update orders set problem = $2 where id = $1', [order, step.why])
    },
    onError: (error) => console.error(error),
  })

  app.post('/webhooks/:provider', toNodeHandler(tracker.webhooks)) // before express.json()

  app.post('/checkout', express.json(), async (request, response) => {
    const { order, provider } = request.body as { order: string; provider: string }
    const client = await pool.connect()
    try {
      await client.query('begin')
      const { rows } = await client.query('select amount, currency from orders where id = $1 for update', [
        order,
      ])
      if (rows.length === 0) return void response.status(404).end()
      const { amount, currency } = rows[0] as { amount: number; currency: string }
      // The order and its tracking commit together, before the shopper is sent to pay.
      await tracker.watch(
        {
          order,
          terms: { expected: { amount: { amount, currency } }, capture: 'automatic' },
          payments: [{ provider, reference: order }],
        },
        { executeSql: (text, values) => client.query(text, values) },
      )
      await client.query('commit')
      response.status(202).end() // now create the payment, with the order's id as its reference
    } finally {
      await client.query('rollback') // does nothing after the commit
      client.release()
    }
  })

  await tracker.work() // here, or in a worker process of its own
  return tracker
}
