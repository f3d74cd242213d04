import { appendFileSync } from 'node:fs'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createPayments, memoryClaims } from 'payment-status'

const payments = createPayments([createStripe({ ...stripeFixtures.secrets, fetch: stripeFixtures.respond })])

/** Webhooks for the routes of both routers. Writes a line for each event, so that another process can count them. */
export const webhooks = payments.webhookHandler({
  claims: memoryClaims(),
  onReports(_reports, event) {
    appendFileSync(process.env.HEARD ?? '', `${event.id}\n`)
  },
  onError: (error) => console.error(error),
})
