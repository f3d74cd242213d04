import type { PaymentMethod } from '@payment-status/core'

/**
 * The words of a PaymentIntent's `status`. The first seven are current: the documentation lists six, and
 * `PENDING_REVIEW` follows from the event of that name. The other four come from older API versions.
 */
export const airwallexStatuses = [
  'REQUIRES_PAYMENT_METHOD',
  'REQUIRES_CUSTOMER_ACTION',
  'REQUIRES_CAPTURE',
  'PENDING',
  'PENDING_REVIEW',
  'SUCCEEDED',
  'CANCELLED',
  'CREATED',
  'CAPTURE_REQUIRED',
  'CAPTURE_REQUESTED',
  'REQUESTED_CAPTURE',
] as const
export type AirwallexStatus = (typeof airwallexStatuses)[number]

/** The statuses of older API versions: a webhook subscription may still send them. */
export const airwallexOldStatuses = [
  'CREATED',
  'CAPTURE_REQUIRED',
  'CAPTURE_REQUESTED',
  'REQUESTED_CAPTURE',
] as const satisfies readonly AirwallexStatus[]

/** The words of a payment attempt's `status`. */
export const airwallexAttemptStatuses = [
  'RECEIVED',
  'AUTHENTICATION_REDIRECTED',
  'PENDING_AUTHORIZATION',
  'AUTHORIZED',
  'CAPTURE_REQUESTED',
  'SETTLED',
  'PAID',
  'CANCELLED',
  'EXPIRED',
  'FAILED',
] as const
export type AirwallexAttemptStatus = (typeof airwallexAttemptStatuses)[number]

/** The words of a refund's `status`; the last two come from older API versions. */
export const airwallexRefundStatuses = [
  'RECEIVED',
  'ACCEPTED',
  'SETTLED',
  'FAILED',
  'SUCCEEDED',
  'PROCESSING',
] as const
export type AirwallexRefundStatus = (typeof airwallexRefundStatuses)[number]

/** The words of a dispute's `status`. */
export const airwallexDisputeStatuses = [
  'REQUIRES_RESPONSE',
  'CHALLENGED',
  'PENDING_DECISION',
  'PENDING_CLOSURE',
  'ACCEPTED',
  'EXPIRED',
  'WON',
  'LOST',
  'REVERSED',
] as const
export type AirwallexDisputeStatus = (typeof airwallexDisputeStatuses)[number]

/** The events of a PaymentIntent whose object states the payment. */
export const airwallexPaymentEvents = [
  'payment_intent.created',
  'payment_intent.requires_payment_method',
  'payment_intent.requires_customer_action',
  'payment_intent.requires_capture',
  'payment_intent.pending',
  'payment_intent.pending_review',
  'payment_intent.succeeded',
  'payment_intent.cancelled',
  'payment_intent.updated',
] as const
export type AirwallexPaymentEvent = (typeof airwallexPaymentEvents)[number]

/** The words before an event name's last dot that concern a payment. All other events are unrelated. */
export const airwallexEventFamilies = [
  'payment_intent',
  'payment_attempt',
  'refund',
  'payment_dispute',
  'dispute',
  'fraud',
] as const
export type AirwallexEventFamily = (typeof airwallexEventFamilies)[number]

/** The events to subscribe a webhook URL to: every current event of those families that the documentation names. */
export const airwallexEventNames = [
  ...airwallexPaymentEvents,
  'payment_intent.payment_failed',
  'payment_attempt.received',
  'payment_attempt.authentication_redirected',
  'payment_attempt.authentication_failed',
  'payment_attempt.pending_authorization',
  'payment_attempt.authorized',
  'payment_attempt.authorization_failed',
  'payment_attempt.capture_requested',
  'payment_attempt.capture_failed',
  'payment_attempt.settled',
  'payment_attempt.paid',
  'payment_attempt.cancelled',
  'payment_attempt.expired',
  'payment_attempt.risk_declined',
  'payment_attempt.failed_to_process',
  'refund.received',
  'refund.accepted',
  'refund.settled',
  'refund.failed',
  'payment_dispute.requires_response',
  'payment_dispute.challenged',
  'payment_dispute.accepted',
  'payment_dispute.expired',
  'payment_dispute.pending_closure',
  'payment_dispute.pending_decision',
  'payment_dispute.won',
  'payment_dispute.lost',
  'payment_dispute.reversed',
  'fraud.merchant_notified',
] as const
export type AirwallexEventName = (typeof airwallexEventNames)[number]

