export type { OnerwayAccess } from './api.ts'
export { type Integration, type OnerwayFacts, toPaymentStatus } from './integrations.ts'
export { createOnerway, type OnerwayConfig, type OnerwayProvider } from './provider.ts'
export type { OnerwaySent } from './response.ts'
export { readSettlementFile, type SettlementLine, type SettlementRecord } from './settlement-file.ts'
export { signFields as signRequest } from './signature.ts'
export {
  type OnerwayChargebackStatus,
  type OnerwayDeclineCode,
  type OnerwayNotifyType,
  type OnerwayPaymentStatus,
  type OnerwaySettlementType,
  type OnerwayStatus,
  type OnerwayTxnType,
  onerwayChargebackStatuses,
  onerwayDeclineCodes,
  onerwayNotifyTypes,
  onerwayPaymentStatuses,
  onerwaySettlementTypes,
  onerwayStatuses,
  onerwayTxnTypes,
} from './vocabulary.ts'
export { signWebhook, type WebhookSignature, type WebhookTrust } from './webhook.ts'
