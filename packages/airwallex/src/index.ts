export type { AirwallexAccess } from './api.ts'
export { type AirwallexConfig, type AirwallexProvider, createAirwallex } from './provider.ts'
export type { AirwallexAttempt, AirwallexPaymentIntent, AirwallexRefund } from './schema.ts'
export { type AirwallexAttemptFacts, type AirwallexFacts, toPaymentStatus } from './status.ts'
export {
  type AirwallexAdviceCode,
  type AirwallexAttemptStatus,
  type AirwallexDisputeStatus,
  type AirwallexEventFamily,
  type AirwallexEventName,
  type AirwallexFailureCode,
  type AirwallexIssuerCode,
  type AirwallexMethodType,
  type AirwallexNextActionType,
  type AirwallexPaymentEvent,
  type AirwallexRefundStatus,
  type AirwallexStatus,
  airwallexAdviceCodes,
  airwallexAttemptStatuses,
  airwallexDisputeStatuses,
  airwallexEventFamilies,
  airwallexEventNames,
  airwallexFailureCodes,
  airwallexIssuerCodes,
  airwallexMethodTypes,
  airwallexNextActionTypes,
  airwallexPaymentEvents,
  airwallexRefundStatuses,
  airwallexStatuses,
} from './vocabulary.ts'
export { signWebhook } from './webhook.ts'
