import { toNodeHandler } from '@payment-status/node'
import { createStripe } from '@payment-status/stripe'
import { createTracker } from '@payment-status/tracker'
import express from 'express'
import { createPayments } from 'payment-status'

const secretKey = process.env.STRIPE_SECRET_KEY
const baseUrl = process.env.STRIPE_BASE_URL ?? 'https://api.stripe.com'
const port = Number(process.env.PORT ?? 3000)

const tracker = await createTracker({
  payments: createPayments([
    createStripe({ secretKey, webhookSecrets: process.env.STRIPE_WEBHOOK_SECRET, baseUrl }),
  ]),
  onChange({ order, step }) {
    if (step?.kind === 'fulfill') console.log(`deliver ${order}`)
  },
  onError: (error) => console.error(error),
})
await tracker.work()

const app = express()

// 1. The order: create the PaymentIntent, and track it before the shopper pays.
app.post('/orders/:order', async (request, response) => {
  const { order } = request.params
  const created = await fetch(`${baseUrl}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'idempotency-key': order },
    body: new URLSearchParams({
      amount: '2500',
      currency: 'eur',
      'payment_method_types[]': 'card',
      'metadata[order_id]': order,
    }),
  })
  if (!created.ok) return void response.status(502).json({ error: 'the payment could not be created' })
  const intent = (await created.json()) as { id: string; client_secret: string }
  await tracker.watch({
    order,
    terms: { expected: { amount: { amount: 2500, currency: 'EUR' } }, capture: 'automatic' },
    payments: [{ provider: 'stripe', id: intent.id }],
  })
  response.status(201).json({ id: intent.id, clientSecret: intent.client_secret })
})

// 2. The webhook: before any body parser, because the signature covers the raw bytes.
app.post('/webhooks/:provider', toNodeHandler(tracker.webhooks))

// 3. The return page: the URL proves nothing, so the tracker looks the payment up.
app.get('/return', async (request, response) => {
  const { orderStatus } = await tracker.handleReturn('stripe', `http://localhost:${port}${request.url}`)
  response.type('text').send(orderStatus.status)
})

app.listen(port, () => console.log(`listening on ${port}`))
