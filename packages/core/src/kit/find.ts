import type { PaymentReport } from '../model/evidence.ts'
import type { Payment } from '../model/payment.ts'
import type { PaymentProvider } from '../model/provider.ts'
import { inputError } from './errors.ts'
import { checkOptions } from './input.ts'

/** Creates `find` from a provider's two lookups. */
export function createFind(
  provider: string,
  { lookup, lookupByReference }: Pick<PaymentProvider, 'lookup' | 'lookupByReference'>,
): PaymentProvider['find'] {
  return async (key, options) => {
    checkOptions(options, provider)
    if (typeof key === 'object' && key !== null) {
      if ('id' in key) {
        // A whole payment is a key too: what is known of it saves requests.
        const payment = 'facts' in key ? (key as Payment) : undefined
        return [await lookup(key.id, { payment, ...options, operations: key.operations })]
      }
      if ('reference' in key) return lookupByReference(key.reference, options)
    }
    throw inputError(
      provider,
      'the lookup key must be an object with an id or a reference. For a hint without a key, use the id you stored',
    )
  }
}

/** Sorts by creation time, newest first, those without one last. Ties are sorted by id, so that the order is stable. */
export function newestFirst(reports: readonly PaymentReport[]): PaymentReport[] {
  const compare = (a: string, b: string) => (a < b ? 1 : a > b ? -1 : 0)
  return reports.toSorted(
    ({ payment: a }, { payment: b }) => compare(a.createdAt ?? '', b.createdAt ?? '') || compare(a.id, b.id),
  )
}
