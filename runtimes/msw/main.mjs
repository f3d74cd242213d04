import { strictEqual } from 'node:assert/strict'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { handlersFor } from '@payment-status/testing/msw'
import { setupServer } from 'msw/node'

const server = setupServer(...handlersFor(stripeFixtures))
server.listen()
const stripe = createStripe({ ...stripeFixtures.secrets })
const [{ id, status }] = stripeFixtures.payments
strictEqual((await stripe.lookup(id)).payment.status, status)
await stripe.lookup('pi_nobodyhasthisid').then(
  () => strictEqual('answered', 'not_found'),
  (error) => strictEqual(error.code, 'not_found'),
)
server.close()
console.log('2 passed, 0 failed')
