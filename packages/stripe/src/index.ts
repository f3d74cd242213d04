export type { StripeAccess } from './api.ts'
export { createStripe, type StripeConfig, type StripeProvider } from './provider.ts'
export type { StripeCharge, StripePaymentIntent } from './schema.ts'
export type { StripeShop } from './shop.ts'
export { signWebhook } from './signature.ts'
export { type StripeChargeFacts, type StripeFacts, toPaymentStatus } from './status.ts'
export {
  type StripeAdviceCode,
  type StripeCancellationReason,
  type StripeChargeStatus,
  type StripeDeclineCode,
  type StripeDisputeStatus,
  type StripeErrorCode,
  type StripeEventFamily,
  type StripeEventType,
  type StripeFormerStatus,
  type StripeMethodType,
  type StripeNextActionType,
  type StripeRedirectStatus,
  type StripeRefundStatus,
  type StripeStatus,
  stripeAdviceCodes,
  stripeCancellationReasons,
  stripeChargeStatuses,
  stripeDeclineCodes,
  stripeDisputeStatuses,
  stripeErrorCodes,
  stripeEventFamilies,
  stripeEventTypes,
  stripeFormerStatuses,
  stripeMethodTypes,
  stripeNextActionTypes,
  stripeRedirectStatuses,
  stripeRefundStatuses,
  stripeStatuses,
} from './vocabulary.ts'
