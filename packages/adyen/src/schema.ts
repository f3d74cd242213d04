import * as v from 'valibot'

/** A PSP reference: letters and digits, 16 of them by Adyen's API reference. A colon in one would make signatures ambiguous. */
export const pspReferencePattern = /^[A-Za-z0-9]{1,64}$/

const pspReference = v.pipe(v.string(), v.regex(pspReferencePattern))
const text = v.nullish(v.string())

// Fields that describe a payment without deciding anything. One in an unexpected form is left out.
const word = v.fallback(text, undefined)
const flag = v.fallback(v.nullish(v.union([v.string(), v.boolean()])), undefined)

export const amountSchema = v.object({ value: v.pipe(v.number(), v.safeInteger()), currency: v.string() })

/** The fields of `additionalData` that are read. They are not signed. */
export const additionalDataSchema = v.fallback(
  v.object({
    hmacSignature: word,
    'modification.action': word,
    'retry.rescueScheduled': flag,
    fraudManualReview: flag,
    disputeStatus: word,
    defensePeriodEndsAt: word,
    chargebackReasonCode: word,
    authCode: word,
    cardSummary: word,
    cardIssuingCountry: word,
    eci: word,
    liabilityShift: flag,
    threeDAuthenticated: flag,
    threeDOffered: flag,
    threeDSVersion: word,
    acquirerReference: word,
    networkTxReference: word,
  }),
  {},
)

/** A value that Adyen signs as its text. */
const signed = v.nullish(v.union([v.string(), v.number(), v.boolean()]))

/** The eight signed values of an item, and its signature: as much as verification needs. */
const signedItemSchema = v.looseObject({
  pspReference: signed,
  originalReference: signed,
  merchantAccountCode: signed,
  merchantReference: signed,
  amount: v.nullish(v.object({ value: signed, currency: signed })),
  eventCode: signed,
  success: signed,
  additionalData: v.nullish(additionalDataSchema),
})
export type SignedItem = v.InferOutput<typeof signedItemSchema>

/** The body of a standard webhook. */
export const notificationSchema = v.object({
  live: v.fallback(v.nullish(v.union([v.string(), v.boolean()])), undefined),
  notificationItems: v.pipe(v.array(v.object({ NotificationRequestItem: signedItemSchema })), v.minLength(1)),
})

/** One item of a standard webhook as it is documented. */
export const itemSchema = v.object({
  pspReference: v.string(),
  originalReference: text,
  merchantAccountCode: v.string(),
  merchantReference: text,
  amount: v.nullish(v.object({ value: v.nullish(v.pipe(v.number(), v.safeInteger())), currency: text })),
  eventCode: v.string(),
  success: v.pipe(v.union([v.string(), v.boolean()]), v.transform(String), v.picklist(['true', 'false'])),
  eventDate: word,
  paymentMethod: word,
  reason: word,
  additionalData: v.nullish(additionalDataSchema),
})
export type AdyenItem = v.InferOutput<typeof itemSchema>

/** The body of a webhook that is not a standard one: it states its type, and has no items. */
export const otherWebhookSchema = v.pipe(
  v.looseObject({}),
  v.check((body) => !('notificationItems' in body) && ('type' in body || 'eventType' in body)),
)

/** The shopper's next action in an answer. `paymentData` and tokens are never read. */
export const actionSchema = v.nullish(
  v.object({
    type: v.fallback(v.string(), ''),
    method: word,
    url: word,
    qrCodeData: word,
    reference: word,
    entity: word,
    iban: word,
    bic: word,
    expiresAt: word,
  }),
)
export type AdyenAction = NonNullable<v.InferOutput<typeof actionSchema>>

/** An answer to `/payments` or `/payments/details`. One with an action often names no payment. */
export const paymentSchema = v.object({
  resultCode: v.string(),
  pspReference: v.nullish(pspReference),
  merchantReference: text,
  amount: v.nullish(amountSchema),
  refusalReasonCode: word,
  refusalReason: word,
  paymentMethod: v.fallback(v.nullish(v.object({ type: word, brand: word })), undefined),
  action: actionSchema,
  additionalData: v.nullish(additionalDataSchema),
})
export type AdyenPaymentResponse = v.InferOutput<typeof paymentSchema>

/** An answer to `POST /sessions`, or to `GET /sessions/{id}?sessionResult=…`, which states payments. */
export const sessionSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  status: text,
  reference: text,
  payments: v.nullish(
    v.array(
      v.object({
        pspReference: v.nullish(pspReference),
        resultCode: v.string(),
        amount: v.nullish(amountSchema),
      }),
    ),
  ),
})
export type AdyenSession = v.InferOutput<typeof sessionSchema>

/** An answer to a capture, a cancellation or a refund: received, which proves nothing. */
export const modificationSchema = v.object({
  status: v.literal('received'),
  paymentPspReference: v.nullish(pspReference),
  reference: text,
})

/** The body of an error response. */
export const errorSchema = v.object({
  status: v.union([v.number(), v.string()]),
  errorCode: v.string(),
  errorType: v.string(),
  pspReference: word,
})

/** The request as the merchant kept it: an answer may leave out the amount and the reference. */
export const sentSchema = v.fallback(
  v.object({
    reference: word,
    amount: v.fallback(v.nullish(amountSchema), undefined),
  }),
  {},
)

/** Argument of `onPaymentCompleted`, `onPaymentFailed` or `onError`. */
export const clientResultSchema = v.object({
  resultCode: v.nullish(v.string()),
  name: v.nullish(v.string()),
})
