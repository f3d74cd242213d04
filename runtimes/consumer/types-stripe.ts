import Stripe from 'stripe'

const stripe = new Stripe('sk_test_none')
export async function decide(id: string): Promise<string> {
  const { status } = await stripe.paymentIntents.retrieve(id)
  return status
}
