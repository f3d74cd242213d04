import { createServer, type Server } from 'node:http'
import { toNodeHandler } from '@payment-status/node'
import { memoryClaims, type PaymentReport, type Payments } from 'payment-status'

/** A webhook endpoint on Node's own server: `/webhooks/<provider>`. What `hear` does with a report is in double-insurance.ts. */
export function createWebhookServer(
  payments: Payments,
  hear: (report: PaymentReport) => Promise<unknown>,
): Server {
  const webhooks = payments.webhookHandler({
    // For one process. With several, or one that restarts often, keep claims in a store they share: docs/webhooks.md.
    claims: memoryClaims(),
    async onReports(reports) {
      for (const report of reports) await hear(report)
    },
    onError: (error) => console.error(error),
  })
  // Node hands over an IncomingMessage; the adapter makes a web-standard Request of it, its body unread.
  return createServer(
    toNodeHandler(async (request) => {
      const { pathname } = new URL(request.url)
      return pathname.startsWith('/webhooks/') ? webhooks(request) : new Response(null, { status: 404 })
    }),
  )
}
