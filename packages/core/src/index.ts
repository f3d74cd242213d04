export { type Advance, type AdvanceOptions, statusTransitions } from './decisions/advance.ts'
export { type AmountCheck, checkAmount } from './decisions/amount.ts'
export { type OrderStatus, resolveAttempts } from './decisions/attempts.ts'
export { dayIn } from './decisions/day.ts'
export { blocksDelivery } from './decisions/dispute.ts'
export {
  type HintNextStep,
  type NextStep,
  nextStep,
  type ShopperStep,
  type ShownAction,
} from './decisions/next-step.ts'
export { advance } from './decisions/observed-advance.ts'
export { foldEvent, foldOperations, type OperationEvent } from './decisions/operations.ts'
export { decideOrder, type OrderDecision, type OrderState } from './decisions/order.ts'
export { withoutParts } from './decisions/parts.ts'
export { paymentKey } from './decisions/payment-key.ts'
export {
  type Difference,
  type DifferingField,
  type OwnRecord,
  type ReconcileSummary,
  reconcile,
} from './decisions/reconcile.ts'
export { checkTerms, type OrderTerms } from './decisions/terms.ts'
export type { UnansweredPayment } from './decisions/unanswered.ts'
export {
  nextWait,
  type PollSchedule,
  pollSchedules,
  type Waited,
  type WaitOptions,
  waitForOutcome,
} from './decisions/wait.ts'
export type { Environment, EnvironmentGap, ProviderEnvironment } from './model/environment.ts'
export {
  isPaymentError,
  type PayloadIssue,
  PaymentError,
  type PaymentErrorCode,
  type PaymentErrorOptions,
} from './model/errors.ts'
export type {
  DisputeEvent,
  LookupKey,
  PaymentHint,
  PaymentReport,
  WebhookDelivery,
  WebhookEvent,
} from './model/evidence.ts'
export { currencyDigits, type Money } from './model/money.ts'
export type {
  Decline,
  DeclineReason,
  Dispute,
  DisputeStatus,
  Payment,
  PaymentMethod,
  PaymentOperation,
  ShopperAction,
} from './model/payment.ts'
export type {
  Fetch,
  KnownOptions,
  ListRange,
  LookupOptions,
  PaymentProvider,
  ProviderAnswers,
  ProviderName,
  ProviderOptions,
  ReferenceOptions,
  RequestOptions,
} from './model/provider.ts'
export {
  isDecided,
  type Outcome,
  outcomeOf,
  type PaymentStatus,
  paymentStatuses,
  statusMeanings,
} from './model/status.ts'
export {
  type Observed,
  type ObservedAdvance,
  type ObservedClaim,
  type ObservedDelivery,
  type ObservedRequest,
  observe,
} from './observe.ts'
export { checkWebRequest } from './webhooks/check-request.ts'
export { type MemoryClaimsOptions, memoryClaims, type WebhookClaims } from './webhooks/claims.ts'
export { createWebhookHandler, type WebhookHandlerOptions } from './webhooks/webhook-handler.ts'
