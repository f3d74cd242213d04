import type { PaymentProvider } from '../model/provider.ts'
import { copyDelivery } from './delivery.ts'
import { createFind } from './find.ts'
import { checkOptions, checkRange, checkReference } from './input.ts'
import { observeList, observeRequest } from './observe-request.ts'

/**
 * A provider out of its sources: adds `find`, and checks what callers hand over before a source sees it, so that each kind
 * of mistake is told as the same `invalid_input` by every provider. A webhook's body is copied before anything is awaited.
 * What an id looks like is the provider's own to check.
 */
export function defineProvider<Provider extends PaymentProvider>(sources: Omit<Provider, 'find'>): Provider {
  const { name, readWebhook, lookup, lookupByReference, list } = sources
  const checked: Pick<PaymentProvider, 'readWebhook' | 'lookup' | 'lookupByReference' | 'list'> = {
    readWebhook(delivery, options) {
      try {
        checkOptions(options, name)
        return readWebhook(copyDelivery(delivery, name), options)
      } catch (error) {
        return Promise.reject(error)
      }
    },
    async lookup(id, options) {
      checkOptions(options, name)
      return observeRequest({ provider: name, what: 'lookup' }, options, (asked) => lookup(id, asked))
    },
    async lookupByReference(reference, options) {
      checkOptions(options, name)
      const checkedReference = checkReference(reference, name)
      return observeRequest({ provider: name, what: 'lookupByReference' }, options, (asked) =>
        lookupByReference(checkedReference, asked),
      )
    },
    async *list(range, options) {
      checkRange(range, name)
      checkOptions(options, name)
      yield* observeList(name, options, (asked) => list(range, asked))
    },
  }
  return { ...sources, ...checked, find: createFind(name, checked) } as Provider
}
