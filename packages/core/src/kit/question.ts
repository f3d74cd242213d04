import { PaymentError } from '../errors.ts'
import type { ListRange } from '../provider.ts'

/** A reference fit to be asked for. Throws `invalid_input` for what no merchant's order id is: empty, no text, or half a character. */
export function checkReference(reference: string, provider: string): string {
  if (
    typeof reference === 'string' &&
    reference.trim() !== '' &&
    !/[\p{Surrogate}\p{Control}]/u.test(reference)
  ) {
    return reference
  }
  throw new PaymentError({
    code: 'invalid_input',
    provider,
    message: 'a reference is a text that is not empty, without control characters',
  })
}

/** Throws `invalid_input` unless both are dates and in order. */
export function checkRange({ from, to }: ListRange, provider: string): void {
  const isDate = (date: Date) => date instanceof Date && !Number.isNaN(date.getTime())
  if (isDate(from) && isDate(to) && from <= to) return
  throw new PaymentError({
    code: 'invalid_input',
    provider,
    message: 'a range is two dates, `from` not after `to`',
  })
}
