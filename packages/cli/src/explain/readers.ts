import { type Fields, isFields, isText, type Reader } from './finding.ts'

/** Whose is it? That can be said without any provider's code: the one that reads it is loaded then. */
export const readers: readonly Reader[] = [
  {
    provider: 'checkout-com',
    title: 'Checkout.com',
    ownsQuery: (query) =>
      query.has('cko-payment-id') || query.has('cko-session-id') || query.has('cko-payment-session-id'),
    owns: (body) =>
      hasPrefix(body.id, 'pay_', 'sid_', 'ps_', 'hpp_', 'pl_') ||
      isCheckoutComWebhook(body) ||
      body.name === 'CheckoutError' ||
      (Array.isArray(body.data) && !('object' in body)) ||
      isText(body.error_type),
    load: async () => (await import('./checkout-com.ts')).checkoutCom,
  },
  {
    provider: 'onerway',
    title: 'Onerway',
    ownsQuery: (query) => query.has('transactionId') || query.has('merchantTxnId'),
    owns: (body) =>
      isText(body.respCode) ||
      isText(body.notifyType) ||
      isText(body.paymentStatus) ||
      (isText(body.transactionId) && 'status' in body) ||
      Array.isArray(body.content),
    load: async () => (await import('./onerway.ts')).onerway,
  },
  {
    provider: 'stripe',
    title: 'Stripe',
    ownsQuery: (query) => query.has('payment_intent') || query.has('redirect_status'),
    owns: (body) =>
      isText(body.object) ||
      isFields(body.error) ||
      isFields(body.paymentIntent) ||
      isFields(body.setupIntent),
    load: async () => (await import('./stripe.ts')).stripe,
  },
]

export function isCheckoutComWebhook(body: Fields): boolean {
  return isText(body.type) && isFields(body.data) && !('object' in body) && hasPrefix(body.id, 'evt_')
}

export function hasPrefix(value: unknown, ...prefixes: readonly string[]): boolean {
  return isText(value) && prefixes.some((prefix) => value.startsWith(prefix))
}
