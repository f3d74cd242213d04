// app/webhooks/[provider]/route.ts
import { memoryClaims } from 'payment-status'
import { payments, shop } from './shop-from-env.ts'

const webhooks = payments.webhookHandler({
  // For one process. On a platform that starts many, keep claims in a store they share: docs/webhooks.md.
  claims: memoryClaims(),
  async onReports(reports) {
    for (const report of reports) await shop.ingest(report)
  },
  onError: (error) => console.error(error),
})

/** A route handler gets a web-standard Request, its body unread; the last segment of its path names the provider. */
export async function POST(request: Request): Promise<Response> {
  return webhooks(request)
}
