import type { PaymentMethod } from '@payment-status/core'

/**
 * Words that a payment's `status` can have, by the published specifications and SDKs. They disagree with each other, so
 * the set is open. Checkout.com's page on looking payments up lists the first nine. A search returns them in lower case,
 * so they are compared without regard to case.
 */
export const checkoutComStatuses = [
  'Authorized',
  'Card Verified',
  'Partially Captured',
  'Captured',
  'Declined',
  'Partially Refunded',
  'Refunded',
  'Voided',
  'Pending',
  'Canceled',
  'Expired',
  'Requested',
  'Retry Scheduled',
  'Authentication Requested',
  'Paid',
  'Returned',
  'Active',
] as const
export type CheckoutComStatus = (typeof checkoutComStatuses)[number]

/** Words of the answer to a submitted Flow payment session, which is not a payment object. */
export const checkoutComFlowStatuses = ['Approved', 'Declined', 'Action Required'] as const
export type CheckoutComFlowStatus = (typeof checkoutComFlowStatuses)[number]

/** Reasons why Flow declined, by the types of `@checkout.com/checkout-web-components`. The set is open. */
export const checkoutComFlowReasons = [
  'not_enough_funds',
  'invalid_payment_session_data',
  'invalid_customer_data',
  'customer_misconfiguration',
  'merchant_misconfiguration',
  'try_again',
  'payment_cancelled',
  'payment_expired',
  'card_not_supported',
] as const
export type CheckoutComFlowReason = (typeof checkoutComFlowReasons)[number]

/** Codes of a Flow error of the types `Request` and `PaymentMethod`: the ones that can concern a payment. */
export const checkoutComFlowErrors = [
  'payment_request_declined',
  'payment_request_aborted',
  'payment_request_failed',
  'payment_method_attempt_failed',
  'network_error',
  'tokenize_request_failed',
] as const
export type CheckoutComFlowError = (typeof checkoutComFlowErrors)[number]

/** Types of an action on a payment (`actions[].type`). The set is open. */
export const checkoutComActionTypes = [
  'Authorization',
  'Card Verification',
  'Capture',
  'Void',
  'Refund',
  'Payout',
  'Return',
  'Authentication',
  'Dispute',
] as const
export type CheckoutComActionType = (typeof checkoutComActionTypes)[number]

/** Payment methods by kind, as `source.type` has them in the published SDKs. The set is open. */
// biome-ignore format: one word to a line would fill a screen
export const checkoutComSourcesByKind = {
  card: ['card', 'network_token', 'token', 'provider_token'],
  wallet: [
    'alipay', 'alipay_cn', 'alipay_hk', 'alipay_plus', 'applepay', 'benefitpay', 'bizum', 'dana', 'gcash', 'googlepay',
    'kakaopay', 'mbway', 'mobilepay', 'octopus', 'paypal', 'stcpay', 'swish', 'tng', 'truemoney', 'twint', 'vipps', 'wechatpay',
  ],
  bank_redirect: [
    'bancontact', 'benefit', 'blik', 'eps', 'giropay', 'ideal', 'knet', 'p24', 'plaid', 'poli', 'postfinance', 'qpay',
    'sofort', 'trustly',
  ],
  bank_transfer: ['ach', 'bacs', 'bank_account', 'paynow', 'sepa'],
  voucher: ['baloto', 'boleto', 'fawry', 'multibanco', 'oxxo', 'pagofacil', 'rapipago'],
  buy_now_pay_later: ['afterpay', 'alma', 'klarna', 'sequra', 'tabby', 'tamara'],
  other: ['cvconnect', 'illicado'], // holiday vouchers, and a gift card
} as const satisfies Readonly<Record<PaymentMethod['kind'], readonly string[]>>
export type CheckoutComSourceType =
  (typeof checkoutComSourcesByKind)[keyof typeof checkoutComSourcesByKind][number]
export const checkoutComSourceTypes: readonly CheckoutComSourceType[] =
  Object.values(checkoutComSourcesByKind).flat()

/** Webhook types about a payment that have a meaning of their own. Over 140 types exist. */
export const checkoutComEventTypes = [
  'payment_approved',
  'payment_pending',
  'payment_declined',
  'card_verification_declined',
  'card_verified',
  'payment_captured',
  'payment_refunded',
  'payment_voided',
  'payment_canceled',
  'payment_expired',
  'payment_capture_pending',
  'payment_capture_declined',
  'payment_void_declined',
  'payment_refund_pending',
  'payment_refund_declined',
  'payment_authentication_failed',
  'payment_retry_scheduled',
  'payment_returned',
  'payment_paid',
  'payment_authorization_incremented',
  'payment_authorization_increment_declined',
] as const
export type CheckoutComEventType = (typeof checkoutComEventTypes)[number]

/**
 * Webhook types about a dispute or its warning whose name states the outcome. `dispute_*` is open. The last two are
 * those of the previous platform.
 */
export const checkoutComDisputeTypes = [
  'dispute_received',
  'dispute_evidence_required',
  'dispute_evidence_submitted',
  'dispute_evidence_acknowledged_by_scheme',
  'dispute_acknowledged',
  'dispute_arbitration_sent_to_scheme',
  'dispute_won',
  'dispute_arbitration_won',
  'dispute_lost',
  'dispute_arbitration_lost',
  'dispute_accepted',
  'dispute_expired',
  'dispute_canceled',
  'dispute_resolved',
  'fraud_reported',
  'request_for_information_received',
  'payment_chargeback',
  'payment_retrieval',
] as const
export type CheckoutComDisputeType = (typeof checkoutComDisputeTypes)[number]

/** Words of a dispute's `status` in the answers of `GET /disputes`, by the SDKs. The set is open. */
export const checkoutComDisputeStatuses = [
  'evidence_required',
  'evidence_under_review',
  'arbitration_under_review',
  'arb_evidence_submitted',
  'won',
  'arbitration_won',
  'lost',
  'arbitration_lost',
  'accepted',
  'expired',
  'canceled',
  'resolved',
] as const
export type CheckoutComDisputeStatus = (typeof checkoutComDisputeStatuses)[number]

/** Response codes with a meaning of their own. The others are read by their family. They are strings: some hold letters. */
export const checkoutComDeclineCodes = [
  '20001',
  '20005',
  '20014',
  '20038',
  '20051',
  '20054',
  '20057',
  '20059',
  '20061',
  '20062',
  '20068',
  '20087',
  '20088',
  '20091',
  '20093',
  '20096',
  '20100',
  '20150',
  '20151',
  '20152',
  '20154',
  '20179',
  '20182',
  '20183',
  '200R1',
  '200R3',
  '30004',
  '30041',
  '30043',
  '40104',
  '40108',
  '40111',
  '43401',
] as const
export type CheckoutComDeclineCode = (typeof checkoutComDeclineCodes)[number]
