import { createCheckoutCom, signWebhook as signCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import type { PaymentProvider, WebhookDelivery } from '@payment-status/core'
import type { ProviderFixtures } from '@payment-status/core/kit'
import { createStripe, signWebhook as signStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import Stripe from 'stripe'

const secret = 'whsec_bench'
const stripe = new Stripe('sk_test_bench')

/** A webhook's reader (verify, parse, validate, map), and Stripe's own (verify, parse) on the same bytes. */
export interface Readers {
  readonly what: string
  readonly goal: string
  readonly rawBody: string
  ours(): Promise<unknown>
  other(): Promise<unknown>
}

export async function createReaders(): Promise<Readers[]> {
  const checkoutCom = createCheckoutCom({ webhookSecrets: secret })
  return [
    await createPair('Checkout.com', '≤ 1.0', checkoutComFixtures, checkoutCom, signCheckoutCom),
    await createPair('Stripe', '≤ 1.2', stripeFixtures, createStripe({ webhookSecrets: secret }), signStripe),
  ]
}

async function createPair(
  name: string,
  goal: string,
  { payments }: ProviderFixtures,
  provider: PaymentProvider,
  sign: (rawBody: string, secret: string) => Promise<WebhookDelivery>,
): Promise<Readers> {
  const fixture = payments.find(
    ({ webhook, status }) => webhook && (status === 'authorized' || status === 'captured'),
  )
  const rawBody = String((await fixture?.webhook?.())?.rawBody)
  const delivery = await sign(rawBody, secret)
  const header = await stripe.webhooks.generateTestHeaderStringAsync({ payload: rawBody, secret })
  return {
    what: `webhook reader, ${name} body of ${rawBody.length} bytes`,
    goal,
    rawBody,
    ours: () => provider.readWebhook(delivery),
    other: () => stripe.webhooks.constructEventAsync(rawBody, header, secret),
  }
}
