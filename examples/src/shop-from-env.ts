import { createCheckoutCom } from '@payment-status/checkout-com'
import { createStripe } from '@payment-status/stripe'
import { createPayments } from 'payment-status'
import { createInsuredShop } from './double-insurance.ts'

// What the routes of an app import (in Next.js: lib/shop.ts). A variable that is not set is told by the call that needs it.
export const payments = createPayments([
  createCheckoutCom({
    secretKey: process.env.CKO_SECRET_KEY,
    webhookSecrets: process.env.CKO_WEBHOOK_SECRET,
  }),
  createStripe({
    secretKey: process.env.STRIPE_SECRET_KEY,
    webhookSecrets: process.env.STRIPE_WEBHOOK_SECRET,
  }),
])

export const shop = createInsuredShop(payments, {
  deliver: ({ reference }) => console.log(`deliver ${reference}`),
})
