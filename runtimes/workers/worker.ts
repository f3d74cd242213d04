import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createPayments } from 'payment-status'
import { d1Claims } from './d1-claims.ts'

interface Env {
  readonly DATABASE: D1Database
}

const payments = createPayments([createStripe({ ...stripeFixtures.secrets, fetch: stripeFixtures.respond })])

export default {
  async fetch(request, { DATABASE }) {
    const webhooks = payments.webhookHandler({
      claims: d1Claims(DATABASE),
      async onReports(_reports, { id }) {
        await DATABASE.prepare('insert into received (id) values (?)').bind(id).run()
      },
      onError: (error) => console.error(error),
    })
    return webhooks(request)
  },
} satisfies ExportedHandler<Env>
