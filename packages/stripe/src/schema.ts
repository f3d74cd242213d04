import * as v from 'valibot'

/** Every word a PaymentIntent's `status` takes: Stripe's published types, API 2026-07-29.dahlia. */
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

/** Why a PaymentIntent was canceled: the first four are the merchant's, the rest Stripe's own. Same source. */
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

/** What `next_action.type` is known to hold; Stripe calls the set open. Same source. */
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

/** A dispute's `status`: Stripe's published types; the two appeals came with API 2026-10-28.endive. */
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

/** A refund's `status`: Stripe's reference of the Refund object (https://docs.stripe.com/api/refunds/object). */
export const stripeRefundStatuses = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const
export type StripeRefundStatus = (typeof stripeRefundStatuses)[number]

/** A charge's `status`: Stripe's published types. */
export const stripeChargeStatuses = ['succeeded', 'pending', 'failed'] as const
export type StripeChargeStatus = (typeof stripeChargeStatuses)[number]

/** What `payment_method_details.type` of a charge is known to hold: Stripe's published types. The set is open. */
// biome-ignore format: one word to a line would fill a screen
export const stripeMethodTypes = [
  'ach_credit_transfer', 'ach_debit', 'acss_debit', 'affirm', 'afterpay_clearpay', 'alipay', 'alma', 'amazon_pay',
  'au_becs_debit', 'bacs_debit', 'bancontact', 'billie', 'bizum', 'blik', 'boleto', 'card', 'card_present', 'cashapp',
  'crypto', 'customer_balance', 'eps', 'fpx', 'giropay', 'grabpay', 'ideal', 'interac_present', 'kakao_pay', 'klarna',
  'konbini', 'kr_card', 'link', 'mb_way', 'mobilepay', 'multibanco', 'naver_pay', 'nz_bank_account', 'oxxo', 'p24',
  'pay_by_bank', 'payco', 'paynow', 'paypal', 'paypay', 'payto', 'pix', 'promptpay', 'revolut_pay', 'samsung_pay',
  'satispay', 'scalapay', 'sepa_credit_transfer', 'sepa_debit', 'sequra', 'sofort', 'stripe_account', 'sunbit', 'swish',
  'twint', 'upi', 'us_bank_account', 'wechat', 'wechat_pay', 'zip',
] as const
export type StripeMethodType = (typeof stripeMethodTypes)[number]

/** The words before an event's last dot that concern a payment, the longer ones first. */
export const stripeEventFamilies = [
  'payment_intent',
  'charge.dispute',
  'charge',
  'refund',
  'review',
  'radar.early_fraud_warning',
  'checkout.session',
] as const
export type StripeEventFamily = (typeof stripeEventFamilies)[number]

/** The events to send to your endpoint: all of those families that Stripe's types name today. More may come. */
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
] as const
export type StripeEventType = (typeof stripeEventTypes)[number]

/** What `redirect_status` in a return URL is seen to hold. Unverified: no source lists its words. */
export const stripeRedirectStatuses = ['succeeded', 'pending', 'failed'] as const
export type StripeRedirectStatus = (typeof stripeRedirectStatuses)[number]

/** The issuer's advice on a refusal (https://docs.stripe.com/declines/card#retrying-issuer-declines). */
export const stripeAdviceCodes = ['try_again_later', 'confirm_card_data', 'do_not_try_again'] as const
export type StripeAdviceCode = (typeof stripeAdviceCodes)[number]

/** `decline_code`: why the issuer refused (https://docs.stripe.com/declines/codes). The set is open. */
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

/** `code`, for refusals that carry no `decline_code` (https://docs.stripe.com/error-codes). The set is open. */
// biome-ignore format: one word to a line would fill a screen
export const stripeErrorCodes = [
  'authentication_required', 'card_decline_rate_limit_exceeded', 'card_declined', 'expired_card',
  'incorrect_cvc', 'incorrect_number', 'incorrect_zip', 'insufficient_funds', 'invalid_cvc',
  'invalid_expiry_month', 'invalid_expiry_year', 'invalid_number', 'payment_intent_authentication_failure',
  'payment_intent_payment_attempt_expired', 'payment_intent_payment_attempt_failed',
  'payment_method_customer_decline', 'payment_method_not_available', 'payment_method_provider_decline',
  'payment_method_provider_timeout', 'processing_error',
] as const
export type StripeErrorCode = (typeof stripeErrorCodes)[number]

