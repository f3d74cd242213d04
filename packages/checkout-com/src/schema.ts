import * as v from 'valibot'

/** Ids that may become part of a URL: a payment, or a 3-D Secure session. */
export const lookupIdPattern = /^(pay|sid)_(\w{26})$/
export const paymentIdPattern = /^pay_\w{26}$/
/**
 * Ids that only name a payment in a webhook. Checkout.com's own examples hold shorter ones, and prefixes may change. Ids
 * with the known prefixes of other objects name no payment.
 */
export const namedIdPattern = /^(?!(?:sid|dsp|rtvl|act|evt|src|cus)_)[a-z]{2,10}_\w{1,120}$/

const string = v.string()
const number = v.number()
const text = v.nullish(string)
const minorUnits = v.nullish(number)
/** Sum that decides a status: a whole number of minor units. */
const total = v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0)))
/** Field that decides nothing: a value of another type reads as absent. */
const aside = v.fallback(
  v.nullish(v.lazy((value) => (typeof value === 'number' ? number : string))),
  undefined,
)
const asideCount = v.fallback(v.nullish(v.number()), undefined)
const asideFlag = v.fallback(v.nullish(v.boolean()), undefined)

function asideObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.fallback(v.nullish(v.object(entries)), undefined)
}

const balancesSchema = v.nullish(
  v.object({
    total_authorized: total,
    total_voided: total,
    total_captured: total,
    total_refunded: total,
    available_to_capture: asideCount,
  }),
)
export type CheckoutComBalances = v.InferOutput<typeof balancesSchema>

/** Plan of Checkout.com to try a declined payment again by itself, under the same id. */
const retrySchema = asideObject({
  enabled: asideFlag,
  attempts_made: aside,
  max_attempts: aside,
  ends_on: aside,
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
const processingSchema = asideObject({
  acquirer_reference_number: aside,
  recommendation_code: aside,
  partner_merchant_advice_code: aside,
})
export type CheckoutComProcessing = v.InferOutput<typeof processingSchema>

/** Fields that a payment and the `data` of its webhooks have in common. */
const common = {
  source: sourceSchema,
  destination: v.nullish(v.unknown()),
  retry: retrySchema,
  '3ds': threeDSSchema,
  eci: aside,
  auth_code: aside,
  scheme_id: aside,
  processing: processingSchema,
  processing_channel_id: aside,
  expires_on: aside,
}

const actionSchema = v.object({
  id: aside,
  type: aside,
  status: aside,
  approved: asideFlag,
  amount: asideCount,
  processed_on: aside,
  auth_code: aside,
  processing: processingSchema,
  response_code: text,
  response_summary: text,
})
export type CheckoutComAction = v.InferOutput<typeof actionSchema>

const link = v.nullish(v.object({ href: text }))

/** Fields read of a payment. The same object answers a lookup, a list and a create call. */
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
  ...common,
  _links: v.nullish(v.object({ redirect: link, 'multibanco:static-reference-page': link })),
})
export type CheckoutComPayment = v.InferOutput<typeof paymentSchema>

/** Answer to a submitted Flow payment session. Newer ones state `approved`, `amount` and `currency` too. */
export const flowSchema = v.object({
  id: v.pipe(v.string(), v.regex(paymentIdPattern)),
  status: v.string(),
  type: aside,
  payment_session_id: aside,
  decline_reason: text,
  approved: asideFlag,
  amount: minorUnits,
  currency: text,
  reference: aside,
  action: asideObject({ type: aside, url: aside }),
})
export type CheckoutComFlowAnswer = v.InferOutput<typeof flowSchema>

/** Page of payments or of disputes. Its counts are not relied on. */
export const pageSchema = v.object({
  data: v.array(v.unknown()),
  total_count: v.fallback(v.nullish(v.number()), undefined),
  limit: v.fallback(v.nullish(v.number()), undefined),
  _links: asideObject({ next: asideObject({ href: text }) }),
})
export type CheckoutComPage = v.InferOutput<typeof pageSchema>

/** Names a row whose other fields cannot be read. */
export const rowIdSchema = v.object({ id: v.pipe(v.string(), v.regex(paymentIdPattern)) })

/** Body of an error answer, where there is one. */
export const errorSchema = v.object({
  request_id: text,
  error_type: text,
  error_codes: v.nullish(v.array(v.string())),
})

/** Envelope of a webhook. It has `created_on` or `timestamp`, by the account's age. */
export const eventSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  type: v.pipe(v.string(), v.nonEmpty()),
  created_on: text,
  timestamp: text,
  data: v.nullish(v.unknown()),
})

/** `data` of the webhooks about a payment. No webhook states the payment's status. */
export const eventPaymentSchema = v.object({
  id: v.pipe(v.string(), v.regex(namedIdPattern)),
  reference: text,
  amount: minorUnits,
  currency: text,
  response_code: text,
  response_summary: text,
  balances: balancesSchema,
  ...common,
})
export type CheckoutComEventPayment = v.InferOutput<typeof eventPaymentSchema>

/** Fields that name a payment in the `data` of any webhook: authentications and disputes name it in `payment_id`. */
export const eventKeySchema = v.object({
  id: v.nullish(v.unknown()),
  payment_id: v.nullish(v.unknown()),
  reference: aside,
  processing_channel_id: aside,
  source: sourceSchema,
  destination: v.nullish(v.unknown()),
})

/**
 * `data` of the dispute webhooks and rows of `GET /disputes`. `id` is the dispute's (`dsp_…`, `rtvl_…`), on the previous
 * platform the payment's.
 */
export const disputeSchema = v.object({
  id: text,
  payment_id: text,
  payment_reference: text,
  reference: text,
  processing_channel_id: aside,
  status: aside,
  amount: minorUnits,
  currency: text,
  category: text,
  reason_code: text,
  resolved_reason: aside,
  evidence_required_by: text,
  date: aside,
  last_update: aside,
})
export type CheckoutComDispute = v.InferOutput<typeof disputeSchema>

const majorUnits = asideObject({ value: aside, currency: aside })

/** `data` of `fraud_reported`: amounts are major units as text (`"29.990000"`). */
export const fraudSchema = v.object({
  reference: text,
  processing_channel_id: aside,
  payment: v.nullish(v.object({ id: text, amount: majorUnits })),
  fraud: asideObject({ type: aside, reason: aside, amount: majorUnits }),
})

/**
 * Browser result: what Flow gives to `onPaymentCompleted` or `onError`, the answer to a submitted session, or the payment
 * object.
 */
export const clientResultSchema = v.object({
  id: text,
  status: text,
  decline_reason: aside,
  action: asideObject({ url: aside }),
  _links: v.nullish(v.object({ redirect: v.nullish(v.object({ href: text })) })),
  code: aside,
  details: asideObject({
    paymentId: aside,
    requestErrorCodes: v.fallback(v.nullish(v.array(v.unknown())), undefined),
  }),
})
