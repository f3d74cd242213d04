import type { PaymentMethod } from '@payment-status/core'

/**
 * Every word a payment's `status` is known to take, by the published specifications and SDKs (they disagree with each
 * other, so the set is open). The first nine stand on Checkout.com's page on looking payments up. A search answers with
 * them in lower case, so they are compared without regard to it.
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

/** The words of the answer to a Flow payment session that was submitted: a document of its own, not the payment object. */
export const checkoutComFlowStatuses = ['Approved', 'Declined', 'Action Required'] as const
export type CheckoutComFlowStatus = (typeof checkoutComFlowStatuses)[number]

/** What can be done to a payment, as `actions[].type` has it. The set is open. */
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

/** What a payment can be paid with, by kind: `source.type`, by the published SDKs. The set is open. */
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

/** The webhook types that concern a payment or its dispute and have a meaning of their own; over 140 exist. */
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

/** The dispute types whose outcome their name tells; `dispute_*` is open. The last two are the previous platform's. */
export const checkoutComDisputeTypes = [
  'dispute_received',
  'dispute_evidence_required',
  'dispute_evidence_submitted',
  'dispute_evidence_acknowledged_by_scheme',
  'dispute_acknowledged',
  'dispute_request_for_information',
  'dispute_arbitration_sent_to_scheme',
  'dispute_won',
  'dispute_arbitration_won',
  'dispute_lost',
  'dispute_arbitration_lost',
  'dispute_accepted',
  'dispute_expired',
  'dispute_canceled',
  'dispute_resolved',
  'payment_chargeback',
  'payment_retrieval',
] as const
export type CheckoutComDisputeType = (typeof checkoutComDisputeTypes)[number]

/** Response codes with a meaning of their own; the rest go by their family. Strings: some hold letters. */
export const checkoutComDeclineCodes = [
  '20001',
  '20005',
  '20014',
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
  '20096',
  '20100',
  '20151',
  '20152',
  '20154',
  '200R1',
  '200R3',
  '30004',
  '30041',
  '30043',
  '40104',
  '40108',
  '40111',
] as const
export type CheckoutComDeclineCode = (typeof checkoutComDeclineCodes)[number]
