import { currencyDigits, type Money } from '@payment-status/core'

/** `{ amount: 6540, currency: 'USD' }` as `65.40 USD`, digit by digit: no fraction passes through a float. */
export function formatMoney({ amount, currency }: Money): string {
  const digits = currencyDigits(currency)
  if (digits === undefined) return `${amount} ${currency} (minor units)`
  if (digits === 0) return `${amount} ${currency}`
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  return `${amount < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)} ${currency}`
}
