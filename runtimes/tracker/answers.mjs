import { stripeFixtures } from '@payment-status/stripe/fixtures'

// The id of Stripe's own documentation is that of a payment which was paid.
const shown = 'pi_3MtwBwLkdIwHu7ix28a3tqPa'
const known = 'pi_madeHereCaptured'
process.env.STRIPE_SECRET_KEY = stripeFixtures.secrets.secretKey
globalThis.fetch = async (input, init) => {
  const url = String(input.url ?? input).replace(shown, known)
  const answer = await stripeFixtures.respond(new Request(url, input.url ? input : init))
  return new Response((await answer.text()).replaceAll(known, shown), answer)
}
