/** Conversion of the provider's object into a `Payment`. @module */
import type { Payment, PaymentMethod, PaymentOperation } from '@payment-status/core'
import {
  fromMinorUnits,
  isFields,
  isText,
  omitUndefined,
  parse,
  readInstant,
  toHttpUrl,
  toMethod,
} from '@payment-status/core/kit'
import { toDecline } from './decline.ts'
import { toDispute } from './dispute.ts'
import { type AcmePayCharge, chargeSchema } from './schema.ts'
import { toPaymentStatus, toRefundStatus } from './status.ts'

/** Converts a charge. Throws `invalid_payload` where it is not as documented. */
export function toPayment(body: unknown, provider: string): Payment {
  const charge = parse(chargeSchema, body, { provider, what: 'the charge' })
  const { id, state, order, currency, reason, created, next_url, card, dispute } = charge
  // Absent is not zero: `undefined` stays `undefined`.
  const toFigure = (path: 'captured' | 'refunded') =>
    fromMinorUnits(charge[path], currency, { provider, path })?.amount
  const amount = fromMinorUnits(charge.amount, currency, { provider, path: 'amount' })
  const [captured, refunded] = [toFigure('captured'), toFigure('refunded')]
  const status = toPaymentStatus({ state, amount: amount?.amount, captured, refunded })
  const url = status === 'requires_action' ? toHttpUrl(next_url) : undefined
  const operations = toOperations(charge, provider)
  return omitUndefined<Payment>({
    provider,
    id,
    reference: order || undefined,
    status,
    amount,
    captured: amount && captured,
    refunded: amount && refunded,
    action: url === undefined ? undefined : { kind: 'redirect', url },
    decline: state === 'rejected' ? toDecline(reason) : undefined,
    dispute: dispute ? toDispute(dispute, provider) : undefined,
    operations: operations.length > 0 ? operations : undefined,
    method: isFields(card) ? toCard(card) : undefined,
    createdAt: readInstant(created, { provider, path: 'created' }),
    facts: { state },
  })
}

/** `toMethod` keeps only what may be stored: name no field that holds a person's name or a full number. */
function toCard({ brand, last4 }: Readonly<Record<string, unknown>>): PaymentMethod {
  return toMethod('card', {
    brand: isText(brand) ? brand : undefined,
    last4: isText(last4) ? last4 : undefined,
  })
}

function toOperations({ refunds, currency }: AcmePayCharge, provider: string): PaymentOperation[] {
  return (refunds ?? []).map(({ id, state, amount, at }) =>
    omitUndefined<PaymentOperation>({
      id,
      kind: 'refund',
      status: toRefundStatus(state),
      amount: fromMinorUnits(amount, currency, { provider, path: 'refunds.amount' })?.amount,
      at: readInstant(at, { provider, path: 'refunds.at' }),
    }),
  )
}
