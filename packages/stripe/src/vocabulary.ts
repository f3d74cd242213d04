import type { PaymentMethod } from '@payment-status/core'

/** Words of a PaymentIntent's `status`: Stripe's published types, API 2026-07-29.dahlia. */
export const stripeStatuses = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'canceled',
  'succeeded',
] as const
export type StripeStatus = (typeof stripeStatuses)[number]

/** Words that API versions before 2019-02-11 use for `requires_payment_method` and `requires_action`; their webhooks still do. */
export const stripeFormerStatuses = ['requires_source', 'requires_source_action'] as const
export type StripeFormerStatus = (typeof stripeFormerStatuses)[number]

/** Reasons a PaymentIntent was canceled for: the first four are the merchant's, the rest Stripe's own. Same source. */
export const stripeCancellationReasons = [
  'abandoned',
  'duplicate',
  'fraudulent',
  'requested_by_customer',
  'automatic',
  'expired',
  'failed_invoice',
  'void_invoice',
] as const
export type StripeCancellationReason = (typeof stripeCancellationReasons)[number]

/** Words of `next_action.type`. Stripe calls the set open. Same source. */
export const stripeNextActionTypes = [
  'alipay_handle_redirect',
  'blik_authorize',
  'boleto_display_details',
  'card_await_notification',
  'cashapp_handle_redirect_or_display_qr_code',
  'display_bank_transfer_instructions',
  'klarna_display_qr_code',
  'konbini_display_details',
  'multibanco_display_details',
  'oxxo_display_details',
  'paynow_display_qr_code',
  'pix_display_qr_code',
  'promptpay_display_qr_code',
  'redirect_to_url',
  'swish_handle_redirect_or_display_qr_code',
  'upi_handle_redirect_or_display_qr_code',
  'use_stripe_sdk',
  'verify_with_microdeposits',
  'wechat_pay_display_qr_code',
  'wechat_pay_redirect_to_android_app',
  'wechat_pay_redirect_to_ios_app',
] as const
export type StripeNextActionType = (typeof stripeNextActionTypes)[number]

/** Words of a dispute's `status`: Stripe's published types; the two appeals came with API 2026-10-28.endive. */
export const stripeDisputeStatuses = [
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'needs_response',
  'under_review',
  'appeal_needs_response',
  'appeal_under_review',
  'won',
  'lost',
  'prevented',
] as const
export type StripeDisputeStatus = (typeof stripeDisputeStatuses)[number]

/** Words of a refund's `status`: Stripe's reference of the Refund object (https://docs.stripe.com/api/refunds/object). */
export const stripeRefundStatuses = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const
export type StripeRefundStatus = (typeof stripeRefundStatuses)[number]

/** Words of a charge's `status`: Stripe's published types. */
export const stripeChargeStatuses = ['succeeded', 'pending', 'failed'] as const
export type StripeChargeStatus = (typeof stripeChargeStatuses)[number]

/** Words of a charge's `payment_method_details.type`, by kind: Stripe's published types. The set is open. */
// biome-ignore format: one word to a line would fill a screen
export const stripeMethodsByKind = {
  card: ['card', 'card_present', 'interac_present', 'kr_card'],
  wallet: [
    'alipay', 'amazon_pay', 'bizum', 'cashapp', 'grabpay', 'kakao_pay', 'link', 'mb_way', 'mobilepay', 'naver_pay',
    'payco', 'paypal', 'paypay', 'revolut_pay', 'samsung_pay', 'satispay', 'swish', 'twint', 'wechat', 'wechat_pay',
  ],
  bank_transfer: [
    'ach_credit_transfer', 'ach_debit', 'acss_debit', 'au_becs_debit', 'bacs_debit', 'customer_balance', 'nz_bank_account',
    'paynow', 'payto', 'pix', 'promptpay', 'sepa_credit_transfer', 'sepa_debit', 'upi', 'us_bank_account',
  ],
  bank_redirect: ['bancontact', 'blik', 'eps', 'fpx', 'giropay', 'ideal', 'p24', 'pay_by_bank', 'sofort'],
  voucher: ['boleto', 'konbini', 'multibanco', 'oxxo'],
  buy_now_pay_later: ['affirm', 'afterpay_clearpay', 'alma', 'billie', 'klarna', 'scalapay', 'sequra', 'sunbit', 'zip'],
  other: ['crypto', 'stripe_account'],
} as const satisfies Readonly<Record<PaymentMethod['kind'], readonly string[]>>
export type StripeMethodType = (typeof stripeMethodsByKind)[keyof typeof stripeMethodsByKind][number]
export const stripeMethodTypes: readonly StripeMethodType[] = Object.values(stripeMethodsByKind).flat()

