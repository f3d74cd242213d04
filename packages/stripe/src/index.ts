export type { StripeAccess } from './api.ts'
export { createStripe, type StripeConfig, type StripeProvider } from './provider.ts'
export {
  type StripeAdviceCode,
  type StripeCancellationReason,
  type StripeCharge,
  type StripeDeclineCode,
  type StripeDisputeStatus,
  type StripeErrorCode,
  type StripeEventFamily,
  type StripeEventType,
  type StripeNextActionType,
  type StripePaymentIntent,
  type StripeRedirectStatus,
  type StripeStatus,
  stripeAdviceCodes,
  stripeCancellationReasons,
  stripeDeclineCodes,
  stripeDisputeStatuses,
  stripeErrorCodes,
  stripeEventFamilies,
  stripeEventTypes,
  stripeNextActionTypes,
  stripeRedirectStatuses,
  stripeStatuses,
} from './schema.ts'
export { type StripeFacts, toPaymentStatus } from './status.ts'
export { signWebhook } from './webhook.ts'
