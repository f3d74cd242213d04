/** Every word that Acme Pay sends. Name the provider's page that lists them. @module */

/** Every `state` of a charge. */
export const acmePayStates = [
  'new',
  'challenge',
  'working',
  'held',
  'paid',
  'over',
  'lapsed',
  'rejected',
] as const
export type AcmePayState = (typeof acmePayStates)[number]

/** Every `state` of a refund. */
export const acmePayRefundStates = ['started', 'done', 'failed'] as const
export type AcmePayRefundState = (typeof acmePayRefundStates)[number]

/** Every `state` of a dispute. */
export const acmePayDisputeStates = ['opened', 'lost', 'won'] as const
export type AcmePayDisputeState = (typeof acmePayDisputeStates)[number]

/** Every `reason` of a charge. */
export const acmePayReasons = ['no_funds', 'card_expired', 'suspicious', 'not_authenticated'] as const
export type AcmePayReason = (typeof acmePayReasons)[number]
