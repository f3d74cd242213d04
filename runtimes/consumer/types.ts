import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { createOnerway } from '@payment-status/onerway'
import { createStripe, toPaymentStatus } from '@payment-status/stripe'
import { createSimulator, testProviderContract } from '@payment-status/testing'
import { createPayments, nextStep, type PaymentStatus, type ReportStep } from 'payment-status'

const env: Record<string, string | undefined> = {}
const payments = createPayments([
  createCheckoutCom({ secretKey: env.CKO_SECRET_KEY, webhookSecrets: env.CKO_WEBHOOK_SECRET }),
  createOnerway({ merchantNo: '800209', secretKey: 'secret', environment: 'sandbox', integration: 'direct' }),
  createStripe({ secretKey: env.STRIPE_SECRET_KEY, name: 'stripe-eu' }),
])
const name: 'stripe-eu' = payments.provider('stripe-eu').name
const status: PaymentStatus = toPaymentStatus({ status: 'succeeded' })

export async function decide(id: string): Promise<ReportStep['kind']> {
  const report = await payments.lookup({ provider: name, id })
  const hint = payments.readReturn('checkout-com', 'https://shop.example/')
  // @ts-expect-error a hint has no status
  void hint.status
  // @ts-expect-error a hint decides nothing
  void nextStep(hint, { expected: { amount: { amount: 1, currency: 'EUR' } }, capture: 'automatic' })
    .newPayment
  return nextStep(report, { expected: { amount: { amount: 100, currency: 'EUR' } }, capture: 'automatic' })
    .kind
}
void [status, checkoutComFixtures, createSimulator, testProviderContract]
