export type { PayPalAccess } from './api.ts'
export { createPayPal, type PayPalConfig, type PayPalProvider } from './provider.ts'
export type {
  PayPalAuthorization,
  PayPalCapture,
  PayPalOrder,
  PayPalPurchaseUnit,
  PayPalRefund,
} from './schema.ts'
export {
  type PayPalAuthorizationFacts,
  type PayPalCaptureFacts,
  type PayPalFacts,
  type PayPalRefundFacts,
  toPaymentStatus,
} from './status.ts'
export {
  type PayPalAdviceCode,
  type PayPalAuthorizationStatus,
  type PayPalCaptureReason,
  type PayPalCaptureStatus,
  type PayPalDeclineIssue,
  type PayPalDisputeOutcome,
  type PayPalDisputeStatus,
  type PayPalEventFamily,
  type PayPalEventName,
  type PayPalLookupIssue,
  type PayPalMethodType,
  type PayPalOrderStatus,
  type PayPalRefundStatus,
  type PayPalResponseCode,
  paypalAdviceCodes,
  paypalAuthorizationStatuses,
  paypalCaptureReasons,
  paypalCaptureStatuses,
  paypalDeclineIssues,
  paypalDisputeOutcomes,
  paypalDisputeStatuses,
  paypalEventFamilies,
  paypalEventNames,
  paypalLookupIssues,
  paypalMethodTypes,
  paypalOrderStatuses,
  paypalRefundStatuses,
  paypalResponseCodes,
} from './vocabulary.ts'
export { signWebhook, type WebhookSigner } from './webhook.ts'
