import { createCheckoutCom } from '@payment-status/checkout-com'
import { toNodeHandler } from '@payment-status/node'
import { createTracker } from '@payment-status/tracker'
import express from 'express'
import { createPayments } from 'payment-status'

const secretKey = process.env.CKO_SECRET_KEY
const baseUrl = process.env.CKO_BASE_URL ?? 'https://api.sandbox.checkout.com'
const port = Number(process.env.PORT ?? 3000)

const tracker = await createTracker({
  payments: createPayments([
    createCheckoutCom({ secretKey, webhookSecrets: process.env.CKO_WEBHOOK_SECRET, baseUrl }),
  ]),
  onChange({ order, step }) {
    if (step?.kind === 'fulfill') console.log(`deliver ${order}`)
  },
  onError: (error) => console.error(error),
})
await tracker.work()

const app = express()

// 1. The order: request the payment with the token of the shopper's card, and track it.
app.post('/orders/:order', express.json(), async (request, response) => {
  const { order } = request.params as { order: string }
  const created = await fetch(`${baseUrl}/payments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secretKey}`,
      'content-type': 'application/json',
      'cko-idempotency-key': order,
    },
    body: JSON.stringify({
      source: { type: 'token', token: request.body.token },
      amount: 2500,
      currency: 'EUR',
      reference: order,
      '3ds': { enabled: true },
      success_url: `http://localhost:${port}/return`,
      failure_url: `http://localhost:${port}/return`,
    }),
  })
  if (!created.ok) return void response.status(502).json({ error: 'the payment could not be created' })
  const payment = (await created.json()) as { id: string; _links?: { redirect?: { href: string } } }
  await tracker.watch({
    order,
    terms: { expected: { amount: { amount: 2500, currency: 'EUR' } }, capture: 'automatic' },
    payments: [{ provider: 'checkout-com', id: payment.id }],
  })
  response.status(201).json({ id: payment.id, redirect: payment._links?.redirect?.href })
})

// 2. The webhook: before any body parser, because the signature covers the raw bytes.
app.post('/webhooks/:provider', toNodeHandler(tracker.webhooks))

// 3. The return page: the URL proves nothing, so the tracker looks the payment up.
app.get('/return', async (request, response) => {
  const { orderStatus } = await tracker.handleReturn('checkout-com', `http://localhost:${port}${request.url}`)
  response.type('text').send(orderStatus.status)
})

app.listen(port, () => console.log(`listening on ${port}`))
