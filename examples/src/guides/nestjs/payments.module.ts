import { Module } from '@nestjs/common'
import { createStripe } from '@payment-status/stripe'
import { createTracker, fromPool } from '@payment-status/tracker'
import { createPayments } from 'payment-status'
import { Pool } from 'pg'

/** In a service: `constructor(@Inject(TRACKER) private readonly tracker: Tracker) {}`. */
export const TRACKER = Symbol('tracker')

async function startTracker() {
  const tracker = await createTracker({
    payments: createPayments([
      createStripe({
        secretKey: process.env.STRIPE_SECRET_KEY,
        webhookSecrets: process.env.STRIPE_WEBHOOK_SECRET,
        baseUrl: process.env.STRIPE_BASE_URL,
      }),
    ]),
    database: fromPool(new Pool({ connectionString: process.env.DATABASE_URL })),
    async onChange({ order, step }, tx) {
      if (step?.kind === 'fulfill')
        await tx.executeSql('insert into shipments (order_id) values ($1)', [order])
    },
    onError: (error) => console.error(error),
  })
  await tracker.work()
  // Nest calls it when the app ends.
  return Object.assign(tracker, { onApplicationShutdown: () => tracker.stop() })
}

@Module({ providers: [{ provide: TRACKER, useFactory: startTracker }], exports: [TRACKER] })
export class PaymentsModule {}