/** A PaymentIntent's id. Its client secret is that id with `_secret_…` behind it, and must not pass for one. */
export const paymentIdPattern = /^pi_(?!\w*_secret_)\w+$/

const text = v.nullish(v.string())
/** JSON can say -0, and a report that is stored as JSON cannot. */
const amount = v.pipe(
  v.number(),
  v.transform((value) => value + 0),
)
const minorUnits = v.nullish(amount)
/** Seconds since 1970, as far as `Date` reaches. */
const seconds = v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8_640_000_000_000)))
const paymentId = v.pipe(v.string(), v.regex(paymentIdPattern))

// What describes a payment without deciding anything: a field spelled differently in a new kind of it is not there, and no
// reason to call the payment unreadable.
const wordText = v.fallback(text, undefined)
const wordSeconds = v.fallback(seconds, undefined)
function described<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.fallback(v.nullish(v.object(entries)), undefined)
}

const cardFacts = { brand: wordText, last4: wordText, country: wordText }

/** What stands in `payment_method_details[payment_method_details.type]`: Stripe's published types, all of them in one shape. */
export const methodDetailsSchema = v.fallback(
  v.object({
    ...cardFacts,
    iban_last4: wordText,
    wallet: described({ type: wordText }),
    card: described(cardFacts), // mobilepay
    funding: described({ card: described(cardFacts) }), // amazon_pay, revolut_pay
    capture_before: wordSeconds,
    authorization_code: wordText,
    network_transaction_id: wordText,
    receipt: described({ authorization_code: wordText }), // card_present
    electronic_commerce_indicator: wordText,
    three_d_secure: described({
      electronic_commerce_indicator: wordText,
      version: wordText,
      result: wordText,
    }),
  }),
  {},
)
export type StripeMethodDetails = v.InferOutput<typeof methodDetailsSchema>

/** A refund, as a charge or `GET /v1/refunds` has it. */
export const refundSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  status: text,
  amount: minorUnits,
  reason: text,
  created: seconds,
})
export type StripeRefund = v.InferOutput<typeof refundSchema>

const disputeFacts = {
  id: text,
  status: v.string(),
  reason: text,
  amount: minorUnits,
  currency: text,
  evidence_details: v.nullish(v.object({ due_by: seconds })),
}

/** A dispute, as an event or `GET /v1/disputes` has it. */
export const disputeSchema = v.object(disputeFacts)
export type StripeDispute = v.InferOutput<typeof disputeSchema>

/** A charge: one attempt at a payment. Expanded in an intent, or from `GET /v1/charges`. */
export const chargeSchema = v.object({
  id: wordText,
  status: text,
  amount: minorUnits,
  amount_captured: minorUnits,
  amount_refunded: minorUnits,
  captured: v.fallback(v.nullish(v.boolean()), undefined),
  created: wordSeconds,
  disputed: v.nullish(v.boolean()),
  authorization_code: wordText,
  payment_method_details: v.fallback(v.nullish(v.looseObject({ type: v.string() })), undefined),
  refunds: v.nullish(v.object({ data: v.array(refundSchema) })),
})

export const nextActionSchema = v.nullish(v.looseObject({ type: v.string() }))

/** The fields we read of a PaymentIntent: the same object answers a lookup, a list row, a create call and a webhook. */
export const paymentSchema = v.object({
  id: paymentId,
  status: v.string(),
  amount,
  currency: v.pipe(v.string(), v.nonEmpty()),
  amount_received: minorUnits,
  amount_capturable: minorUnits,
  cancellation_reason: text,
  created: seconds,
  metadata: v.nullish(v.record(v.string(), v.unknown())),
  latest_charge: v.nullish(v.union([v.string(), chargeSchema])),
  next_action: nextActionSchema,
  last_payment_error: v.nullish(
    v.object({ code: text, decline_code: text, advice_code: text, message: text }),
  ),
})
export type StripePaymentIntent = v.InferOutput<typeof paymentSchema>
export type StripeCharge = v.InferOutput<typeof chargeSchema>
export type StripePaymentError = NonNullable<StripePaymentIntent['last_payment_error']>

