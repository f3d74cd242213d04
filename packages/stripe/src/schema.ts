import * as v from 'valibot'
import { lookupIdPattern, paymentIdPattern } from './ids.ts'

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

/** Expandable field: an id, or the object itself. */
function expandable<const Id extends v.GenericSchema, const Expanded extends v.GenericSchema>(
  id: Id,
  expanded: Expanded,
) {
  return v.nullish(v.lazy((value) => (typeof value === 'string' ? id : expanded)))
}

// Fields that describe a payment and decide nothing: an odd value counts as absent, so that a paid intent stays readable.
const wordText = v.fallback(text, undefined)
const wordSeconds = v.fallback(seconds, undefined)
const wordMinorUnits = v.fallback(minorUnits, undefined)
function described<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.fallback(v.nullish(v.object(entries)), undefined)
}
/** Object with a `type` and details under it. */
const typedDetails = v.fallback(v.nullish(v.looseObject({ type: v.string() })), undefined)

const cardFacts = { brand: wordText, last4: wordText, country: wordText }

/** Details under `payment_method_details[payment_method_details.type]`: Stripe's published types, all of them in one shape. */
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

/** Refund, as a charge or `GET /v1/refunds` states it. */
export const refundSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  status: text,
  amount: wordMinorUnits,
  reason: wordText,
  created: wordSeconds,
})
export type StripeRefund = v.InferOutput<typeof refundSchema>

const disputeFacts = {
  id: text,
  status: v.string(),
  reason: wordText,
  amount: minorUnits,
  currency: text,
  evidence_details: described({ due_by: wordSeconds }),
  payment_method_details: described({ card: described({ case_type: wordText }) }),
}

/** Dispute, as an event or `GET /v1/disputes` states it. */
export const disputeSchema = v.object(disputeFacts)
export type StripeDispute = v.InferOutput<typeof disputeSchema>

/** Charge, one attempt at a payment: expanded in an intent, or from `GET /v1/charges`. */
export const chargeSchema = v.object({
  id: wordText,
  status: text,
  amount: wordMinorUnits,
  amount_captured: minorUnits,
  amount_refunded: minorUnits,
  paid: v.fallback(v.nullish(v.boolean()), undefined),
  captured: v.fallback(v.nullish(v.boolean()), undefined),
  refunded: v.fallback(v.nullish(v.boolean()), undefined),
  created: wordSeconds,
  disputed: v.nullish(v.boolean()),
  authorization_code: wordText,
  payment_method_details: typedDetails,
  refunds: v.nullish(v.object({ data: v.array(refundSchema) })),
})

/** PaymentIntent, as far as it is read: the same object is in a lookup, a list row, a create call's answer and a webhook. */
export const paymentSchema = v.object({
  id: paymentId,
  status: v.string(),
  amount,
  currency: v.pipe(v.string(), v.nonEmpty()),
  amount_received: minorUnits,
  cancellation_reason: wordText,
  created: wordSeconds,
  metadata: v.fallback(v.nullish(v.looseObject({})), undefined),
  latest_charge: expandable(v.string(), chargeSchema),
  review: expandable(v.string(), v.object({ open: v.boolean(), closed_reason: wordText })),
  next_action: typedDetails,
  last_payment_error: described({
    code: wordText,
    decline_code: wordText,
    advice_code: wordText,
    message: wordText,
  }),
})
/** Amount that can still be captured. It decides only while funds are held. */
export const heldSchema = v.object({ amount_capturable: minorUnits })
/** Charges of the intent, the latest first: API versions before 2022-11-15 list them in the place of `latest_charge`. */
export const formerChargesSchema = v.fallback(
  v.object({ charges: v.object({ data: v.array(chargeSchema) }) }),
  { charges: { data: [] } },
)

export type StripePaymentIntent = v.InferOutput<typeof paymentSchema>
export type StripeCharge = v.InferOutput<typeof chargeSchema>
export type StripePaymentError = NonNullable<StripePaymentIntent['last_payment_error']>

