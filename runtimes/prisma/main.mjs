import assert from 'node:assert/strict'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createTracker, fromPool, fromPrisma } from '@payment-status/tracker'
import { PrismaPg } from '@prisma/adapter-pg'
import { createPayments } from 'payment-status'
import { Pool } from 'pg'
import { PrismaClient } from './generated/client.ts'

const connectionString = process.env.DATABASE_URL
const pool = new Pool({ connectionString })
await pool.query('create table shop_orders (id text primary key)')
const stripe = createStripe({ ...stripeFixtures.secrets, fetch: stripeFixtures.respond })
const tracker = await createTracker({
  payments: createPayments([stripe]),
  database: fromPool(pool),
  onChange: () => {},
})
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString }) })
const report = await stripe.lookup('pi_madeHereCaptured')
const { amount } = report.payment

const take = (fate) =>
  prisma.$transaction(async (tx) => {
    await tx.shopOrder.create({ data: { id: 'order-1' } })
    await tracker.watch(
      {
        order: 'order-1',
        terms: { expected: { amount }, capture: 'automatic' },
        payments: [{ provider: 'stripe', id: report.payment.id }],
      },
      fromPrisma(tx),
    )
    await tracker.ingest(report, fromPrisma(tx))
    if (fate === 'rollback') throw new Error('the shop changed its mind')
  })

await assert.rejects(take('rollback'), /changed its mind/)
assert.equal(await prisma.shopOrder.count(), 0)
assert.equal(await tracker.order('order-1'), undefined)
await take('commit')
assert.equal(await prisma.shopOrder.count(), 1)
assert.equal((await tracker.order('order-1')).orderStatus.status, 'captured')
await tracker.stop()
await prisma.$disconnect()
await pool.end()
console.log('1 passed, 0 failed')