const storeCodes = described({ payment_code: wordText, confirmation_number: wordText })

/** What stands in `next_action[next_action.type]`: Stripe's published types, all of them in one shape. */
export const actionDetailsSchema = v.fallback(
  v.object({
    url: wordText,
    hosted_voucher_url: wordText,
    hosted_instructions_url: wordText,
    hosted_verification_url: wordText,
    mobile_auth_url: wordText,
    image_url_png: wordText,
    pdf: wordText,
    data: wordText,
    number: wordText,
    entity: wordText,
    reference: wordText,
    amount_remaining: v.fallback(minorUnits, undefined),
    currency: wordText,
    financial_addresses: v.fallback(v.nullish(v.array(v.looseObject({ type: wordText }))), undefined),
    stores: described({
      familymart: storeCodes,
      lawson: storeCodes,
      ministop: storeCodes,
      seicomart: storeCodes,
    }),
    expires_at: wordSeconds,
    expires_after: wordSeconds,
    qr_code: described({ data: wordText, image_url_png: wordText, expires_at: wordSeconds }),
  }),
  {},
)
export type StripeActionDetails = v.InferOutput<typeof actionDetailsSchema>

/** What names a row even where the rest of it cannot be read. */
export const rowIdSchema = v.object({ id: paymentId })

/** A page of `GET /v1/payment_intents`. */
export const pageSchema = v.object({
  data: v.array(v.looseObject(rowIdSchema.entries)),
  has_more: v.nullish(v.boolean()),
})

/** A page of the lists of refunds, charges and disputes: the rows are read one by one. */
export const rowsSchema = v.object({
  data: v.array(v.looseObject({ id: v.string() })),
  has_more: v.nullish(v.boolean()),
})

/** A page of the search: it only finds ids, its rows may be old. */
export const searchPageSchema = v.object({
  data: v.array(rowIdSchema),
  has_more: v.nullish(v.boolean()),
  next_page: text,
})

/** The body of an error answer. A refused confirm call carries the PaymentIntent as it stands after the refusal. */
export const errorSchema = v.object({
  error: v.object({
    type: text,
    code: text,
    decline_code: text,
    payment_intent: v.nullish(v.record(v.string(), v.unknown())),
  }),
})

/** A webhook's envelope; thin events have another `object` and no data. */
export const eventSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  type: v.nullish(v.string(), ''),
  object: text,
  created: v.optional(v.unknown()),
  data: v.optional(v.unknown()),
})

/** What an event about one of our payments has besides: `created` in seconds since 1970. */
export const eventBodySchema = v.object({ created: seconds, data: v.object({ object: v.unknown() }) })

/** What names the payment in a charge, refund, review, dispute or session: an id, or the PaymentIntent where it is expanded. */
const intentReference = v.nullish(v.union([paymentId, v.object({ id: paymentId })]))
export type StripeIntentReference = v.InferOutput<typeof intentReference>

export const intentKeySchema = v.object({ payment_intent: intentReference })

/** What a row of refunds or disputes says of the payment it is about. */
export const touchSchema = v.object({ payment_intent: intentReference, created: seconds })

/** `data.object` of the dispute events. */
export const eventDisputeSchema = v.object({ ...disputeFacts, payment_intent: intentReference })

/** `data.object` of the early fraud warnings (https://docs.stripe.com/api/radar/early_fraud_warnings/object). */
export const eventWarningSchema = v.object({ id: text, fraud_type: text, payment_intent: intentReference })

const clientIntentSchema = v.object({ id: text, status: text, next_action: nextActionSchema })

/** What `confirmCardPayment` and `retrievePaymentIntent` resolve with (https://docs.stripe.com/js/payment_intents). */
export const clientResultSchema = v.object({
  paymentIntent: v.nullish(clientIntentSchema),
  error: v.nullish(v.object({ payment_intent: v.nullish(clientIntentSchema) })),
})
