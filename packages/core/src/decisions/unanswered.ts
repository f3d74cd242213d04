import { inputError } from '../model/errors.ts'
import type { Payment } from '../model/payment.ts'
import type { NextStep } from './next-step.ts'

/** Key of a payment, as the shop created it. */
export type UnansweredPayment = { readonly provider: string } & (
  | { readonly id: string }
  | { readonly reference: string }
)

/** Returns whether a payment that may be paid forbids a step about another payment, or one that ends the attempt. */
export function forbids(
  unanswered: UnansweredPayment,
  step: NextStep,
  about: Pick<Payment, 'provider' | 'id'> | undefined,
): boolean {
  const isOwn = about?.provider === unanswered.provider && 'id' in unanswered && about.id === unanswered.id
  switch (step.kind) {
    case 'stop':
      return true
    case 'ask_again':
      return step.newPayment || !isOwn
    case 'send_shopper':
    case 'show_shopper':
    case 'complete':
      return !isOwn
    case 'wait':
    case 'capture':
    case 'fulfill':
    case 'look_up':
    case 'investigate':
    case 'none':
      return false
  }
}

/** Returns the keys. Throws `invalid_input` for one that names no payment. */
export function checkUnanswered(keys: unknown = []): readonly UnansweredPayment[] {
  if (Array.isArray(keys) && keys.every(isKey)) return keys
  throw inputError(
    'payment-status',
    'unanswered must be an array of { provider, id } or { provider, reference }. Leave it out where every payment is reported',
  )
}

function isKey(key: unknown): key is UnansweredPayment {
  if (typeof key !== 'object' || key === null) return false
  const { provider, id, reference } = key as Record<string, unknown>
  return [provider, id ?? reference].every((text) => typeof text === 'string' && text !== '')
}
