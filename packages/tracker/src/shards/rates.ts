import { isPaymentError, type PaymentProvider } from '@payment-status/core'
import { rateOf } from '../context.ts'
import { awaitTurn, backOff, type Rates, sleepUnless } from '../poll/rate-limit.ts'
import { endPause } from '../store/providers.ts'
import type { TrackedPayments } from '../types/options.ts'

/** Runs a request to a provider when its turn has come. */
export type Gate = <T>(
  provider: string,
  signal: AbortSignal | undefined,
  request: () => Promise<T>,
) => Promise<T>

/**
 * Returns the gate that the requests of all shards pass: one rate and one pause for each provider, kept in the directory's
 * database. While that cannot be reached, each process takes a shard's part of the rate.
 */
export function createGate(rates: Rates, shards: number): Gate {
  const nextAt = new Map<string, number>()
  const never = new AbortController().signal
  const attempt = async (work: Promise<unknown>) => {
    try {
      await work
    } catch (error) {
      if (isPaymentError(error)) throw error
      rates.report(error)
      return false
    }
    return true
  }
  const waitAlone = async (provider: string, signal: AbortSignal) => {
    const at = Math.max(performance.now(), nextAt.get(provider) ?? 0)
    nextAt.set(provider, at + rateOf(rates, provider).intervalMs * shards)
    await sleepUnless(at - performance.now(), signal)
  }
  return async (provider, signal = never, request) => {
    if (!(await attempt(awaitTurn(rates, provider, signal)))) await waitAlone(provider, signal)
    try {
      const answer = await request()
      await attempt(endPause(rates.database, provider))
      return answer
    } catch (error) {
      if (isPaymentError(error) && error.retryable) await attempt(backOff(rates, provider, error))
      throw error
    }
  }
}

/** Returns the providers with their lookups behind the gate, and with a list of their own in place of the provider's. */
export function withSharedRequests(
  payments: TrackedPayments,
  gate: Gate,
  listOf: (provider: PaymentProvider) => PaymentProvider['list'],
): TrackedPayments {
  const wrapped = new Map<string, PaymentProvider>()
  return {
    has: (name) => payments.has(name),
    provider(name) {
      const known = wrapped.get(name)
      if (known) return known
      const provider = payments.provider(name)
      const shared: Pick<PaymentProvider, 'lookup' | 'lookupByReference' | 'find' | 'list'> = {
        lookup: (id, options) => gate(name, options?.signal, () => provider.lookup(id, options)),
        lookupByReference: (reference, options) =>
          gate(name, options?.signal, () => provider.lookupByReference(reference, options)),
        find: (key, options) => gate(name, options?.signal, () => provider.find(key, options)),
        list: listOf(provider),
      }
      const result = Object.assign(Object.create(provider) as PaymentProvider, shared)
      wrapped.set(name, result)
      return result
    },
  }
}
