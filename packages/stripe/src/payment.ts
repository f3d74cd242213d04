import type { Payment, ProviderOptions } from '@payment-status/core'
import { fromEpochSeconds, omitUndefined, parse, payloadError } from '@payment-status/core/kit'
import { toAction } from './action.ts'
import { readCharge, toSteps } from './charge.ts'
import { toDecline } from './decline.ts'
import { toMoney } from './money.ts'
import { paymentSchema, type StripePaymentIntent } from './schema.ts'
import { tookMoney, toPaymentStatus } from './status.ts'

export interface PaymentContext extends Pick<ProviderOptions, 'keepRaw' | 'clock'> {
  readonly provider: string
  /** The metadata key that holds the merchant's reference. */
  readonly referenceKey: string
}

/** Their PaymentIntent as ours. Throws `invalid_payload`. */
export function toPayment(data: unknown, { provider, referenceKey }: PaymentContext): Payment {
  const intent = parse(paymentSchema, data, { provider, what: 'the PaymentIntent' })
  const { currency, latest_charge, last_payment_error } = intent
  const charge = typeof latest_charge === 'object' && latest_charge ? latest_charge : undefined
  const status = toPaymentStatus(intent)
  const read = (amount: number | null | undefined, path: string) =>
    toMoney(amount, currency, { provider, path })
  const amount = read(intent.amount, 'amount')
  const capturable = read(intent.amount_capturable, 'amount_capturable')
  const refunded = read(charge?.amount_refunded, 'latest_charge.amount_refunded')
  read(charge?.amount_captured, 'latest_charge.amount_captured')
  const paidWith = charge && readCharge(charge)
  return omitUndefined<Payment>({
    provider,
    id: intent.id,
    reference: readReference(intent.metadata, referenceKey, provider),
    status,
    amount,
    authorized: status === 'authorized' ? capturable?.amount : undefined,
    captured: read(intent.amount_received, 'amount_received')?.amount,
    refunded: tookMoney(status) ? refunded?.amount : undefined,
    action: status === 'requires_action' ? toAction(intent.next_action) : undefined,
    decline: status === 'open' && last_payment_error ? toDecline(last_payment_error) : undefined,
    // That there is one. How it stands only the dispute itself tells.
    dispute: charge?.disputed ? { status: 'unknown' } : undefined,
    operations: toSteps(charge, { provider, currency }),
    method: paidWith?.method,
    authentication: paidWith?.authentication,
    trace: paidWith?.trace,
    authorizationExpiresAt: status === 'authorized' ? paidWith?.authorizationExpiresAt : undefined,
    createdAt: typeof intent.created === 'number' ? fromEpochSeconds(intent.created) : undefined,
    facts: omitUndefined({
      status: intent.status,
      amount: intent.amount,
      amount_received: intent.amount_received ?? null,
      cancellation_reason: intent.cancellation_reason ?? null,
      amount_captured: charge?.amount_captured ?? undefined,
      amount_refunded: charge?.amount_refunded ?? undefined,
    }),
  })
}

/** The merchant's reference in an intent's metadata; `undefined` where there is none. Throws `invalid_payload` for no text. */
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