/** Event families that concern a payment: the words before a type's last dot, the longer ones first. */
export const stripeEventFamilies = [
  'payment_intent',
  'charge.dispute',
  'charge',
  'refund',
  'review',
  'radar.early_fraud_warning',
  'checkout.session',
  'customer_cash_balance_transaction',
] as const
export type StripeEventFamily = (typeof stripeEventFamilies)[number]

/** Events to send to your endpoint: all of those families that Stripe's types name today. The set is open. */
export const stripeEventTypes = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.partially_funded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'charge.captured',
  'charge.expired',
  'charge.failed',
  'charge.pending',
  'charge.refund.updated',
  'charge.refunded',
  'charge.succeeded',
  'charge.updated',
  'charge.dispute.closed',
  'charge.dispute.created',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.updated',
  'refund.created',
  'refund.failed',
  'refund.updated',
  'review.closed',
  'review.opened',
  'radar.early_fraud_warning.created',
  'radar.early_fraud_warning.updated',
  'checkout.session.async_payment_failed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.completed',
  'checkout.session.expired',
  'customer_cash_balance_transaction.created',
] as const
export type StripeEventType = (typeof stripeEventTypes)[number]

/** Words seen in a return URL's `redirect_status`. Unverified: no source lists them. */
export const stripeRedirectStatuses = ['succeeded', 'pending', 'failed'] as const
export type StripeRedirectStatus = (typeof stripeRedirectStatuses)[number]

/** Words of the issuer's advice on a decline (https://docs.stripe.com/declines/card#retrying-issuer-declines). */
export const stripeAdviceCodes = ['try_again_later', 'confirm_card_data', 'do_not_try_again'] as const
export type StripeAdviceCode = (typeof stripeAdviceCodes)[number]

/** Words of `decline_code`, the issuer's reason (https://docs.stripe.com/declines/codes). The set is open. */
// biome-ignore format: one word to a line would fill a screen
export const stripeDeclineCodes = [
  'approve_with_id', 'authentication_not_handled', 'authentication_required', 'call_issuer',
  'card_not_supported', 'card_velocity_exceeded', 'currency_not_supported', 'do_not_honor',
  'do_not_try_again', 'duplicate_transaction', 'expired_card', 'fraudulent', 'generic_decline',
  'incorrect_cvc', 'incorrect_number', 'incorrect_pin', 'incorrect_zip', 'insufficient_funds',
  'invalid_account', 'invalid_amount', 'invalid_cvc', 'invalid_expiry_month', 'invalid_expiry_year',
  'invalid_number', 'invalid_pin', 'issuer_not_available', 'lost_card', 'merchant_blacklist',
  'mobile_device_authentication_required', 'new_account_information_available', 'no_action_taken',
  'not_permitted', 'offline_pin_required', 'online_or_offline_pin_required', 'pickup_card',
  'pin_try_exceeded', 'processing_error', 'reenter_transaction', 'restricted_card',
  'revocation_of_all_authorizations', 'revocation_of_authorization', 'security_violation',
  'service_not_allowed', 'stolen_card', 'stop_payment_order', 'testmode_decline', 'transaction_not_allowed',
  'try_again_later', 'withdrawal_count_limit_exceeded',
] as const
export type StripeDeclineCode = (typeof stripeDeclineCodes)[number]

/** Words of `code`, for declines without a `decline_code` (https://docs.stripe.com/error-codes). The set is open. */
// biome-ignore format: one word to a line would fill a screen
export const stripeErrorCodes = [
  'account_closed', 'authentication_required', 'bank_account_restricted', 'card_decline_rate_limit_exceeded',
  'card_declined', 'charge_exceeds_transaction_limit', 'debit_not_authorized', 'expired_card', 'expired_payment_method',
  'incorrect_address', 'incorrect_cvc', 'incorrect_number', 'incorrect_postal_code', 'incorrect_zip', 'insufficient_funds',
  'invalid_cvc', 'invalid_expiry_month', 'invalid_expiry_year', 'invalid_number', 'no_account',
  'payment_intent_authentication_failure', 'payment_intent_mandate_invalid', 'payment_intent_payment_attempt_expired',
  'payment_intent_payment_attempt_failed', 'payment_method_bank_account_blocked', 'payment_method_customer_decline',
  'payment_method_not_available', 'payment_method_provider_decline', 'payment_method_provider_timeout', 'processing_error',
  'refer_to_customer',
] as const
export type StripeErrorCode = (typeof stripeErrorCodes)[number]