/** The words of `next_action.type`. The set is open. */
export const airwallexNextActionTypes = [
  'redirect',
  'redirect_iframe',
  'render_qrcode',
  'mobile_app_redirect',
  'notify_micro_deposits',
  'retry_micro_debit',
] as const
export type AirwallexNextActionType = (typeof airwallexNextActionTypes)[number]

/** The words of an attempt's `failure_code` that have a meaning here. The set is open. */
export const airwallexFailureCodes = [
  'issuer_declined',
  'provider_declined',
  'authentication_declined',
  'risk_declined',
  '3ds_not_supported',
  'card_brand_not_supported',
] as const
export type AirwallexFailureCode = (typeof airwallexFailureCodes)[number]

/** The issuer's own codes (ISO 8583) in `provider_original_response_code` that have a meaning here. The set is open. */
export const airwallexIssuerCodes = [
  '04',
  '05',
  '07',
  '14',
  '41',
  '43',
  '51',
  '54',
  '59',
  '61',
  '91',
] as const
export type AirwallexIssuerCode = (typeof airwallexIssuerCodes)[number]

/** The card scheme's advice in `merchant_advice_code` that has a meaning here. */
export const airwallexAdviceCodes = ['01', '02', '03', '21'] as const
export type AirwallexAdviceCode = (typeof airwallexAdviceCodes)[number]

/** The words of `payment_method.type` by kind: the members of the official SDK's type of an attempt's payment method. */
// biome-ignore format: one word to a line would fill a screen
export const airwallexMethodsByKind = {
  card: ['card', 'card_present'],
  wallet: [
    'airwallex_pay', 'alipaycn', 'alipayhk', 'applepay', 'boost', 'dana', 'doku_ewallet', 'gcash', 'go_pay', 'googlepay',
    'grabpay', 'jenius_pay', 'kakaopay', 'linkaja', 'ovo', 'paypal', 'paysera', 'rabbit_line_pay', 'satispay',
    'shopee_pay', 'skrill', 'tng', 'truemoney', 'wechatpay',
  ],
  bank_transfer: [
    'ach_direct_debit', 'bacs_direct_debit', 'bank_transfer', 'becs_direct_debit', 'duit_now', 'eft_direct_debit', 'fps',
    'pay_now', 'payto', 'prompt_pay', 'sepa_direct_debit',
  ],
  bank_redirect: [
    'bancontact', 'blik', 'dragonpay', 'eps', 'fpx', 'ideal', 'mybank', 'online_banking', 'p24', 'paybybankapp', 'payu',
    'sofort', 'trustly', 'verkkopankki',
  ],
  voucher: [
    'alfamart', 'axs_kiosk', 'esun', 'family_mart', 'hi_life', 'indomaret', 'konbini', 'maxima', 'multibanco', 'narvesen',
    'payeasy', 'paypost', 'paysafecard', 'paysafecash', 'perlas_terminals', 'sam_kiosk', 'seven_eleven',
  ],
  buy_now_pay_later: ['atome', 'klarna', 'zip'],
  other: ['bitpay'],
} as const satisfies Readonly<Record<PaymentMethod['kind'], readonly string[]>>
export type AirwallexMethodType = (typeof airwallexMethodsByKind)[keyof typeof airwallexMethodsByKind][number]
export const airwallexMethodTypes: readonly AirwallexMethodType[] =
  Object.values(airwallexMethodsByKind).flat()
