// What every server of these consumers shares: the endpoint, and a signed webhook and a forged one sent to it over HTTP.
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createPayments } from 'payment-status'

const stripe = createStripe({ ...stripeFixtures.secrets, fetch: stripeFixtures.respond })
let heard = 0
export const webhooks = createPayments([stripe]).webhookHandler({
  claims: 'none',
  onEvent: () => void heard++,
  onError: (error) => error.code !== 'invalid_signature' && console.error(error),
})

export async function signedDelivery() {
  const { webhook } = stripeFixtures.payments.find((fixture) => fixture.webhook)
  const { rawBody, headers } = await webhook()
  return { body: String(rawBody), headers: { ...headers, 'content-type': 'application/json' } }
}

/** Throws unless the server accepts the signed webhook, rejects the forged one, and acts once. */
export async function check(origin) {
  const { body, headers } = await signedDelivery()
  const send = async (text) =>
    (await fetch(`${origin}/webhooks/stripe`, { method: 'POST', headers, body: text })).status
  heard = 0
  const statuses = [await send(body), await send(`${body} `)]
  if (statuses.join() !== '200,401' || heard !== 1) throw new Error(`answered ${statuses}, received ${heard}`)
}
