export type { CheckoutComAccess } from './api.ts'
export type { CheckoutComListOptions, CheckoutComLookupOptions } from './lookup.ts'
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
  type CheckoutComDisputeStatus,
  type CheckoutComDisputeType,
  type CheckoutComEventType,
  type CheckoutComFlowError,
  type CheckoutComFlowReason,
  type CheckoutComFlowStatus,
  type CheckoutComSourceType,
  type CheckoutComStatus,
  checkoutComActionTypes,
  checkoutComDeclineCodes,
  checkoutComDisputeStatuses,
  checkoutComDisputeTypes,
  checkoutComEventTypes,
  checkoutComFlowErrors,
  checkoutComFlowReasons,
  checkoutComFlowStatuses,
  checkoutComSourceTypes,
  checkoutComStatuses,
} from './vocabulary.ts'
export { signWebhook } from './webhook.ts'
