export { type Advance, statusTransitions } from './deciding/advance.ts'
export { type AmountCheck, checkAmount } from './deciding/amount.ts'
export { type OrderStanding, resolveAttempts } from './deciding/attempts.ts'
export { dayIn } from './deciding/day.ts'
export {
  type HintStep,
  nextStep,
  type OrderTerms,
  type ReportStep,
  type ShownAction,
} from './deciding/next-step.ts'
export { advance } from './deciding/observed-advance.ts'
export {
  type Difference,
  type DifferingField,
  type OwnRecord,
  type ReconcileSummary,
  reconcile,
} from './deciding/reconcile.ts'
export {
  nextWait,
  type PollSchedule,
  pollSchedules,
  type Waited,
  type WaitOptions,
  waitForOutcome,
} from './deciding/wait.ts'
export { type MemoryClaimsOptions, memoryClaims, type WebhookClaims } from './endpoint/claims.ts'
export { createWebhookHandler, type WebhookHandlerOptions } from './endpoint/webhook-handler.ts'
export {
  type Observed,
  type ObservedClaim,
  type ObservedDelivery,
  type ObservedHandover,
  type ObservedLook,
  type ObservedQuestion,
  type ObservedVerdict,
  observe,
} from './observe.ts'
export type { Environment, EnvironmentGap, ProviderEnvironment } from './words/environment.ts'
export {
  isPaymentError,
  type PayloadIssue,
  PaymentError,
  type PaymentErrorCode,
  type PaymentErrorOptions,
} from './words/errors.ts'
export type {
  LookupKey,
  PaymentHint,
  PaymentReport,
  WebhookDelivery,
  WebhookEvent,
} from './words/evidence.ts'
export { currencyDigits, type Money } from './words/money.ts'
export type {
  Decline,
  DeclineReason,
  Dispute,
  DisputeStatus,
  Payment,
  PaymentMethod,
  PaymentStep,
  ShopperAction,
} from './words/payment.ts'
export type {
  Fetch,
  ListRange,
  LookupOptions,
  PaymentProvider,
  ProviderOptions,
  RequestOptions,
} from './words/provider.ts'
export {
  isDecided,
  type Outcome,
  outcomeOf,
  type PaymentStatus,
  paymentStatuses,
  statusMeanings,
} from './words/status.ts'
