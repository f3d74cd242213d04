import * as v from 'valibot'

/** An id: up to 20 digits, more than a number holds, so ids are always strings. */
export const idPattern = /^\d{1,20}$/
/** A merchantTxnId: up to 64 characters. A comma would ask for several. */
export const referencePattern = /^[^,\p{Control}\p{Surrogate}]{1,64}$/u

const text = v.nullish(v.string())
/** A field that is left out where it is not valid: nothing is rejected for it. */
const looseText = v.fallback(text, undefined)
const id = v.pipe(v.string(), v.regex(idPattern))
/** An id that may be missing. Some missing fields arrive as "" instead of null. */
const optionalId = v.nullish(v.pipe(v.string(), v.regex(/^\d{0,20}$/)))
const looseId = v.fallback(optionalId, undefined)

/** Fields that rows, webhooks and responses share. */
const transactionEntries = {
  transactionId: id,
  merchantTxnId: text,
  status: text,
  paymentId: optionalId,
  paymentStatus: text,
  txnTime: text,
  txnTimeZone: text,
  orderAmount: text,
  orderCurrency: text,
  txnAmount: text,
  txnCurrency: text,
  settleRate: text,
  reason: text,
}

/** A row of `POST /v1/txn/list`: one transaction, not a payment. */
export const rowSchema = v.object({
  ...transactionEntries,
  txnType: v.string(),
  originTransactionId: optionalId,
  paymentMethod: looseText,
  productType: looseText,
  subProductType: looseText,
  walletTypeName: looseText,
  cardBinCountry: looseText,
  eci: looseText,
})
export type OnerwayRow = v.InferOutput<typeof rowSchema>

/** The id of a row whose other fields cannot be read. */
export const rowIdSchema = v.object({ transactionId: id })

/**
 * A row of `POST /v1/txn/queryPayments`: a payment, not a transaction. Only the fields that a client of September 2026
 * reads are required (likely). Onerway's page on the payment query shows one row for each attempt, with its
 * `transactionId`; the client reads one row, with a `lastTransactionId`.
 */
export const paymentRowSchema = v.object({
  paymentId: id,
  paymentStatus: text,
  lastTransactionId: optionalId,
  transactionId: looseId,
  txnType: looseText,
  merchantTxnId: looseText,
  orderAmount: looseText,
  orderCurrency: looseText,
})

/** A row of the refund query, which states no txnType. Onerway's page on the refund query. */
export const refundRowSchema = v.object({
  transactionId: id,
  originTransactionId: optionalId,
  paymentId: optionalId,
  status: text,
  orderAmount: text,
  orderCurrency: text,
})

/** A row of the chargeback query. Onerway's page on the chargeback query. */
export const chargebackSchema = v.object({
  chargebackId: id,
  originTransactionId: id,
  chargebackStatus: looseText,
  chargebackAmount: looseText,
  chargebackCurrency: looseText,
  chargebackReason: looseText,
  appealDueTime: looseText,
  importTime: looseText,
})

/** `data` of the response to a create call. It has no txnType and, with `direct`, no merchantTxnId. */
export const responseDataSchema = v.object({
  ...transactionEntries,
  responseTime: text,
  redirectUrl: looseText,
  actionType: looseText,
  eci: looseText,
  codeForm: v.nullish(v.unknown()),
  presentContext: v.nullish(v.unknown()),
})
export type OnerwayResponseData = v.InferOutput<typeof responseDataSchema>
/** An answer that names its transaction. */
export const namedSchema = v.object({ transactionId: v.pipe(v.string(), v.nonEmpty()) })
/** An answer that names no transaction yet, and sends the shopper on. */
export const redirectSchema = v.object({
  transactionId: v.nullish(v.literal('')),
  paymentId: looseId,
  merchantTxnId: looseText,
  status: v.picklist(['R', 'U']),
  redirectUrl: v.string(),
})

/** Envelope of every answer. */
export const answerSchema = v.object({
  respCode: v.string(),
  respMsg: text,
  data: v.nullish(v.unknown()),
})

export const codePattern = /^\d{1,8}$/

/** The respCode that an HTTP error may carry. */
export const errorBodySchema = v.object({ respCode: v.pipe(v.string(), v.regex(codePattern)) })

const number = v.number()
const digits = v.pipe(v.string(), v.regex(/^\d{0,15}$/), v.transform(Number))
const count = v.nullish(v.lazy((value) => (typeof value === 'string' ? digits : number)))

/** A page of rows. Its numbers arrive as numbers or strings and are used only to notice missing rows. */
export const pageSchema = v.object({
  content: v.array(v.unknown()),
  size: count,
  totalElements: count,
})

/**
 * Fields that are read from any webhook. `originTransactionId` and `originMerchantTxnId` are not signed: they are keys to
 * look up, nothing more. Only the id is required: a webhook triggers a lookup whatever its other fields hold.
 */
export const notificationSchema = v.object({
  notifyType: v.pipe(v.string(), v.nonEmpty()),
  transactionId: optionalId,
  merchantNo: looseText,
  txnType: looseText,
  status: looseText,
  paymentId: looseText,
  paymentStatus: looseText,
  merchantTxnId: looseText,
  originTransactionId: looseText,
  originMerchantTxnId: looseText,
  responseTime: looseText,
  txnTimeZone: looseText,
  chargebackStatus: looseText,
  chargebackAmount: looseText,
  chargebackCurrency: looseText,
  chargebackReason: looseText,
  appealDueTime: looseText,
  importTime: looseText,
  // PRE_DISPUTE has names of its own.
  timeZone: looseText,
  predisputeId: looseText,
  amount: looseText,
  currency: looseText,
  reasonCode: looseText,
  receivedTime: looseText,
})
export type OnerwayNotification = v.InferOutput<typeof notificationSchema>

/** Fields that a webhook about an opening transaction must have under `webhooks: 'believe'`. */
export const openingNotificationSchema = v.object({
  ...transactionEntries,
  txnType: v.string(),
  status: v.pipe(v.string(), v.nonEmpty()),
  merchantTxnId: v.pipe(v.string(), v.nonEmpty()),
  responseTime: v.pipe(v.string(), v.nonEmpty()),
  orderAmount: v.pipe(v.string(), v.nonEmpty()),
  orderCurrency: v.pipe(v.string(), v.nonEmpty()),
  eci: text,
})

/** `reason` is JSON inside a string. */
export const reasonSchema = v.object({ respCode: text, respMsg: text })

/** The browser SDK's result, as Onerway's page on status updates shows it. */
export const clientResultSchema = v.object({
  respCode: v.string(),
  data: v.nullish(v.object({ transactionId: text, status: text, redirectUrl: text })),
})

/** Distinguishes the two shapes of a browser result. */
export const isV4Schema = v.object({ paymentId: v.unknown() })

/** The browser SDK's result since version 4. Its `nextAction` is unverified. */
export const clientResultV4Schema = v.object({
  paymentId: v.string(),
  paymentStatus: text,
  nextAction: v.nullish(v.unknown()),
})
export const nextActionSchema = v.object({ redirectUrl: v.nullish(v.string()), url: v.nullish(v.string()) })
