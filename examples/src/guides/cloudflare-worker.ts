import { createStripe } from '@payment-status/stripe'
import {
  type Advance,
  advance,
  createWebhookHandler,
  nextStep,
  type OrderTerms,
  type PaymentReport,
} from 'payment-status'
import { type D1Like, d1Claims } from '../d1-claims.ts'

export interface Env {
  readonly DB: D1Like
  readonly STRIPE_SECRET_KEY: string
  readonly STRIPE_WEBHOOK_SECRET: string
  /** Only in tests: the address of the simulator. */
  readonly STRIPE_BASE_URL?: string
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const stripe = createStripe({
      secretKey: env.STRIPE_SECRET_KEY,
      webhookSecrets: env.STRIPE_WEBHOOK_SECRET,
      baseUrl: env.STRIPE_BASE_URL,
    })
    const webhooks = createWebhookHandler(stripe, {
      claims: d1Claims(env.DB),
      async onReports(reports) {
        for (const report of reports) {
          const { recheck } = await store(env.DB, report)
          const incoming = recheck ? await stripe.lookup(report.payment.id) : report
          await deliver(env.DB, (await store(env.DB, incoming)).report)
        }
      },
      onError: (error) => console.error(error),
    })
    return webhooks(request)
  },
}

/** D1 has no interactive transactions: the version makes sure that no other request has stored a report meanwhile. */
async function store(db: D1Like, incoming: PaymentReport): Promise<Advance> {
  const { id } = incoming.payment
  for (;;) {
    const row = await db.prepare('select version, report from reports where payment = ?').bind(id).first()
    const result = advance(row ? JSON.parse(String(row.report)) : undefined, incoming)
    const stored = row
      ? db
          .prepare(
            'update reports set version = version + 1, report = ? where payment = ? and version = ? returning 1',
          )
          .bind(JSON.stringify(result.report), id, Number(row.version))
      : db
          .prepare('insert into reports values (?, 1, ?) on conflict do nothing returning 1')
          .bind(id, JSON.stringify(result.report))
    if (await stored.first()) return result
  }
}

async function deliver(db: D1Like, report: PaymentReport): Promise<void> {
  const order = report.payment.reference ?? ''
  const row = await db.prepare('select terms from orders where id = ?').bind(order).first()
  if (!row || nextStep(report, JSON.parse(String(row.terms)) as OrderTerms).kind !== 'fulfill') return
  const delivered = await db
    .prepare('update orders set delivered = 1 where id = ? and delivered = 0 returning id')
    .bind(order)
    .first()
  if (delivered) console.log(`deliver ${order}`)
}
