import { PaymentError } from '../words/errors.ts'
import type { Payment } from '../words/payment.ts'
import type { ListRange } from '../words/provider.ts'

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

/** Whether a payment was created in `[from, to)`; one that does not say when is not left out. */
export function isWithin({ createdAt }: Payment, { from, to }: ListRange): boolean {
  if (createdAt === undefined) return true
  const time = Date.parse(createdAt)
  return time >= from.getTime() && time < to.getTime()
}

/** The payment, if it is the one that was asked for. Throws `invalid_payload` for another. */
export function checkAnswer(payment: Payment, id: string): Payment {
  if (payment.id === id) return payment
  throw new PaymentError({
    code: 'invalid_payload',
    provider: payment.provider,
    message: 'the answer is about another payment than the one asked for',
    issues: [{ path: 'id', expected: 'the id asked for' }],
  })
}
