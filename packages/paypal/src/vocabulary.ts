import type { PaymentMethod } from '@payment-status/core'

/** The words of an order's `status`. */
export const paypalOrderStatuses = [
  'CREATED',
  'PAYER_ACTION_REQUIRED',
  'SAVED',
  'APPROVED',
  'COMPLETED',
  'VOIDED',
] as const
export type PayPalOrderStatus = (typeof paypalOrderStatuses)[number]

/** The words of a capture's `status`. */
export const paypalCaptureStatuses = [
  'PENDING',
  'COMPLETED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'DECLINED',
  'FAILED',
] as const
export type PayPalCaptureStatus = (typeof paypalCaptureStatuses)[number]

/** The words of a capture's `status_details.reason`: why it is pending or was declined. */
export const paypalCaptureReasons = [
  'BUYER_COMPLAINT',
  'CHARGEBACK',
  'REFUNDED',
  'ECHECK',
  'INTERNATIONAL_WITHDRAWAL',
  'OTHER',
  'PENDING_REVIEW',
  'RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION',
  'TRANSACTION_APPROVED_AWAITING_FUNDING',
  'UNILATERAL',
  'VERIFICATION_REQUIRED',
  'DECLINED_BY_RISK_FRAUD_FILTERS',
] as const
export type PayPalCaptureReason = (typeof paypalCaptureReasons)[number]

/** The words of an authorization's `status`. */
export const paypalAuthorizationStatuses = [
  'CREATED',
  'PENDING',
  'PARTIALLY_CAPTURED',
  'CAPTURED',
  'VOIDED',
  'DENIED',
] as const
export type PayPalAuthorizationStatus = (typeof paypalAuthorizationStatuses)[number]

/** The words of a refund's `status`. */
export const paypalRefundStatuses = ['PENDING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const
export type PayPalRefundStatus = (typeof paypalRefundStatuses)[number]

/** The words of a dispute's `status`. */
export const paypalDisputeStatuses = [
  'OPEN',
  'WAITING_FOR_SELLER_RESPONSE',
  'WAITING_FOR_BUYER_RESPONSE',
  'UNDER_REVIEW',
  'RESOLVED',
  'OTHER',
] as const
export type PayPalDisputeStatus = (typeof paypalDisputeStatuses)[number]

/** The words of a dispute's `dispute_outcome.outcome_code`. */
export const paypalDisputeOutcomes = [
  'RESOLVED_SELLER_FAVOUR',
  'RESOLVED_BUYER_FAVOUR',
  'RESOLVED_WITH_PAYOUT',
  'ACCEPTED',
  'CANCELED_BY_BUYER',
  'DENIED',
  'NONE',
] as const
export type PayPalDisputeOutcome = (typeof paypalDisputeOutcomes)[number]

/** The events to subscribe a webhook to: all that concern an order, its operations and its disputes. */
export const paypalEventNames = [
  'CHECKOUT.ORDER.APPROVED',
  'CHECKOUT.ORDER.COMPLETED',
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
  'PAYMENT.AUTHORIZATION.CREATED',
  'PAYMENT.AUTHORIZATION.VOIDED',
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.PENDING',
  'PAYMENT.CAPTURE.DECLINED',
  'PAYMENT.CAPTURE.DENIED',
  'PAYMENT.CAPTURE.REFUNDED',
  'PAYMENT.CAPTURE.REVERSED',
  'PAYMENT.REFUND.PENDING',
  'PAYMENT.REFUND.FAILED',
  'CUSTOMER.DISPUTE.CREATED',
  'CUSTOMER.DISPUTE.UPDATED',
  'CUSTOMER.DISPUTE.RESOLVED',
] as const
export type PayPalEventName = (typeof paypalEventNames)[number]

/** The words before an event name's last dot that concern a payment. All other events are unrelated. */
export const paypalEventFamilies = [
  'CHECKOUT.ORDER',
  'CHECKOUT.PAYMENT-APPROVAL',
  'PAYMENT.AUTHORIZATION',
  'PAYMENT.CAPTURE',
  'PAYMENT.REFUND',
  'CUSTOMER.DISPUTE',
  'RISK.DISPUTE',
] as const
export type PayPalEventFamily = (typeof paypalEventFamilies)[number]

/** The words of `processor_response.response_code` that have a meaning here. PayPal lists 154; the set is open. */
// biome-ignore format: one code to a line would fill two screens
export const paypalResponseCodes = [
  '0500', '5120', '5400', '1380', 'PPEX', 'PPEF', '00N7', '5110', '1382', 'PCVV', 'PPC2', '9500', '9520', '5150', '0390',
  '1330', '5140', '5180', '5930', '6300', 'PP06', '5650', '7700', '7710', 'PPD3', '5910', '5920', '5135', '5710', 'PPAX',
  'PPEL', 'PPNL', '0580', '1352', '5700', 'PPAB', '0960', '8000', '8100', '8110', '8220', '9100', 'PPER', 'PPNT', '0R00',
  'PPRN',
] as const
export type PayPalResponseCode = (typeof paypalResponseCodes)[number]

/** The card scheme's advice in `processor_response.payment_advice_code` that has a meaning here. */
export const paypalAdviceCodes = ['01', '02', '03', '21'] as const
export type PayPalAdviceCode = (typeof paypalAdviceCodes)[number]

/** Issues of a 422 that state a decline of this attempt: the order stays as it was. */
export const paypalDeclineIssues = [
  'INSTRUMENT_DECLINED',
  'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING',
  'CARD_EXPIRED',
  'CARD_BRAND_NOT_SUPPORTED',
  'PAYER_CANNOT_PAY',
  'PAYER_ACCOUNT_RESTRICTED',
  'PAYER_ACCOUNT_LOCKED_OR_CLOSED',
  'COMPLIANCE_VIOLATION',
  'PAYEE_BLOCKED_TRANSACTION',
  'TRANSACTION_BLOCKED_BY_PAYEE',
  'TRANSACTION_LIMIT_EXCEEDED',
  'TRANSACTION_REFUSED',
] as const
export type PayPalDeclineIssue = (typeof paypalDeclineIssues)[number]

/** Issues of a 422 that state nothing about the money: only a lookup does. */
export const paypalLookupIssues = [
  'ORDER_ALREADY_CAPTURED',
  'ORDER_ALREADY_AUTHORIZED',
  'ORDER_COMPLETION_IN_PROGRESS',
  'ORDER_ALREADY_COMPLETED',
  'DUPLICATE_REQUEST_ID',
] as const
export type PayPalLookupIssue = (typeof paypalLookupIssues)[number]

/** The members of `payment_source` by kind: those of the official SDK's type, and of the documentation's methods. */
export const paypalMethodsByKind = {
  card: ['card'],
  wallet: ['paypal', 'venmo', 'apple_pay', 'google_pay', 'satispay', 'wechatpay', 'swish'],
  bank_transfer: ['bank', 'trustly', 'pix'],
  bank_redirect: ['bancontact', 'blik', 'eps', 'giropay', 'ideal', 'mybank', 'p24', 'sofort'],
  voucher: ['boletobancario', 'multibanco', 'oxxo'],
  buy_now_pay_later: ['pay_upon_invoice'],
  other: ['token', 'crypto', 'mbway'],
} as const satisfies Readonly<Record<PaymentMethod['kind'], readonly string[]>>
export type PayPalMethodType = (typeof paypalMethodsByKind)[keyof typeof paypalMethodsByKind][number]
export const paypalMethodTypes: readonly PayPalMethodType[] = Object.values(paypalMethodsByKind).flat()
