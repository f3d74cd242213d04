import { createWebhookHandler, memoryClaims } from '@payment-status/core'
import { createStripe } from '@payment-status/stripe'
import Stripe from 'stripe'
import { secret } from './deliveries.ts'

/** The work of both endpoints: a shop's own work is not measured. */
export const shop = { paid: 0 }

export const answerOurs = createWebhookHandler(createStripe({ webhookSecrets: secret }), {
  claims: memoryClaims(),
  onReports: async ([report]) => act(report?.payment.id, report?.payment.captured),
})

const stripe = new Stripe('sk_test_bench')
const claims = memoryClaims()

/** An endpoint that a shop writes around stripe-node: verified, claimed, acted on, and answered; no limit to the body's size or time. */
export async function answerOther(request: Request): Promise<Response> {
  const signature = request.headers.get('stripe-signature') ?? ''
  return new Response(null, { status: await handleOther(await request.text(), signature) })
}

/** The status to answer with. */
export async function handleOther(body: string | Buffer, signature: string): Promise<number> {
  let event: Stripe.Event
  try {
    event = await stripe.webhooks.constructEventAsync(body, signature, secret)
  } catch {
    return 401
  }
  const claimed = { provider: 'stripe', id: event.id } as Parameters<typeof claims.begin>[0]
  const claim = await claims.begin(claimed)
  if (claim !== 'new') return claim === 'done' ? 200 : 503
  try {
    if (event.type === 'payment_intent.succeeded')
      await act(event.data.object.id, event.data.object.amount_received)
  } catch {
    await claims.end(claimed, 'failed')
    return 500
  }
  await claims.end(claimed, 'done')
  return 200
}

async function act(id: string | undefined, captured: number | undefined): Promise<void> {
  if (!id || !captured) throw new Error('the delivery is of a payment that was captured')
  shop.paid += captured
}
