import * as v from 'valibot'

/** Up to 20 digits: more than a number holds, so ids are strings always. */
export const idPattern = /^\d{1,20}$/
/** A merchantTxnId: up to 64 characters; a comma would ask for several. */
export const referencePattern = /^[^,\p{Control}\p{Surrogate}]{1,64}$/u

const text = v.nullish(v.string())
/** A field that is good to have and refuses nothing where it cannot be read. */
const looseText = v.fallback(text, undefined)
const id = v.pipe(v.string(), v.regex(idPattern))
/** Some fields that are not told arrive as "" instead of null. */
const optionalId = v.nullish(v.pipe(v.string(), v.regex(/^\d{0,20}$/)))
const looseId = v.fallback(optionalId, undefined)

/** What rows, webhooks and responses share of a step. */
const stepEntries = {
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

/** A row of `POST /v1/txn/list`: one step, not a payment. */
export const rowSchema = v.object({
  ...stepEntries,
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

/** What names a row even where the rest of it cannot be read. */
export const rowIdSchema = v.object({ transactionId: id })

/**
 * A row of `POST /v1/txn/queryPayments`: a payment, not a step. Only what a client of September 2026 reads is demanded
 * of it (likely); the rest is taken where it is there. Onerway's page on the payment query shows one row for each attempt,
 * with its `transactionId`; the client reads one row, with a `lastTransactionId`.
 */
export const wholeSchema = v.object({
  paymentId: id,
  paymentStatus: text,
  lastTransactionId: optionalId,
  transactionId: looseId,
  txnType: looseText,
  merchantTxnId: looseText,
  orderAmount: looseText,
  orderCurrency: looseText,
})

/** A row of the refund query: a refund, whose txnType goes without saying. Onerway's page on the refund query. */
export const refundRowSchema = v.object({
  transactionId: id,
  originTransactionId: optionalId,
  paymentId: optionalId,
  status: text,
  orderAmount: text,
  orderCurrency: text,
})

/** `data` of the response to a create call; it has no txnType and no merchantTxnId. */
export const responseDataSchema = v.object({
  ...stepEntries,
  responseTime: text,
  redirectUrl: looseText,
  actionType: looseText,
  eci: looseText,
  codeForm: v.nullish(v.unknown()),
  presentContext: v.nullish(v.unknown()),
})
/** What makes an answer one about a payment. */
export const namedSchema = v.object({ transactionId: v.pipe(v.string(), v.nonEmpty()) })
export type OnerwayResponseData = v.InferOutput<typeof responseDataSchema>

/** The envelope of every answer. */
export const answerSchema = v.object({
  respCode: v.string(),
  respMsg: text,
  data: v.nullish(v.unknown()),
})

export const codePattern = /^\d{1,8}$/

/** What an answer with an HTTP error may say besides. */
export const refusalSchema = v.object({ respCode: v.pipe(v.string(), v.regex(codePattern)) })

const number = v.number()
const digits = v.pipe(v.string(), v.regex(/^\d{0,15}$/), v.transform(Number))
const count = v.nullish(v.lazy((value) => (typeof value === 'string' ? digits : number)))

/** A page of rows; its numbers arrive as numbers or strings, and are not relied on. */
export const pageSchema = v.object({
  content: v.array(v.unknown()),
  size: count,
  totalElements: count,
})

/**
 * What is read of any webhook. `originTransactionId` and `originMerchantTxnId` are not signed: keys to look up, nothing
 * more. Only what the bell is keyed by is demanded: a bell rings whatever else is wrong with it.
 */
export const notificationSchema = v.object({
  notifyType: v.pipe(v.string(), v.nonEmpty()),
  transactionId: optionalId,
  txnType: looseText,
  status: looseText,
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
})
export type OnerwayNotification = v.InferOutput<typeof notificationSchema>

/** What a webhook about an opening step has where it is to be believed. */
export const openingNotificationSchema = v.object({
  ...stepEntries,
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

/** What tells the two shapes apart. */
export const isV4Schema = v.object({ paymentId: v.unknown() })

/** The browser SDK's result since version 4; its `nextAction` is unverified. */
export const clientResultV4Schema = v.object({
  paymentId: v.string(),
  paymentStatus: text,
  nextAction: v.nullish(v.unknown()),
})
export const nextActionSchema = v.object({ redirectUrl: v.nullish(v.string()), url: v.nullish(v.string()) })
