import type { PaymentProvider } from '../words/provider.ts'
import { copyDelivery } from './delivery.ts'
import { createFind } from './find.ts'
import { checkOptions, checkRange, checkReference } from './input.ts'

/**
 * A provider out of its sources: adds `find`, and checks what callers hand over before a source sees it, so that each kind
 * of mistake is told as the same `invalid_input` by every provider. A webhook's body is copied before anything is awaited.
 * What an id looks like is the provider's own to check.
 */
export function defineProvider<Provider extends PaymentProvider>(sources: Omit<Provider, 'find'>): Provider {
  const { name, readWebhook, lookup, lookupByReference, list } = sources
  const checked: Pick<PaymentProvider, 'readWebhook' | 'lookup' | 'lookupByReference' | 'list'> = {
    readWebhook: async (delivery) => readWebhook(copyDelivery(delivery, name)),
    async lookup(id, options) {
      checkOptions(options, name)
      return lookup(id, options)
    },
    async lookupByReference(reference, options) {
      checkOptions(options, name)
      return lookupByReference(checkReference(reference, name), options)
    },
    async *list(range, options) {
      checkRange(range, name)
      checkOptions(options, name)
      yield* list(range, options)
    },
  }
  return { ...sources, ...checked, find: createFind(name, checked) } as Provider
}
