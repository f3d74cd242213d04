import { PaymentError } from '../model/errors.ts'
import type { PaymentProvider, ProviderAnswers } from '../model/provider.ts'
import { copyDelivery } from './delivery.ts'
import { createFind } from './find.ts'
import { checkOptions, checkRange, checkReference } from './input.ts'
import { observeList, observeRequest } from './observe-request.ts'

/**
 * Creates a provider from its sources. Adds `find`, and checks every argument first, so that each mistake is the same
 * `invalid_input` at every provider. Copies a webhook's body before anything is awaited. Each provider checks the shape of
 * its own ids. A query that `answers` excludes rejects with `unsupported`.
 */
export function defineProvider<Provider extends PaymentProvider>(sources: Omit<Provider, 'find'>): Provider {
  const { name, answers, readWebhook, lookup, lookupByReference, list } = sources
  const refuse = (query: keyof ProviderAnswers, what: string) => {
    if (answers?.[query] !== 'none') return
    throw new PaymentError({
      code: 'unsupported',
      provider: name,
      message: `this provider has no ${what}. Rely on its webhooks instead`,
    })
  }
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
      refuse('lookup', 'lookup by id')
      return observeRequest({ provider: name, what: 'lookup' }, options, (asked) => lookup(id, asked))
    },
    async lookupByReference(reference, options) {
      checkOptions(options, name)
      const checkedReference = checkReference(reference, name)
      refuse('byReference', 'lookup by reference')
      return observeRequest({ provider: name, what: 'lookupByReference' }, options, (asked) =>
        lookupByReference(checkedReference, asked),
      )
    },
    async *list(range, options) {
      checkRange(range, name)
      checkOptions(options, name)
      refuse('list', 'list of payments')
      yield* observeList(name, options, (asked) => list(range, asked))
    },
  }
  return { ...sources, ...checked, find: createFind(name, checked) } as Provider
}
