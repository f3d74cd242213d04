export type { CheckoutComAccess } from './api.ts'
export { type CheckoutComConfig, type CheckoutComProvider, createCheckoutCom } from './provider.ts'
export {
  type CheckoutComActionType,
  type CheckoutComBalances,
  type CheckoutComDeclineCode,
  type CheckoutComDisputeType,
  type CheckoutComEventType,
  type CheckoutComFlowStatus,
  type CheckoutComPayment,
  type CheckoutComRetry,
  type CheckoutComSource,
  type CheckoutComSourceType,
  type CheckoutComStatus,
  checkoutComActionTypes,
  checkoutComDeclineCodes,
  checkoutComDisputeTypes,
  checkoutComEventTypes,
  checkoutComFlowStatuses,
  checkoutComSourceTypes,
  checkoutComStatuses,
} from './schema.ts'
export { type CheckoutComFacts, toPaymentStatus } from './status.ts'
export { signWebhook } from './webhook.ts'
