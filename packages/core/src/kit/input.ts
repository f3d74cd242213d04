import type { Payment } from '../model/payment.ts'
import type { ListRange, LookupOptions } from '../model/provider.ts'
import { inputError, payloadError } from './errors.ts'

/** A reference fit to be asked for. Throws `invalid_input` for what no merchant's order id is: empty, no text, or half a character. */
export function checkReference(reference: string, provider: string): string {
  if (
    typeof reference === 'string' &&
    reference.trim() !== '' &&
    !/[\p{Surrogate}\p{Control}]/u.test(reference)
  ) {
    return reference
  }
  throw inputError(provider, 'a reference is a text that is not empty, without control characters')
}

/** Throws `invalid_input` unless both are dates and in order. */
export function checkRange(range: ListRange, provider: string): void {
  const { from, to } = range ?? {}
  const isDate = (date: unknown) => date instanceof Date && !Number.isNaN(date.getTime())
  if (isDate(from) && isDate(to) && from <= to) return
  throw inputError(provider, 'a range is two dates: { from, to }, `from` not after `to`')
}

/** Throws `invalid_input` for options that are none: `null`, a signal that cannot abort, steps without ids. */
export function checkOptions(options: LookupOptions | undefined, provider: string): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null) {
    throw inputError(provider, 'options must be an object, such as { signal, timeoutMs }')
  }
  const { signal, operations } = options
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    throw inputError(provider, 'signal must be an AbortSignal')
  }
  const isStep = (step: { readonly id: string }) => typeof step?.id === 'string'
  if (operations !== undefined && !(Array.isArray(operations) && operations.every(isStep))) {
    throw inputError(provider, 'operations must be a list of objects with an id, such as those of a Payment')
  }
}

/** Whether a payment was created in `[from, to)`; one that does not say when is not left out. */
export function isWithin({ createdAt }: Payment, { from, to }: ListRange): boolean {
  if (createdAt === undefined) return true
  const time = Date.parse(createdAt)
  return time >= from.getTime() && time < to.getTime()
}

/** The payment, if it is the one that was asked for. Throws `invalid_payload` for another. */
export function checkAnswer(payment: Payment, id: string): Payment {
  if (payment.id === id) return payment
  throw payloadError(payment.provider, 'id', 'the id asked for, not that of another payment')
}
