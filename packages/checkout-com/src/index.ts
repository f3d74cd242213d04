export type { CheckoutComAccess } from './api.ts'
export { type CheckoutComConfig, type CheckoutComProvider, createCheckoutCom } from './provider.ts'
export {
  type CheckoutComBalances,
  type CheckoutComDeclineCode,
  type CheckoutComDisputeType,
  type CheckoutComEventType,
  type CheckoutComPayment,
  type CheckoutComStatus,
  checkoutComDeclineCodes,
  checkoutComDisputeTypes,
  checkoutComEventTypes,
  checkoutComStatuses,
} from './schema.ts'
export { type CheckoutComFacts, toPaymentStatus } from './status.ts'
export { signWebhook } from './webhook.ts'
