import type { Payment, PaymentStatus, ProviderOptions } from '@payment-status/core'
import { fromEpochSeconds, omitUndefined, parse, payloadError } from '@payment-status/core/kit'
import * as v from 'valibot'
import { toAction } from './action.ts'
import { readCharge, toOperations } from './charge.ts'
import { toDecline } from './decline.ts'
import { toMoney } from './money.ts'
import {
  formerChargesSchema,
  heldSchema,
  paymentSchema,
  type StripeCharge,
  type StripePaymentIntent,
} from './schema.ts'
import type { StripeShop } from './shop.ts'
import { tookMoney, toPaymentStatus } from './status.ts'

export interface PaymentContext extends Pick<ProviderOptions, 'keepRaw' | 'clock'> {
  readonly provider: string
  /** Metadata key that holds the merchant's reference. */
  readonly referenceKey: string
  readonly shop?: StripeShop | undefined
}

/** Reads a PaymentIntent. Throws `invalid_payload`. */
export function toPayment(data: unknown, { provider, referenceKey }: PaymentContext): Payment {
  const what = 'the PaymentIntent'
  const intent = parse(paymentSchema, data, { provider, what })
  const { currency, last_payment_error, review } = intent
  const charge = toLatestCharge(intent, data)
  const status = toPaymentStatus({ ...intent, latest_charge: charge })
  const read = (amount: number | null | undefined, path: string) =>
    toMoney(amount, currency, { provider, path })?.amount
  const isHeld = intent.status === 'requires_capture'
  const held = isHeld ? parse(heldSchema, data, { provider, what }) : undefined
  const capturable = read(held?.amount_capturable, 'amount_capturable')
  const refunded = read(charge?.amount_refunded, 'latest_charge.amount_refunded')
  const capturedByCharge = read(charge?.amount_captured, 'latest_charge.amount_captured')
  const captured = read(intent.amount_received, 'amount_received') ?? capturedByCharge
  const amount = toMoney(intent.amount, currency, { provider, path: 'amount' })
  const paidWith = charge && readCharge(charge)
  return omitUndefined<Payment>({
    provider,
    id: intent.id,
    reference: readReference(intent.metadata, referenceKey, provider),
    status,
    amount,
    authorized: readAuthorized(status, { isHeld, amount: amount?.amount, captured, capturable }),
    captured,
    refunded: tookMoney(status) ? refunded : undefined,
    action: status === 'requires_action' ? toAction(intent.next_action) : undefined,
    awaits: intent.status === 'requires_confirmation' && status === 'processing' ? 'merchant' : undefined,
    decline: status === 'open' && last_payment_error ? toDecline(last_payment_error) : undefined,
    // The charge states that a dispute exists; only the dispute itself states its status.
    dispute: charge?.disputed ? { status: 'unknown' } : undefined,
    review: toReview(review),
    operations: toOperations(charge, { provider, currency }),
    method: paidWith?.method,
    authentication: paidWith?.authentication,
    trace: paidWith?.trace,
    authorizationExpiresAt: isHeld ? paidWith?.authorizationExpiresAt : undefined,
    createdAt: typeof intent.created === 'number' ? fromEpochSeconds(intent.created) : undefined,
    facts: omitUndefined({
      status: intent.status,
      amount: intent.amount,
      amount_received: intent.amount_received ?? null,
      cancellation_reason: intent.cancellation_reason ?? null,
      amount_captured: charge?.amount_captured ?? undefined,
      amount_refunded: charge?.amount_refunded ?? undefined,
      review_closed_reason: typeof review === 'object' ? (review?.closed_reason ?? undefined) : undefined,
    }),
  })
}

/**
 * Returns the latest charge where it is stated whole. API versions before 2022-11-15 list it under `charges`, and there a
 * capture in part counts what it released as refunded.
 */
function toLatestCharge({ latest_charge }: StripePaymentIntent, data: unknown): StripeCharge | undefined {
  if (latest_charge) return typeof latest_charge === 'object' ? latest_charge : undefined
  const charge = v.parse(formerChargesSchema, data).charges.data[0]
  if (!charge?.amount || !charge.amount_captured || !charge.amount_refunded) return charge
  const released = Math.max(0, charge.amount - charge.amount_captured)
  return { ...charge, amount_refunded: Math.max(0, charge.amount_refunded - released) }
}

interface HeldFigures {
  readonly isHeld: boolean
  readonly amount: number | undefined
  readonly captured: number | undefined
  readonly capturable: number | undefined
}

/**
 * Returns what is held or was captured; a final capture in part releases the rest. No source states whether
 * `amount_capturable` falls by each of several captures, so the sum is never more than the amount.
 */
function readAuthorized(
  status: PaymentStatus,
  { isHeld, amount, captured = 0, capturable }: HeldFigures,
): number | undefined {
  if (!isHeld) return status === 'partially_captured' ? captured : undefined
  if (amount === undefined || capturable === undefined) return undefined
  return Math.min(captured + capturable, Math.max(amount, captured))
}

/** An id states that there is a review and not whether it is closed, so it counts as open until a lookup expands it. */
function toReview(review: StripePaymentIntent['review']): Payment['review'] {
  if (!review) return undefined
  return typeof review === 'string' || review.open ? 'open' : 'closed'
}

/** Returns the merchant's reference in an intent's metadata. Throws `invalid_payload` where it is not a text. */
export function readReference(
  metadata: StripePaymentIntent['metadata'],
  referenceKey: string,
  provider: string,
): string | undefined {
  const reference = metadata && Object.hasOwn(metadata, referenceKey) ? metadata[referenceKey] : undefined
  if (typeof reference === 'string') return reference || undefined
  if (reference === undefined || reference === null) return undefined
  throw payloadError(provider, `metadata.${referenceKey}`, 'a text')
}
