import type { Payment, PaymentStatus } from '@payment-status/core'
import { fromMinorUnits, omitUndefined, parse, readInstant } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import * as v from 'valibot'

/** Every word a charge's `state` takes. */
export const acmeStates = ['new', 'challenge', 'held', 'paid', 'given_back', 'over', 'refused'] as const
export type AcmeState = (typeof acmeStates)[number]

export const idPattern = /^ch_[a-z0-9]{6,20}$/

const chargeSchema = v.object({
  id: v.pipe(v.string(), v.regex(idPattern)),
  state: v.string(),
  order: v.nullish(v.string()),
  amount: v.nullish(v.number()),
  currency: v.nullish(v.string()),
  created: v.nullish(v.string()),
})
export const pageSchema = v.object({ items: v.array(v.unknown()) })
export const eventSchema = v.object({
  event: v.pipe(v.string(), v.nonEmpty()),
  at: v.string(),
  charge: v.unknown(),
})

/** Returns the status of a state: `unknown` for an unlisted word. */
export function toPaymentStatus(state: string): PaymentStatus {
  if (!isState(state)) return 'unknown'
  return match(state)
    .returnType<PaymentStatus>()
    .with('new', () => 'open')
    .with('challenge', () => 'requires_action')
    .with('held', () => 'authorized')
    .with('paid', () => 'captured')
    .with('given_back', () => 'refunded')
    .with('over', () => 'canceled')
    .with('refused', () => 'failed')
    .exhaustive()
}

/** Their charge as our payment. Throws `invalid_payload`. */
export function toPayment(data: unknown, provider: string): Payment {
  const charge = parse(chargeSchema, data, { provider, what: 'the charge' })
  return omitUndefined({
    provider,
    id: charge.id,
    reference: charge.order || undefined,
    status: toPaymentStatus(charge.state),
    amount: fromMinorUnits(charge.amount, charge.currency, { provider, path: 'amount' }),
    createdAt: readInstant(charge.created, { provider, path: 'created' }),
    facts: { state: charge.state },
  })
}

function isState(state: string): state is AcmeState {
  return (acmeStates as readonly string[]).includes(state)
}
