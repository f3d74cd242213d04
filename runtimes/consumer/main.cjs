// A CommonJS project: every entry can be required, and the endpoint works.
const { strictEqual } = require('node:assert')
const { createStripe } = require('@payment-status/stripe')
const { stripeFixtures } = require('@payment-status/stripe/fixtures')
const { createSimulator } = require('@payment-status/testing')
const { toNodeHandler } = require('@payment-status/node')
const { createPayments } = require('payment-status')
require('@payment-status/checkout-com')
require('@payment-status/onerway')
require('@payment-status/core/kit')
const { stripeEnvironment } = require('@payment-status/stripe/environment')

strictEqual(typeof createSimulator, 'function')
strictEqual(typeof toNodeHandler, 'function')

async function main() {
  const stripe = createStripe({ ...stripeFixtures.secrets, fetch: stripeFixtures.respond })
  const webhooks = createPayments([stripe]).webhookHandler({ claims: 'none', onEvent: () => {} })
  const { webhook } = stripeFixtures.payments.find((fixture) => fixture.webhook)
  const { rawBody, headers } = await webhook()
  const send = (body) =>
    webhooks(new Request('https://shop.example/webhooks/stripe', { method: 'POST', headers, body }))
  strictEqual((await send(String(rawBody))).status, 200)
  strictEqual((await send(`${rawBody} `)).status, 401)
  const [known] = stripeFixtures.payments
  strictEqual((await stripe.lookup(known.id)).payment.id, known.id)
  const { secretKey, webhookSecrets } = stripeFixtures.secrets
  const environment = { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecrets }
  strictEqual(stripeEnvironment.read(environment).provider?.name, 'stripe')
  console.log('4 passed, 0 failed')
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
