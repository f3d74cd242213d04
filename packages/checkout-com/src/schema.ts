import * as v from 'valibot'

/**
 * Every word a payment's `status` is known to take, by the published specs and SDKs (they disagree with each other,
 * so the set is open). The first nine are told apart in seed 004_de46e70f42b3b0b7.txt.
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
  '20005',
  '20014',
  '20051',
  '20054',
  '20059',
  '20061',
  '20068',
  '20087',
  '20151',
  '20152',
  '20154',
  '200R1',
  '200R3',
  '30041',
  '30043',
] as const
export type CheckoutComDeclineCode = (typeof checkoutComDeclineCodes)[number]

/** What may stand in `/payments/{id}`: a payment, or a 3-D Secure session. */
export const lookupIdPattern = /^(pay|sid)_(\w{26})$/
export const paymentIdPattern = /^pay_\w{26}$/

const text = v.nullish(v.string())
const minorUnits = v.nullish(v.number())

const balancesSchema = v.nullish(
  v.object({
    total_authorized: minorUnits,
    total_voided: minorUnits,
    total_captured: minorUnits,
    total_refunded: minorUnits,
  }),
)
export type CheckoutComBalances = v.InferOutput<typeof balancesSchema>

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
  '3ds': v.nullish(v.object({ authentication_response: text })),
  balances: balancesSchema,
  actions: v.nullish(v.array(v.object({ response_code: text, response_summary: text }))),
  _links: v.nullish(v.object({ redirect: v.nullish(v.object({ href: text })) })),
})
export type CheckoutComPayment = v.InferOutput<typeof paymentSchema>

/** A page of payments: `GET /payments?reference=…` and `POST /payments/search`. Its counts are not relied on. */
export const pageSchema = v.object({
  data: v.array(v.unknown()),
  total_count: v.fallback(v.nullish(v.number()), undefined),
  limit: v.fallback(v.nullish(v.number()), undefined),
  _links: v.nullish(v.object({ next: v.nullish(v.unknown()) })),
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
})

/** What names the payment in any webhook's `data`; authentications and disputes name it in `payment_id`. */
export const eventKeySchema = v.object({ id: v.optional(v.unknown()), payment_id: v.optional(v.unknown()) })

/** `data` of the dispute webhooks: `id` is the dispute's (`dsp_…`), on the previous platform the payment's. */
export const eventDisputeSchema = v.object({
  id: text,
  payment_id: text,
  amount: minorUnits,
  currency: text,
  category: text,
  reason_code: text,
  evidence_required_by: text,
})

/** What we read of a browser result: unverified, no source states its shape. */
export const clientResultSchema = v.object({
  id: text,
  status: text,
  _links: v.nullish(v.object({ redirect: v.nullish(v.object({ href: text })) })),
})
