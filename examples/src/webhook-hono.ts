import { Hono } from 'hono'
import { memoryClaims, type PaymentReport, type Payments } from 'payment-status'

/** A webhook endpoint in Hono: `/webhooks/<provider>`. double-insurance.ts shows what `ingest` does with a report. */
export function createApp(payments: Payments, ingest: (report: PaymentReport) => Promise<unknown>): Hono {
  const webhooks = payments.webhookHandler({
    // For one process. With several, or one that restarts often, keep claims in a store they share: docs/webhooks.md.
    claims: memoryClaims(),
    async onReports(reports) {
      for (const report of reports) await ingest(report)
    },
    onError: (error) => console.error(error),
  })
  const app = new Hono()
  // The request as it came: a body that was read, by a validator say, can no longer be verified.
  app.post('/webhooks/:provider', (context) => webhooks(context.req.raw))
  return app
}
