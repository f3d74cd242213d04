export type { CheckoutComAccess } from './api.ts'
export { type CheckoutComConfig, type CheckoutComProvider, createCheckoutCom } from './provider.ts'
export type {
  CheckoutComBalances,
  CheckoutComPayment,
  CheckoutComRetry,
  CheckoutComSource,
} from './schema.ts'
export { type CheckoutComFacts, toPaymentStatus } from './status.ts'
export {
  type CheckoutComActionType,
  type CheckoutComDeclineCode,
  type CheckoutComDisputeType,
  type CheckoutComEventType,
  type CheckoutComFlowStatus,
  type CheckoutComSourceType,
  type CheckoutComStatus,
  checkoutComActionTypes,
  checkoutComDeclineCodes,
  checkoutComDisputeTypes,
  checkoutComEventTypes,
  checkoutComFlowStatuses,
  checkoutComSourceTypes,
  checkoutComStatuses,
} from './vocabulary.ts'
export { signWebhook } from './webhook.ts'
