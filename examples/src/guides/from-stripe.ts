import { createStripe } from '@payment-status/stripe'
import { advance, createWebhookHandler, type PaymentReport, type WebhookClaims } from 'payment-status'

export interface Orders {
  /** Runs `change` on the stored report of a payment, under a lock, and stores what it returns. */
  update(paymentId: string, change: (stored: PaymentReport | undefined) => PaymentReport): Promise<void>
}

/** Replaces `stripe.webhooks.constructEvent` and the `switch (event.type)` after it. */
export function createStripeWebhooks(
  secretKey: string,
  webhookSecret: string,
  orders: Orders,
  claims: WebhookClaims,
) {
  const stripe = createStripe({ secretKey, webhookSecrets: webhookSecret })
  return createWebhookHandler(stripe, {
    claims,
    async onReports(reports) {
      for (const report of reports)
        await orders.update(report.payment.id, (stored) => advance(stored, report).report)
    },
    onDispute: ({ dispute }) => console.log('dispute', dispute.status),
    onError: (error) => console.error(error),
  })
}
