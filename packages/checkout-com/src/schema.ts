import * as v from 'valibot'

/** What may stand in `/payments/{id}`: a payment, or a 3-D Secure session. */
export const lookupIdPattern = /^(pay|sid)_(\w{26})$/
export const paymentIdPattern = /^pay_\w{26}$/

const string = v.string()
const number = v.number()
const text = v.nullish(string)
const minorUnits = v.nullish(number)
/** A sum of money that decides a status: a whole number of minor units, or it is no sum. */
const total = v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0)))
/** What is good to know but decides nothing: whatever stands there, it spoils no payment. */
const aside = v.fallback(
  v.nullish(v.lazy((value) => (typeof value === 'number' ? number : string))),
  undefined,
)
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
    available_to_capture: asideCount,
  }),
)
export type CheckoutComBalances = v.InferOutput<typeof balancesSchema>

/** When Checkout.com will try a refused payment again by itself, under the same id. */
const retrySchema = asideObject({
  attempts_made: aside,
  max_attempts: aside,
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
  destination: v.nullish(v.unknown()),
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
  data: v.nullish(v.unknown()),
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
  id: v.nullish(v.unknown()),
  payment_id: v.nullish(v.unknown()),
  source: sourceSchema,
  destination: v.nullish(v.unknown()),
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
