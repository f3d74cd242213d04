import { checkoutComEnvironment } from '@payment-status/checkout-com/environment'
import { stripeEnvironment } from '@payment-status/stripe/environment'
import { createPayments, providersFromEnvironment } from 'payment-status'
import { createInsuredShop } from './double-insurance.ts'

// What the routes of an app import (in Next.js: lib/shop.ts). A provider whose variables are not set is not there.
const { providers, gaps } = providersFromEnvironment(process.env, [checkoutComEnvironment, stripeEnvironment])
for (const { sentence } of gaps) console.warn(sentence)
export const payments = createPayments(providers)

export const shop = createInsuredShop(payments, {
  deliver: ({ reference }) => console.log(`deliver ${reference}`),
})
