import type { LookupKey, Payment, PaymentOperation, ProviderOptions } from '@payment-status/core'
import {
  fromMinorUnits,
  inputError,
  omitUndefined,
  payloadError,
  toAuthentication,
  toInstant,
  toMethod,
  toTrace,
} from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { toDecline } from './decline.ts'
import { type AdyenItem, pspReferencePattern } from './schema.ts'
import { type EventMeaning, toMethodKind, toPaymentStatus } from './status.ts'
import { type AdyenCaptureMode, adyenCurrencyDigits } from './vocabulary.ts'

export interface PaymentContext extends Pick<ProviderOptions, 'keepRaw' | 'clock'> {
  readonly provider: string
  readonly capture: AdyenCaptureMode | ((reference: string | undefined) => AdyenCaptureMode) | undefined
  readonly multipleCaptures: boolean | undefined
  /** Payment methods that are paid at once in every mode. */
  readonly immediateMethods: readonly string[]
}

type Operation = Extract<EventMeaning, { readonly kind: 'operation' }>

/** An operation as an item of a webhook states it, and the payment as far as the item knows it. */
export interface StatedOperation {
  readonly key: LookupKey
  readonly operation: PaymentOperation
  readonly payment: Payment
}

/**
 * Converts an item to an operation. The payment's id is the PSP reference of its AUTHORISATION, which every modification
 * names in `originalReference`. Only an AUTHORISATION states the order's reference and the payment's amount: a modification
 * may have a reference and an amount of its own. Its time says when Adyen sent it, not when it happened, so it never orders
 * operations, except two approvals of one payment. Throws `invalid_payload`, and `invalid_input` where the configuration lacks
 * what the item needs.
 */
export function toOperation(item: AdyenItem, meaning: Operation, context: PaymentContext): StatedOperation {
  const { provider } = context
  const id = toPaymentId(item, provider)
  const own = item.pspReference === id ? `${id}/${item.eventCode}` : item.pspReference
  const { status, takesBack } = meaning
  const operation = match(meaning.operation)
    .returnType<PaymentOperation>()
    .with('approval', () => toApproval(item, meaning, context))
    .with('adjustment', () =>
      omitUndefined<PaymentOperation>({
        id,
        kind: 'authorization',
        status,
        amount: readAmount(item, provider).amount,
        at: toInstant(item.eventDate),
      }),
    )
    .with('capture', () =>
      omitUndefined<PaymentOperation>({
        id: own,
        kind: 'capture',
        status,
        takesBack,
        ...readAmount(item, provider),
        final: status === 'succeeded' && isFinalCapture(context) ? true : undefined,
      }),
    )
    // The amount of an expiry has two readings, and that of a cancellation is the payment's: the rest of the hold is released.
    .with('void', () => ({ id: own, kind: 'void', status }))
    .with('reversal', () => {
      const isRefund = item.additionalData?.['modification.action'] === 'refund'
      return omitUndefined<PaymentOperation>({
        id: own,
        kind: isRefund ? 'refund' : 'void',
        status,
        final: status === 'succeeded' ? true : undefined,
      })
    })
    .with('refund', () =>
      omitUndefined<PaymentOperation>({
        id: own,
        kind: 'refund',
        status,
        takesBack,
        ...readAmount(item, provider),
      }),
    )
    .with('other', () => ({ id: own, kind: 'other', status }))
    .exhaustive()
  const payment = omitUndefined<Payment>({
    provider,
    id,
    status: meaning.states ?? 'unknown',
    review: meaning.review,
    ...(meaning.operation === 'approval' ? describeApproval(item, meaning, operation, context) : {}),
    facts: { ...(meaning.operation === 'approval' ? factsOf(item) : {}), [item.eventCode]: item.success },
  })
  return { key: { id }, operation, payment }
}

/** Returns the id of the payment that an item is about. */
export function toPaymentId(
  { eventCode, originalReference, pspReference }: AdyenItem,
  provider: string,
): string {
  const isModification = !withoutOriginal.includes(eventCode)
  const id = originalReference || (isModification ? '' : pspReference)
  if (pspReferencePattern.test(id)) return id
  throw payloadError(provider, isModification ? 'originalReference' : 'pspReference', 'a PSP reference')
}

/** Events whose own PSP reference is the payment's, where they name no other. */
const withoutOriginal: readonly string[] = [
  'AUTHORISATION',
  'OFFER_CLOSED',
  'PENDING',
  'EXPIRE',
  'MANUAL_REVIEW_ACCEPT',
  'MANUAL_REVIEW_REJECT',
]

