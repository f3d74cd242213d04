import * as v from 'valibot'

/** The steps Onerway records; the first four open a payment. Seed 003_e769d28ba38fe36d.txt (TxnTypeEnum). */
export const onerwayTxnTypes = ['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD', 'CAPTURE', 'VOID', 'REFUND'] as const
export type OnerwayTxnType = (typeof onerwayTxnTypes)[number]

/** The steps a payment begins with: their transactionId names it. */
export const onerwayOpeningTypes = ['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD'] as const
export type OnerwayOpeningType = (typeof onerwayOpeningTypes)[number]

/** What a step's `status` can be; it means nothing without the step's `txnType`. */
export const onerwayStatuses = ['S', 'F', 'P', 'R', 'N', 'I', 'U'] as const
export type OnerwayStatus = (typeof onerwayStatuses)[number]

/** What `paymentStatus`, the word for the whole payment in newer answers, can be. */
export const onerwayPaymentStatuses = ['S', 'A', 'P', 'I', 'R', 'U', 'O', 'N'] as const
export type OnerwayPaymentStatus = (typeof onerwayPaymentStatuses)[number]

/** The webhooks with a meaning of their own. */
export const onerwayNotifyTypes = [
  'TXN',
  'REFUND',
  'REFUND_AUDIT',
  'CANCEL',
  'CHARGEBACK',
  'PRE_DISPUTE',
] as const
export type OnerwayNotifyType = (typeof onerwayNotifyTypes)[number]

/** How far a chargeback has come. */
export const onerwayChargebackStatuses = [
  'NEW',
  'FA',
  'SA',
  'FAS',
  'SAS',
  'FAF',
  'FAT',
  'SAF',
  'SAT',
  'ACCEPT',
  'REVOKE',
] as const
export type OnerwayChargebackStatus = (typeof onerwayChargebackStatuses)[number]

/** The refusals in 3-D Secure of seed 003_e769d28ba38fe36d.txt, and the one general decline that is known. */
export const onerwayDeclineCodes = ['40201', '40202', '40203', '70002'] as const
export type OnerwayDeclineCode = (typeof onerwayDeclineCodes)[number]

/** Up to 20 digits: more than a number holds, so ids are strings always. */
export const idPattern = /^\d{1,20}$/
/** A merchantTxnId: up to 64 characters; a comma would ask for several. */
export const referencePattern = /^[^,\p{Control}\p{Surrogate}]{1,64}$/u

const text = v.nullish(v.string())
const id = v.pipe(v.string(), v.regex(idPattern))
/** Some fields that are not told arrive as "" instead of null. */
const optionalId = v.nullish(v.union([v.literal(''), id]))

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
})
export type OnerwayRow = v.InferOutput<typeof rowSchema>

/** What names a row even where the rest of it cannot be read. */
export const rowIdSchema = v.object({ transactionId: id })

/** `data` of the response to a create call; it has no txnType and no merchantTxnId. */
export const responseDataSchema = v.object({
  ...stepEntries,
  responseTime: text,
  redirectUrl: text,
  actionType: text,
  codeForm: text,
  presentContext: text,
})
/** What makes an answer one about a payment. */
export const namedSchema = v.object({ transactionId: v.pipe(v.string(), v.nonEmpty()) })
export type OnerwayResponseData = v.InferOutput<typeof responseDataSchema>

/** The envelope of every answer. */
export const answerSchema = v.object({
  respCode: v.string(),
  respMsg: text,
  data: v.optional(v.unknown()),
})

export const codePattern = /^\d{1,8}$/

/** What an answer with an HTTP error may say besides. */
export const refusalSchema = v.object({ respCode: v.pipe(v.string(), v.regex(codePattern)) })

const count = v.nullish(v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{0,15}$/), v.transform(Number))]))

/** A page of rows; its numbers arrive as numbers or strings, and are not relied on. */
export const pageSchema = v.object({
  content: v.array(v.unknown()),
  size: count,
  totalElements: count,
})

/** What any webhook has. `originTransactionId` and `originMerchantTxnId` are not signed: keys to look up, nothing more. */
export const notificationSchema = v.object({
  notifyType: v.pipe(v.string(), v.nonEmpty()),
  transactionId: optionalId,
  txnType: text,
  status: text,
  paymentStatus: text,
  chargebackStatus: text,
  merchantTxnId: text,
  originTransactionId: text,
  originMerchantTxnId: text,
  responseTime: text,
  txnTimeZone: text,
})
export type OnerwayNotification = v.InferOutput<typeof notificationSchema>

/** What a webhook about an opening step has besides. */
export const openingNotificationSchema = v.object({ ...stepEntries, txnType: v.string() })

/** `reason` is JSON inside a string. */
export const reasonSchema = v.object({ respCode: text, respMsg: text })

/** The browser SDK's result: seed 000_0ac452fca70926c2.txt. */
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
  nextAction: v.optional(v.unknown()),
})
export const nextActionSchema = v.object({ redirectUrl: v.optional(v.string()), url: v.optional(v.string()) })
