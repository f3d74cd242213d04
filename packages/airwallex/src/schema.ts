import * as v from 'valibot'

/** The id of a PaymentIntent, as the documentation's samples show it. Older ids have upper-case letters. */
export const paymentIdPattern = /^int_[A-Za-z0-9]{1,64}$/

const text = v.nullish(v.string())
/** A JSON number in major units. JSON can hold -0, which a stored report cannot. */
const amount = v.nullish(
  v.pipe(
    v.number(),
    v.transform((value) => value + 0),
  ),
)
const paymentId = v.pipe(v.string(), v.regex(paymentIdPattern))

// Fields that describe a payment without deciding anything. One in an unexpected form is left out.
const word = v.fallback(text, undefined)
function described<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.fallback(v.nullish(v.object(entries)), undefined)
}

/** The card within an attempt's `payment_method`. Number, expiry and name are not read. */
export const cardSchema = v.fallback(v.object({ brand: word, last4: word, issuer_country_code: word }), {})

/** A payment attempt, as an intent or `GET /pa/payment_attempts` holds it. In a list of intents it has only its id. */
export const attemptSchema = v.object({
  id: text,
  status: text,
  amount,
  currency: text,
  captured_amount: amount,
  refunded_amount: amount,
  created_at: text,
  failure_code: word,
  failure_details: described({ code: word }),
  provider_original_response_code: word,
  merchant_advice_code: word,
  authorization_code: word,
  acquirer_reference_number: word,
  authentication_data: described({
    ds_data: described({ eci: word, version: word, frictionless: word, liability_shift_indicator: word }),
  }),
  dcc_data: described({ amount: v.fallback(amount, undefined), currency: word }),
  payment_method: v.fallback(v.nullish(v.looseObject({ type: v.string() })), undefined),
})
export type AirwallexAttempt = v.InferOutput<typeof attemptSchema>

export const nextActionSchema = v.nullish(
  v.object({ type: v.fallback(v.string(), ''), method: word, url: word, qrcode: word }),
)
export type AirwallexNextAction = NonNullable<v.InferOutput<typeof nextActionSchema>>

/** The fields this package reads of a PaymentIntent. One object answers a lookup, a create call and a webhook. */
export const paymentSchema = v.object({
  id: paymentId,
  status: v.string(),
  amount: v.pipe(
    v.number(),
    v.transform((value) => value + 0),
  ),
  currency: v.pipe(v.string(), v.nonEmpty()),
  captured_amount: amount,
  merchant_order_id: text,
  created_at: text,
  updated_at: text,
  original_amount: v.fallback(amount, undefined),
  original_currency: word,
  latest_payment_attempt: v.nullish(attemptSchema),
  next_action: nextActionSchema,
})
export type AirwallexPaymentIntent = v.InferOutput<typeof paymentSchema>

/** A refund, as `GET /pa/refunds` holds it. */
export const refundSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  status: v.string(),
  amount,
  currency: text,
  created_at: text,
})
export type AirwallexRefund = v.InferOutput<typeof refundSchema>

/** A dispute. One API version spells three fields with the prefix `dispute_`. */
export const disputeSchema = v.object({
  id: text,
  dispute_id: text,
  status: text,
  stage: text,
  amount,
  dispute_amount: amount,
  currency: text,
  dispute_currency: text,
  due_at: word,
  updated_at: word,
  reason: described({ type: word }),
  payment_intent_id: v.nullish(paymentId),
  merchant_order_id: text,
  transaction_type: word,
})
export type AirwallexDispute = v.InferOutput<typeof disputeSchema>

/** A page of a list by number: `GET /pa/payment_intents`, `/pa/payment_attempts` and `/pa/refunds`. */
export const pageSchema = v.object({
  items: v.array(v.looseObject({ id: v.pipe(v.string(), v.nonEmpty()) })),
  has_more: v.nullish(v.boolean()),
})

/** A page of `GET /pa/payment_disputes`: it names the cursor of the next page. */
export const disputePageSchema = v.object({
  items: v.array(v.looseObject({ id: v.pipe(v.string(), v.nonEmpty()) })),
  page_after: text,
})

/** The answer to `POST /authentication/login`. */
export const loginSchema = v.object({
  token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
  expires_at: v.pipe(v.string(), v.nonEmpty()),
})

/** The body of an error response. `details` holds an object only where a confirm call was declined. */
export const errorSchema = v.object({
  code: v.string(),
  trace_id: word,
  details: v.optional(v.unknown()),
  provider_original_response_code: word,
  merchant_advice_code: word,
})

/** Facts about the decline in the details of a declined confirm call. */
export const errorDetailsSchema = v.fallback(
  v.object({
    provider_original_response_code: word,
    original_response_code: word,
    merchant_advice_code: word,
  }),
  {},
)

/** The request as the merchant kept it: the response to a declined confirm call does not name its payment. */
export const sentSchema = v.fallback(
  v.object({
    id: v.fallback(v.optional(paymentId), undefined),
    payment_intent_id: v.fallback(v.optional(paymentId), undefined),
    intent_id: v.fallback(v.optional(paymentId), undefined),
    merchant_order_id: word,
  }),
  {},
)

/** A webhook's envelope. */
export const eventSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  name: v.string(),
  created_at: word,
  data: v.nullish(v.object({ object: v.nullish(v.looseObject({ updated_at: word })) })),
})

/** The payment that an event names: by `id` where its object is the intent, otherwise by `payment_intent_id`. */
export const intentKeySchema = v.object({ id: paymentId })
export const ownedKeySchema = v.object({ payment_intent_id: paymentId })

const clientIntentSchema = v.object({
  id: text,
  status: word,
  next_action: v.fallback(nextActionSchema, undefined),
})

/** Argument of an element's event handler, or the intent itself. */
export const clientResultSchema = v.object({
  type: word,
  detail: v.nullish(
    v.object({
      intent: v.nullish(clientIntentSchema),
      error: v.nullish(v.object({ code: word })),
    }),
  ),
  ...v.partial(clientIntentSchema).entries,
})