/** Returns how a payment is captured. Throws `invalid_input` where the configuration does not say it. */
export function toCaptureMode(
  { capture, provider }: Pick<PaymentContext, 'capture' | 'provider'>,
  reference: string | undefined,
): AdyenCaptureMode {
  const mode = typeof capture === 'function' ? capture(reference) : capture
  if (mode === 'immediate' || mode === 'delayed' || mode === 'manual') return mode
  throw inputError(
    provider,
    "capture must be 'immediate', 'delayed' or 'manual', or a function of the reference that returns one. Set it to the capture delay of your merchant account",
  )
}

/** Without multiple captures, the first capture releases the rest of the hold. */
function isFinalCapture({ capture, multipleCaptures, provider }: PaymentContext): boolean {
  if (multipleCaptures !== undefined) return !multipleCaptures
  if (capture === 'immediate') return true
  throw inputError(
    provider,
    'multipleCaptures is missing. Set it to true if your merchant account has multiple partial captures enabled, else to false',
  )
}

function toApproval(item: AdyenItem, { status }: Operation, context: PaymentContext): PaymentOperation {
  const { provider, immediateMethods } = context
  const { amount } = readAmount(item, provider)
  const isPaidAtOnce = immediateMethods.includes(item.paymentMethod ?? '')
  const isSale =
    status === 'succeeded' &&
    (isPaidAtOnce || toCaptureMode(context, item.merchantReference || undefined) === 'immediate')
  return omitUndefined<PaymentOperation>({
    id: item.pspReference,
    kind: amount === 0 ? 'verification' : isSale ? 'payment' : 'authorization',
    status: isRescued(item) ? 'pending' : status,
    amount,
    at: toInstant(item.eventDate),
  })
}

/** A declined payment that Adyen tries again by itself. */
function isRescued({ additionalData, success }: AdyenItem): boolean {
  return success === 'false' && isTrue(additionalData?.['retry.rescueScheduled'])
}

function describeApproval(
  item: AdyenItem,
  { status }: Operation,
  { amount }: PaymentOperation,
  { provider }: PaymentContext,
): Partial<Payment> {
  const { additionalData: data = {}, paymentMethod: name, reason, merchantReference, eventDate } = item
  const isApproved = status === 'succeeded'
  const isDeclined = !isApproved && !isRescued(item)
  const approved = amount === 0 ? 'verified' : 'unknown' // the operation says which
  return omitUndefined<Partial<Payment>>({
    reference: merchantReference || undefined,
    status: isApproved ? approved : isDeclined ? 'failed' : 'processing',
    amount: readAmount(item, provider),
    decline: isDeclined ? toDecline({ reason }) : undefined,
    review: isApproved && isTrue(data?.fraudManualReview) ? 'open' : undefined,
    method: name
      ? toMethod(toMethodKind(name), {
          name,
          brand: toMethodKind(name) === 'card' ? name : undefined,
          last4: data?.cardSummary,
          country: data?.cardIssuingCountry,
        })
      : undefined,
    authentication: toAuthentication({ eci: data?.eci, version: data?.threeDSVersion }),
    trace: toTrace({
      authorizationCode: isApproved ? data?.authCode : undefined,
      networkTransactionId: data?.networkTxReference,
      acquirerReference: data?.acquirerReference,
    }),
    createdAt: toInstant(eventDate),
  })
}

/** Returns the result of 3-D Secure in Adyen's words. */
function factsOf({ additionalData: data }: AdyenItem): Payment['facts'] {
  const { threeDAuthenticated, threeDOffered, liabilityShift } = data ?? {}
  return omitUndefined({
    threeDAuthenticated: toFact(threeDAuthenticated),
    threeDOffered: toFact(threeDOffered),
    liabilityShift: toFact(liabilityShift),
  })
}

function toFact(value: string | boolean | null | undefined): string | undefined {
  return isTrue(value) ? 'true' : value === false || value === 'false' ? 'false' : undefined
}

export function isTrue(value: string | boolean | null | undefined): boolean {
  return value === true || value === 'true'
}

/** Reads the amount in minor units of ISO 4217. Throws `invalid_payload` where it is missing. */
export function readAmount({ amount }: Pick<AdyenItem, 'amount'>, provider: string) {
  const context = { provider, path: 'amount', digits: adyenCurrencyDigits }
  const money = fromMinorUnits(amount?.value, amount?.currency, context)
  if (money) return money
  throw payloadError(provider, 'amount', 'a value and a currency')
}

/** Returns the payment that an approval alone states: its status and figures, without what a later operation adds. */
export function toApprovedFigures(
  amount: number | undefined,
  capture: AdyenCaptureMode,
): Pick<Payment, 'status' | 'authorized' | 'captured'> {
  const status = toPaymentStatus({ resultCode: 'Authorised', amount, capture })
  return omitUndefined<Pick<Payment, 'status' | 'authorized' | 'captured'>>({
    status,
    authorized: status === 'authorized' || status === 'captured' ? amount : undefined,
    captured: status === 'captured' ? amount : undefined,
  })
}
