import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComEnvironment } from '@payment-status/checkout-com/environment'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { createOnerway } from '@payment-status/onerway'
import { onerwayEnvironment } from '@payment-status/onerway/environment'
import { createStripe, toPaymentStatus } from '@payment-status/stripe'
import { stripeEnvironment } from '@payment-status/stripe/environment'
import { createSimulator, testProviderContract } from '@payment-status/testing'
import {
  createPayments,
  type NextStep,
  nextStep,
  type PaymentStatus,
  providersFromEnvironment,
} from 'payment-status'

const env: Record<string, string | undefined> = {}
const payments = createPayments([
  createCheckoutCom({ secretKey: env.CKO_SECRET_KEY, webhookSecrets: env.CKO_WEBHOOK_SECRET }),
  createOnerway({ merchantNo: '800209', secretKey: 'secret', environment: 'sandbox', integration: 'direct' }),
  createStripe({ secretKey: env.STRIPE_SECRET_KEY, name: 'stripe-eu' }),
])
const { providers } = providersFromEnvironment(process.env, [
  checkoutComEnvironment,
  onerwayEnvironment,
  stripeEnvironment,
])
const configured: 'stripe' = createPayments(providers).provider('stripe').name
const name: 'stripe-eu' = payments.provider('stripe-eu').name
const status: PaymentStatus = toPaymentStatus({ status: 'succeeded' })

export async function decide(id: string): Promise<NextStep['kind']> {
  const report = await payments.lookup({ provider: name, id })
  const hint = payments.readReturn('checkout-com', 'https://shop.example/')
  // @ts-expect-error a hint has no status
  void hint.status
  const order = { expected: { amount: { amount: 100, currency: 'EUR' } }, capture: 'automatic' } as const
  // @ts-expect-error what a hint allows is never to fulfill
  void (nextStep(hint).kind === 'fulfill')
  return nextStep(report, order).kind
}
void [status, configured, checkoutComFixtures, createSimulator, testProviderContract]
