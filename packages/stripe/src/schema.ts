import * as v from 'valibot'

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

/** What Stripe calls expandable: an id, or the object itself. */
function expandable<const Id extends v.GenericSchema, const Expanded extends v.GenericSchema>(
  id: Id,
  expanded: Expanded,
) {
  return v.nullish(v.lazy((value) => (typeof value === 'string' ? id : expanded)))
}

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
  metadata: v.nullish(v.looseObject({})),
  latest_charge: expandable(v.string(), chargeSchema),
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
    payment_intent: v.nullish(v.looseObject({})),
  }),
})

/** A webhook's envelope; thin events have another `object` and no data. */
export const eventSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  type: v.nullish(v.string(), ''),
  object: text,
  created: v.nullish(v.unknown()),
  data: v.nullish(v.unknown()),
})

/** An event about one of our payments: `created` is in seconds since 1970. */
export const paymentEventSchema = v.object({
  ...eventSchema.entries,
  created: seconds,
  data: v.object({ object: v.unknown() }),
})

/** What names the payment in a charge, refund, review, dispute or session: an id, or the PaymentIntent where it is expanded. */
const intentReference = expandable(paymentId, v.object({ id: paymentId }))
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
