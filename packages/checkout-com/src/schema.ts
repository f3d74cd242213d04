import * as v from 'valibot'

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

/** What a payment can be paid with: `source.type`, by the published SDKs. The set is open. */
export const checkoutComSourceTypes = [
  'card',
  'network_token',
  'token',
  'provider_token',
  'ach',
  'afterpay',
  'alipay',
  'alipay_cn',
  'alipay_hk',
  'alipay_plus',
  'alma',
  'applepay',
  'bacs',
  'baloto',
  'bancontact',
  'bank_account',
  'benefit',
  'benefitpay',
  'bizum',
  'blik',
  'boleto',
  'cvconnect',
  'dana',
  'eps',
  'fawry',
  'gcash',
  'giropay',
  'googlepay',
  'ideal',
  'illicado',
  'kakaopay',
  'klarna',
  'knet',
  'mbway',
  'mobilepay',
  'multibanco',
  'octopus',
  'oxxo',
  'p24',
  'pagofacil',
  'paynow',
  'paypal',
  'plaid',
  'poli',
  'postfinance',
  'qpay',
  'rapipago',
  'sepa',
  'sequra',
  'sofort',
  'stcpay',
  'swish',
  'tabby',
  'tamara',
  'tng',
  'truemoney',
  'trustly',
  'twint',
  'vipps',
  'wechatpay',
] as const
export type CheckoutComSourceType = (typeof checkoutComSourceTypes)[number]

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

/** What may stand in `/payments/{id}`: a payment, or a 3-D Secure session. */
export const lookupIdPattern = /^(pay|sid)_(\w{26})$/
export const paymentIdPattern = /^pay_\w{26}$/

const text = v.nullish(v.string())
const minorUnits = v.nullish(v.number())
/** A sum of money that decides a status: a whole number of minor units, or it is no sum. */
const total = v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0)))
/** What is good to know but decides nothing: whatever stands there, it spoils no payment. */
const aside = v.fallback(v.nullish(v.union([v.string(), v.number()])), undefined)
const asideCount = v.fallback(v.nullish(v.number()), undefined)

function asideObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.fallback(v.nullish(v.object(entries)), undefined)
}

const balancesSchema = v.nullish(
  v.object({
    total_authorized: total,
    total_voided: total,
    total_captured: total,
    total_refunded: total,
  }),
)
export type CheckoutComBalances = v.InferOutput<typeof balancesSchema>

/** When Checkout.com will try a refused payment again by itself, under the same id. */
const retrySchema = asideObject({
  attempts_made: asideCount,
  max_attempts: asideCount,
  next_attempt_on: aside,
})
export type CheckoutComRetry = v.InferOutput<typeof retrySchema>

const sourceSchema = asideObject({
  type: aside,
  scheme: aside,
  card_wallet_type: aside,
  last4: aside,
  last_4: aside, // in webhooks
  issuer_country: aside,
  payment_country: aside,
  reference_number: aside, // Fawry
  payment_reference: aside, // Multibanco, which needs the supplier's number too
  service_supplier_id: aside,
  qr_data: aside, // BenefitPay
  expires_on: aside,
})
export type CheckoutComSource = v.InferOutput<typeof sourceSchema>

const threeDSSchema = v.nullish(v.object({ authentication_response: text, eci: aside, version: aside }))
const processingSchema = asideObject({ acquirer_reference_number: aside })

/** What a payment and the `data` of its webhooks have in common: how it was paid, and by which numbers a bank knows it. */
const paidWith = {
  source: sourceSchema,
  destination: v.optional(v.unknown()),
  retry: retrySchema,
  '3ds': threeDSSchema,
  eci: aside,
  auth_code: aside,
  scheme_id: aside,
  processing: processingSchema,
  expires_on: aside,
}

const actionSchema = v.object({
  id: aside,
  type: aside,
  status: aside,
  approved: v.fallback(v.nullish(v.boolean()), undefined),
  amount: asideCount,
  processed_on: aside,
  auth_code: aside,
  processing: processingSchema,
  response_code: text,
  response_summary: text,
})
export type CheckoutComAction = v.InferOutput<typeof actionSchema>

const link = v.nullish(v.object({ href: text }))

/** The fields we read of a payment: the same object answers a lookup, a list row and a create call. */
export const paymentSchema = v.object({
  id: v.pipe(v.string(), v.regex(paymentIdPattern)),
  status: v.string(),
  approved: v.nullish(v.boolean()),
  reference: text,
  amount: minorUnits,
  currency: text,
  requested_on: text,
  processed_on: text,
  response_code: text,
  response_summary: text,
  balances: balancesSchema,
  actions: v.nullish(v.array(actionSchema)),
  ...paidWith,
  _links: v.nullish(v.object({ redirect: link, 'multibanco:static-reference-page': link })),
})
export type CheckoutComPayment = v.InferOutput<typeof paymentSchema>

/** The answer to a Flow payment session that was submitted. */
export const flowSchema = v.object({
  id: v.pipe(v.string(), v.regex(paymentIdPattern)),
  status: v.string(),
  type: aside,
  decline_reason: text,
  action: asideObject({ type: aside, url: aside }),
})
export type CheckoutComFlowAnswer = v.InferOutput<typeof flowSchema>

/** A page of payments: `GET /payments?reference=…` and `POST /payments/search`. Its counts are not relied on. */
export const pageSchema = v.object({
  data: v.array(v.unknown()),
  total_count: v.fallback(v.nullish(v.number()), undefined),
  limit: v.fallback(v.nullish(v.number()), undefined),
  _links: asideObject({ next: asideObject({ href: text }) }),
})

/** What names a row even where the rest of it cannot be read. */
export const rowIdSchema = v.object({ id: v.pipe(v.string(), v.regex(paymentIdPattern)) })

/** The body of an error answer, where there is one. */
export const errorSchema = v.object({
  request_id: text,
  error_type: text,
  error_codes: v.nullish(v.array(v.string())),
})

/** A webhook's envelope. `created_on` or `timestamp`, by the account's age. */
export const eventSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  type: v.pipe(v.string(), v.nonEmpty()),
  created_on: text,
  timestamp: text,
  data: v.optional(v.unknown()),
})

/** `data` of the webhooks that tell of a payment. No webhook carries the payment's status. */
export const eventPaymentSchema = v.object({
  id: v.pipe(v.string(), v.regex(paymentIdPattern)),
  reference: text,
  amount: minorUnits,
  currency: text,
  response_code: text,
  response_summary: text,
  balances: balancesSchema,
  ...paidWith,
})
export type CheckoutComEventPayment = v.InferOutput<typeof eventPaymentSchema>

/** What names the payment in any webhook's `data`; authentications and disputes name it in `payment_id`. */
export const eventKeySchema = v.object({
  id: v.optional(v.unknown()),
  payment_id: v.optional(v.unknown()),
  source: sourceSchema,
  destination: v.optional(v.unknown()),
})

/** `data` of the dispute webhooks: `id` is the dispute's (`dsp_…`), on the previous platform the payment's. */
export const eventDisputeSchema = v.object({
  id: text,
  payment_id: text,
  payment_reference: text,
  reference: text,
  amount: minorUnits,
  currency: text,
  category: text,
  reason_code: text,
  evidence_required_by: text,
})

/** What we read of a browser result: Flow's answer, or the payment object. Unverified: no source states its shape. */
export const clientResultSchema = v.object({
  id: text,
  status: text,
  action: asideObject({ url: aside }),
  _links: v.nullish(v.object({ redirect: v.nullish(v.object({ href: text })) })),
})
