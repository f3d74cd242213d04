import * as v from 'valibot'

/** The id of an order, a capture, an authorization or a refund: PayPal's ids show no kind. */
export const idPattern = /^[A-Z0-9]{1,36}$/

const text = v.nullish(v.string())
const id = v.pipe(v.string(), v.regex(idPattern))

// Fields that describe a payment without deciding anything. One in an unexpected form is left out.
const word = v.fallback(text, undefined)
function described<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.fallback(v.nullish(v.object(entries)), undefined)
}

/** A decimal string and its currency. */
const moneySchema = v.nullish(v.object({ currency_code: v.string(), value: v.string() }))

const linksSchema = v.fallback(
  v.nullish(v.array(v.object({ rel: v.fallback(v.string(), ''), href: v.fallback(v.string(), '') }))),
  undefined,
)

/** Money states its operation, so an operation without an id or a status is not as documented. */
const operation = {
  id,
  status: v.string(),
  status_details: v.nullish(v.object({ reason: text })),
  amount: moneySchema,
  create_time: text,
  update_time: text,
}

const processorSchema = described({ response_code: word, payment_advice_code: word })

export const authorizationSchema = v.object({
  ...operation,
  expiration_time: text,
  processor_response: processorSchema,
  network_transaction_reference: described({ id: word }),
})
export type PayPalAuthorization = v.InferOutput<typeof authorizationSchema>

export const captureSchema = v.object({
  ...operation,
  processor_response: processorSchema,
  network_transaction_reference: described({ id: word }),
})
export type PayPalCapture = v.InferOutput<typeof captureSchema>

export const refundSchema = v.object({
  ...operation,
  acquirer_reference_number: word,
})
export type PayPalRefund = v.InferOutput<typeof refundSchema>

export const purchaseUnitSchema = v.object({
  custom_id: text,
  invoice_id: text,
  amount: moneySchema,
  payments: v.nullish(
    v.object({
      authorizations: v.nullish(v.array(authorizationSchema)),
      captures: v.nullish(v.array(captureSchema)),
      refunds: v.nullish(v.array(refundSchema)),
    }),
  ),
})
export type PayPalPurchaseUnit = v.InferOutput<typeof purchaseUnitSchema>

/** The fields this package reads of an order. One object answers a lookup, a create or capture call, and an order's webhook. */
export const orderSchema = v.object({
  id,
  status: v.string(),
  intent: word,
  processing_instruction: word,
  purchase_units: v.nullish(v.array(purchaseUnitSchema)),
  payment_source: v.fallback(v.nullish(v.record(v.string(), v.unknown())), undefined),
  links: linksSchema,
  create_time: text,
  update_time: text,
})
export type PayPalOrder = v.InferOutput<typeof orderSchema>

const cardEntries = {
  brand: word,
  last_digits: word,
  bin_details: described({ bin_country_code: word }),
  authentication_result: described({
    liability_shift: word,
    three_d_secure: described({ authentication_status: word, enrollment_status: word }),
  }),
}

/** A member of `payment_source`. Number, expiry and name are not read. */
export const sourceSchema = v.fallback(v.object({ ...cardEntries, card: described(cardEntries) }), {})

/** The fields by which an authorization, a capture or a refund names its order. */
export const relatedSchema = v.object({
  id: v.fallback(v.optional(id), undefined),
  order_id: v.fallback(v.optional(id), undefined),
  custom_id: word,
  invoice_id: word,
  supplementary_data: described({
    related_ids: described({ order_id: v.fallback(v.nullish(id), undefined) }),
  }),
  links: linksSchema,
})
export type PayPalRelated = v.InferOutput<typeof relatedSchema>

/** A dispute, as a webhook, the list or `GET /v1/customer/disputes/{id}` holds it. */
export const disputeSchema = v.object({
  dispute_id: v.pipe(v.string(), v.nonEmpty()),
  status: text,
  reason: word,
  dispute_amount: moneySchema,
  dispute_channel: word,
  dispute_life_cycle_stage: word,
  dispute_outcome: described({ outcome_code: word, amount_refunded: moneySchema }),
  seller_response_due_date: word,
  create_time: word,
  update_time: word,
  disputed_transactions: v.fallback(
    v.nullish(
      v.array(
        v.object({
          seller_transaction_id: v.fallback(v.nullish(id), undefined),
          custom: word,
          invoice_number: word,
        }),
      ),
    ),
    undefined,
  ),
})
export type PayPalDispute = v.InferOutput<typeof disputeSchema>

/** A page of the list of disputes. */
export const disputePageSchema = v.object({
  items: v.nullish(v.array(v.looseObject({ dispute_id: v.pipe(v.string(), v.nonEmpty()) }))),
  links: linksSchema,
})

/** A movement of money, as the transaction search holds it. Its fields other than these may be missing. */
const rowSchema = v.object({
  transaction_id: word,
  transaction_event_code: word,
  paypal_reference_id: word,
  paypal_reference_id_type: word,
  transaction_initiation_date: word,
  transaction_updated_date: word,
})
export type PayPalTransaction = v.InferOutput<typeof rowSchema>

/** A page of the transaction search. */
export const transactionPageSchema = v.object({
  transaction_details: v.nullish(v.array(v.object({ transaction_info: rowSchema }))),
  total_pages: v.nullish(v.number()),
})

/** The answer to `POST /v1/oauth2/token`. */
export const tokenSchema = v.object({
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
  expires_in: v.pipe(v.number(), v.finite()),
})

/** The body of an error response. The login has another shape: `error`. */
export const errorSchema = v.object({
  name: word,
  error: word,
  debug_id: word,
  details: v.fallback(v.nullish(v.array(v.object({ issue: word }))), undefined),
  links: linksSchema,
})
export type PayPalError = v.InferOutput<typeof errorSchema>

/** The request as the merchant kept it: the error that answers a capture call does not name its order. */
export const sentSchema = v.fallback(
  v.object({
    id: v.fallback(v.optional(id), undefined),
    order_id: v.fallback(v.optional(id), undefined),
    orderID: v.fallback(v.optional(id), undefined),
    orderId: v.fallback(v.optional(id), undefined),
  }),
  {},
)

/** A webhook's envelope. */
export const eventSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  event_type: v.pipe(v.string(), v.nonEmpty()),
  create_time: word,
  resource: v.nullish(v.looseObject({})),
})

/** The answer to the postback. */
export const verificationSchema = v.object({ verification_status: v.string() })

/** Results of PayPal's browser SDK, versions 5 and 6. The tokens in them are not read. */
export const clientResultSchema = v.object({
  orderID: text,
  orderId: text,
  state: word,
  paymentSessionState: word,
  data: v.nullish(v.object({ orderID: text, orderId: text })),
})
