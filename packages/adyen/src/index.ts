export { type AdyenConfig, type AdyenProvider, createAdyen } from './provider.ts'
export type { AdyenItem, AdyenPaymentResponse, AdyenSession } from './schema.ts'
export { readSettlementReport, type SettlementReportOptions } from './settlement-report.ts'
export { type BasicAuth, signWebhook } from './signature.ts'
export { type AdyenFacts, toPaymentStatus } from './status.ts'
export {
  type AdyenActionType,
  type AdyenCaptureMode,
  type AdyenClientError,
  type AdyenDisputeEvent,
  type AdyenDisputeStatus,
  type AdyenEventCode,
  type AdyenOtherEvent,
  type AdyenPaymentEvent,
  type AdyenRefusalCode,
  type AdyenResultCode,
  type AdyenSessionStatus,
  type AdyenSettlementType,
  adyenActionTypes,
  adyenCaptureModes,
  adyenClientErrors,
  adyenDisputeEvents,
  adyenDisputeStatuses,
  adyenEventCodes,
  adyenOtherEvents,
  adyenPaymentEvents,
  adyenRefusalCodes,
  adyenResultCodes,
  adyenSessionStatuses,
  adyenSettlementTypes,
} from './vocabulary.ts'
