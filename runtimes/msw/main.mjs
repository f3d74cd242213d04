import { strictEqual } from 'node:assert/strict'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { handlersFor } from '@payment-status/testing/msw'
import { setupServer } from 'msw/node'
import { signedDelivery, webhooks } from './endpoint.mjs'

const server = setupServer(...handlersFor(stripeFixtures))
server.listen()
const stripe = createStripe({ ...stripeFixtures.secrets })
const [{ id, status }] = stripeFixtures.payments
strictEqual((await stripe.lookup(id)).payment.status, status)
await stripe.lookup('pi_nobodyhasthisid').then(
  () => strictEqual('answered', 'not_found'),
  (error) => strictEqual(error.code, 'not_found'),
)
const { body, headers } = await signedDelivery()
const send = async (text) =>
  (
    await webhooks(
      new Request('https://shop.example/webhooks/stripe', { method: 'POST', headers, body: text }),
    )
  ).status
strictEqual(await send(body), 200)
strictEqual(await send(`${body} `), 401)
server.close()
console.log('4 passed, 0 failed')
