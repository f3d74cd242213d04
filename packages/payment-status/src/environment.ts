import type { Environment, EnvironmentGap, PaymentProvider, ProviderEnvironment } from '@payment-status/core'

export interface EnvironmentProviders<P extends PaymentProvider = PaymentProvider> {
  /** Providers that are configured: give them to `createPayments`. */
  readonly providers: readonly P[]
  readonly gaps: readonly EnvironmentGap[]
}

type ProviderOf<E> = E extends ProviderEnvironment<infer P> ? P : never

/**
 * Creates the providers that an environment configures, of those given, with a sentence for everything that is missing or
 * cannot be right. Never throws: a shop that uses one provider sets the variables of that one.
 *
 * @example
 * const { providers, gaps } = providersFromEnvironment(process.env, [checkoutComEnvironment, stripeEnvironment])
 * for (const { sentence } of gaps) console.warn(sentence)
 * const payments = createPayments(providers)
 */
export function providersFromEnvironment<const E extends readonly ProviderEnvironment[]>(
  environment: Environment,
  known: E,
): EnvironmentProviders<ProviderOf<E[number]>> {
  const read = known.map((each) => each.read(environment))
  return {
    providers: read.flatMap(({ provider }) => (provider as ProviderOf<E[number]> | undefined) ?? []),
    gaps: read.flatMap(({ gaps }) => gaps),
  }
}
