import type { PaymentProvider, ProviderAnswers, RequestOptions } from '@payment-status/core'
import { collect } from './outcome.ts'

/** One way to ask a provider, and the query that answers it. */
export interface Question {
  readonly title: string
  readonly query: keyof ProviderAnswers
  ask(provider: PaymentProvider, options?: RequestOptions): Promise<unknown>
}

/** Returns every way to ask a provider, the lookup of `id` first. */
export function questions(id: string): readonly Question[] {
  const range = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-02T00:00:00Z') }
  return [
    { title: 'lookup', query: 'lookup', ask: (provider, options) => provider.lookup(id, options) },
    {
      title: 'lookup by reference',
      query: 'byReference',
      ask: (provider, options) => provider.lookupByReference('any-reference', options),
    },
    { title: 'find', query: 'lookup', ask: (provider, options) => provider.find({ id }, options) },
    { title: 'list', query: 'list', ask: (provider, options) => collect(provider.list(range, options)) },
  ]
}
