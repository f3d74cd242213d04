import { toNodeHandler } from '@payment-status/node'
import express, { type Express } from 'express'
import { memoryClaims, type PaymentReport, type Payments } from 'payment-status'

/** A webhook endpoint in Express 5: `/webhooks/<provider>`. double-insurance.ts shows what `ingest` does with a report. */
export function createApp(payments: Payments, ingest: (report: PaymentReport) => Promise<unknown>): Express {
  const webhooks = payments.webhookHandler({
    // For one process. With several, or one that restarts often, keep claims in a store they share: docs/webhooks.md.
    claims: memoryClaims(),
    async onReports(reports) {
      for (const report of reports) await ingest(report)
    },
    onError: (error) => console.error(error),
  })
  const app = express()
  // Before any body parser: what express.json() has read can no longer be verified. Never without the adapter: Express's
  // types accept `app.post(path, webhooks)`, but Express does not send the Response that it returns. Ours then answers 500.
  app.post('/webhooks/:provider', toNodeHandler(webhooks))
  app.use(express.json())
  app.post('/orders', (request, response) => void response.status(201).json(request.body))
  return app
}
