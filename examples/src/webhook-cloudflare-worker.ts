import { createCheckoutCom } from '@payment-status/checkout-com'
import { createStripe } from '@payment-status/stripe'
import { createPayments, memoryClaims, type WebhookEvent } from 'payment-status'

/** Secrets (`wrangler secret put …`), and a queue for events. */
export interface Env {
  readonly CKO_WEBHOOK_SECRET: string
  readonly STRIPE_WEBHOOK_SECRET: string
  readonly PAYMENT_EVENTS: { send(event: WebhookEvent): Promise<void> }
}

// An isolate may end at any time, so this deduplicates most retries and not all. That is enough in front of a queue, whose
// consumer calls `advance`. To act here, keep claims in D1: docs/claims.md.
const claims = memoryClaims()

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const payments = createPayments([
      createCheckoutCom({ webhookSecrets: env.CKO_WEBHOOK_SECRET }),
      createStripe({ webhookSecrets: env.STRIPE_WEBHOOK_SECRET }),
    ])
    const webhooks = payments.webhookHandler({
      claims,
      onEvent: (event) => env.PAYMENT_EVENTS.send(event), // verified, and nothing looked up yet
      onError: (error) => console.error(error),
    })
    return webhooks(request)
  },
}
