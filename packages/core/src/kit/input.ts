import type { Payment } from '../model/payment.ts'
import type { KnownOptions, ListRange } from '../model/provider.ts'
import { inputError, payloadError } from './errors.ts'

/** Returns a valid reference. Throws `invalid_input` for an empty string, a control character or half a surrogate pair. */
export function checkReference(reference: string, provider: string): string {
  if (
    typeof reference === 'string' &&
    reference.trim() !== '' &&
    !/[\p{Surrogate}\p{Control}]/u.test(reference)
  ) {
    return reference
  }
  throw inputError(provider, 'the reference must be a non-empty string without control characters')
}

/** Throws `invalid_input` unless both are dates and in order. */
export function checkRange(range: ListRange, provider: string): void {
  const { from, to } = range ?? {}
  const isDate = (date: unknown) => date instanceof Date && !Number.isNaN(date.getTime())
  if (isDate(from) && isDate(to) && from <= to) return
  throw inputError(provider, 'the range must be two dates, { from, to }, with `from` not after `to`')
}

/** Throws `invalid_input` for invalid options: `null`, a signal that cannot abort, operations without ids. */
export function checkOptions(options: KnownOptions | undefined, provider: string): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null) {
    throw inputError(provider, 'options must be an object, such as { signal, timeoutMs }')
  }
  const { signal, operations } = options
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    throw inputError(provider, 'signal must be an AbortSignal')
  }
  const isOperation = (operation: { readonly id: string }) => typeof operation?.id === 'string'
  if (operations !== undefined && !(Array.isArray(operations) && operations.every(isOperation))) {
    throw inputError(provider, 'operations must be a list of objects with an id, such as those of a Payment')
  }
}

/** Returns whether a payment was created in `[from, to)`. One without a creation time is included. */
export function isWithin({ createdAt }: Payment, { from, to }: ListRange): boolean {
  if (createdAt === undefined) return true
  const time = Date.parse(createdAt)
  return time >= from.getTime() && time < to.getTime()
}

/** Returns the payment if it is the requested one. Throws `invalid_payload` for another. */
export function checkAnswer(payment: Payment, id: string): Payment {
  if (payment.id === id) return payment
  throw payloadError(payment.provider, 'id', 'the requested id, not that of another payment')
}
