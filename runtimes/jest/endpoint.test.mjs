import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createPayments } from 'payment-status'

const stripe = createStripe({
  ...stripeFixtures.secrets,
  fetch: (input, init) => stripeFixtures.respond(new Request(input, init)),
})

test('a signed webhook is taken, a forged one is refused', async () => {
  const webhooks = createPayments([stripe]).webhookHandler({ claims: 'none', onEvent: () => {} })
  const { rawBody, headers } = await stripeFixtures.payments.find(({ webhook }) => webhook).webhook()
  const send = (body) =>
    webhooks(new Request('https://shop.example/webhooks/stripe', { method: 'POST', headers, body }))
  expect((await send(rawBody)).status).toBe(200)
  expect((await send(`${rawBody} `)).status).toBe(401)
})

test('a payment is looked up', async () => {
  const [{ id, status }] = stripeFixtures.payments
  expect((await stripe.lookup(id)).payment).toMatchObject({ id, status })
})