const storeCodes = described({ payment_code: wordText, confirmation_number: wordText })

/** Details under `next_action[next_action.type]`: Stripe's published types, all of them in one shape. */
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
    amount_remaining: wordMinorUnits,
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

/** Id of a row, which names it even where the rest cannot be read. */
export const rowIdSchema = v.object({ id: paymentId })

/** Page of `GET /v1/payment_intents`. */
export const pageSchema = v.object({
  data: v.array(v.looseObject(rowIdSchema.entries)),
  has_more: v.nullish(v.boolean()),
})

/** Page of the lists of refunds, charges and disputes: the rows are read one by one. */
export const rowsSchema = v.object({
  data: v.array(v.looseObject({ id: v.string() })),
  has_more: v.nullish(v.boolean()),
})

/** Page of the search: it only finds ids, because its rows may be old. */
export const searchPageSchema = v.object({
  data: v.array(rowIdSchema),
  has_more: v.nullish(v.boolean()),
  next_page: text,
})

/** Body of an error answer. A declined confirm call carries the PaymentIntent as it is after the decline. */
export const errorSchema = v.object({
  error: v.object({
    type: text,
    code: text,
    decline_code: text,
    payment_intent: v.nullish(v.looseObject({})),
  }),
})

/** Envelope of a webhook. Thin events have another `object`, a `related_object` and no data. */
export const eventSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  type: v.nullish(v.string(), ''),
  object: text,
  created: v.nullish(v.unknown()),
})

/** Event about a payment: `created` is in seconds since 1970. */
export const paymentEventSchema = v.object({ created: seconds, data: v.object({ object: v.unknown() }) })

/** Thin event of an object of API v1: it names the object and does not hold it. */
export const thinEventSchema = v.object({
  related_object: v.object({ id: v.pipe(v.string(), v.regex(lookupIdPattern)) }),
})

/**
 * Name of the payment in a charge, refund, review, dispute or session: an id, or the PaymentIntent where it is expanded. An
 * empty text names none.
 */
const intentReference = expandable(v.union([v.literal(''), paymentId]), v.object({ id: paymentId }))
export type StripeIntentReference = v.InferOutput<typeof intentReference>

/** Returns the id in a reference; or `undefined`. */
export function toIntentId(reference: StripeIntentReference): string | undefined {
  if (!reference) return undefined
  return typeof reference === 'string' ? reference : reference.id
}

export const intentKeySchema = v.object({ payment_intent: intentReference })

/** Refund or dispute, as far as it names its payment. */
export const touchSchema = v.object({ payment_intent: intentReference, created: seconds })

/** `data.object` of the dispute events. */
export const eventDisputeSchema = v.object({ ...disputeFacts, payment_intent: intentReference })

/** Early fraud warning (https://docs.stripe.com/api/radar/early_fraud_warnings/object). */
export const eventWarningSchema = v.object({
  id: wordText,
  fraud_type: wordText,
  payment_intent: intentReference,
})
export type StripeWarning = v.InferOutput<typeof eventWarningSchema>

/** Movement of a customer's cash balance (https://docs.stripe.com/api/cash_balance_transactions/object). */
export const cashBalanceSchema = v.object({
  applied_to_payment: v.nullish(intentKeySchema),
  unapplied_from_payment: v.nullish(intentKeySchema),
})

/** Intent whose latest charge has more refunds than the ten it is expanded with. */
export const moreRefundsSchema = v.object({
  latest_charge: v.object({ refunds: v.object({ has_more: v.literal(true) }) }),
})

const clientIntentSchema = v.object({ id: text, status: text, next_action: typedDetails })

/** Result of `confirmCardPayment` and `retrievePaymentIntent` (https://docs.stripe.com/js/payment_intents). */
export const clientResultSchema = v.object({
  paymentIntent: v.nullish(clientIntentSchema),
  error: v.nullish(v.object({ payment_intent: v.nullish(clientIntentSchema) })),
})
