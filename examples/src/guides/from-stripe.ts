import type { StripeProvider } from '@payment-status/stripe'
import { advance, createWebhookHandler, type PaymentReport, type WebhookClaims } from 'payment-status'

export interface Orders {
  /** Runs `change` on the stored report of a payment, under a lock, and stores what it returns. */
  update(paymentId: string, change: (stored: PaymentReport | undefined) => PaymentReport): Promise<void>
}

/** Replaces `stripe.webhooks.constructEvent` and the `switch (event.type)` after it. */
export function createStripeWebhooks(stripe: StripeProvider, orders: Orders, claims: WebhookClaims) {
  /** Stores what the report changes. Returns whether only a lookup can state what it means. */
  async function store(report: PaymentReport): Promise<boolean> {
    let recheck = false
    await orders.update(report.payment.id, (stored) => {
      const result = advance(stored, report)
      recheck = result.recheck
      return result.report
    })
    return recheck
  }

  return createWebhookHandler(stripe, {
    claims,
    async onReports(reports) {
      for (const report of reports)
        if (await store(report)) await store(await stripe.lookup(report.payment.id))
    },
    onDispute: ({ dispute }) => console.log('dispute', dispute.status),
    onError: (error) => console.error(error),
  })
}
