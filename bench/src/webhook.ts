import { createHmac } from 'node:crypto'
import { createCheckoutCom, signWebhook as signCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import type { PaymentProvider, WebhookDelivery } from '@payment-status/core'
import type { ProviderFixtures } from '@payment-status/core/kit'
import { createStripe, signWebhook as signStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import Stripe from 'stripe'
import { compare, type Figure, time } from './measure.ts'

const secret = 'whsec_bench'
const stripe = new Stripe('sk_test_bench')

/** The webhook reader (verify, parse, validate, map) beside Stripe's own (verify, parse), and beside what nobody can save. */
export async function measureWebhooks(): Promise<Figure[]> {
  return [
    ...(await measureOne(
      'Checkout.com',
      checkoutComFixtures,
      createCheckoutCom({ webhookSecrets: secret }),
      signCheckoutCom,
    )),
    ...(await measureOne('Stripe', stripeFixtures, createStripe({ webhookSecrets: secret }), signStripe)),
  ]
}

async function measureOne(
  name: string,
  { payments }: ProviderFixtures,
  provider: PaymentProvider,
  sign: (rawBody: string, secret: string) => Promise<WebhookDelivery>,
): Promise<Figure[]> {
  const fixture = payments.find(
    ({ webhook, status }) => webhook && (status === 'authorized' || status === 'captured'),
  )
  const rawBody = String((await fixture?.webhook?.())?.rawBody)
  const delivery = await sign(rawBody, secret)
  const header = await stripe.webhooks.generateTestHeaderStringAsync({ payload: rawBody, secret })
  const ours = () => provider.readWebhook(delivery)
  const besideStripe = await compare(ours, () => stripe.webhooks.constructEventAsync(rawBody, header, secret))
  const besideFloor = await compare(ours, () => {
    createHmac('sha256', secret).update(rawBody).digest('hex')
    return JSON.parse(rawBody)
  })
  const what = `webhook reader, ${name} body of ${rawBody.length} bytes`
  return [
    {
      what,
      ours: time(besideStripe.ours),
      beside: `constructEventAsync ${time(besideStripe.beside)}`,
      figure: besideStripe.ratio.toFixed(2),
      goal: '≤ 1.0',
    },
    {
      what,
      ours: time(besideFloor.ours),
      beside: `HMAC + JSON.parse ${time(besideFloor.beside)}`,
      figure: besideFloor.ratio.toFixed(2),
      goal: '≤ 1.3',
    },
  ]
}
