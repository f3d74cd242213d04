import { createServer, type Server } from 'node:http'
import { toNodeHandler } from '@payment-status/node'
import { memoryClaims, type PaymentReport, type Payments } from 'payment-status'

/** A webhook endpoint on Node's own server: `/webhooks/<provider>`. double-insurance.ts shows what `ingest` does with a report. */
export function createWebhookServer(
  payments: Payments,
  ingest: (report: PaymentReport) => Promise<unknown>,
): Server {
  const webhooks = payments.webhookHandler({
    // For one process. With several, or one that restarts often, keep claims in a store they share: docs/webhooks.md.
    claims: memoryClaims(),
    async onReports(reports) {
      for (const report of reports) await ingest(report)
    },
    onError: (error) => console.error(error),
  })
  // The adapter turns Node's IncomingMessage into a web-standard Request with an unread body.
  return createServer(
    toNodeHandler(async (request) => {
      const { pathname } = new URL(request.url)
      return pathname.startsWith('/webhooks/') ? webhooks(request) : new Response(null, { status: 404 })
    }),
  )
}
