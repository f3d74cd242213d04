import { createStripe } from '@payment-status/stripe'
import { createTracker, fromPool, type Tracker } from '@payment-status/tracker'
import { createPayments } from 'payment-status'
import { Pool } from 'pg'

/** Next.js loads a module once per bundle, so the tracker lives on `globalThis`. */
const shared = globalThis as { tracker?: Promise<Tracker> }

export function getTracker(): Promise<Tracker> {
  shared.tracker ??= createTracker({
    payments: createPayments([
      createStripe({
        secretKey: process.env.STRIPE_SECRET_KEY,
        webhookSecrets: process.env.STRIPE_WEBHOOK_SECRET,
        baseUrl: process.env.STRIPE_BASE_URL,
      }),
    ]),
    database: fromPool(new Pool({ connectionString: process.env.DATABASE_URL })),
    async onChange({ order, orderStatus, step }, tx) {
      await tx.executeSql('update orders set status = $2 where id = $1', [order, orderStatus.status])
      if (step?.kind === 'fulfill')
        await tx.executeSql('insert into shipments (order_id) values ($1)', [order])
    },
    onError: (error) => console.error(error),
  })
  return shared.tracker
}
