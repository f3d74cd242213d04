import type { Environment, EnvironmentGap, ProviderEnvironment } from '../model/environment.ts'
import { isPaymentError } from '../model/errors.ts'
import type { PaymentProvider } from '../model/provider.ts'

/** Access to an environment while one provider is created from it. */
export interface EnvironmentReading<Variable extends string> {
  /** Returns a variable's value, trimmed. `undefined` where it is not set or blank. */
  read(name: Variable): string | undefined
  /** Reports that the provider cannot be created. The sentence names variables, never their values. */
  reportFatal(variables: readonly Variable[], sentence: string): void
  /** Reports what the provider will not be able to do. */
  reportLack(variables: readonly Variable[], sentence: string): void
}

/**
 * Defines which variables configure a provider. `make` returns `undefined` where it reported that the provider cannot be
 * created; an error it throws becomes a gap.
 */
export function defineEnvironment<P extends PaymentProvider, const Variable extends string>(
  provider: string,
  variables: readonly Variable[],
  make: (reading: EnvironmentReading<Variable>) => P | undefined,
): ProviderEnvironment<P> {
  return {
    provider,
    variables,
    read(environment) {
      const gaps: EnvironmentGap[] = []
      const read = (name: Variable) => readVariable(environment, name)
      const report = (isFatal: boolean, named: readonly Variable[], sentence: string) =>
        void gaps.push({ provider, variables: named, isFatal, sentence: `${provider}: ${sentence}` })
      try {
        const made = make({
          read,
          reportFatal: (named, sentence) => report(true, named, sentence),
          reportLack: (named, sentence) => report(false, named, sentence),
        })
        if (made) return { provider: made, gaps }
      } catch (error) {
        // Our own errors never hold a value. Any other error may.
        const why = isPaymentError(error)
          ? error.message.replace(/^\[[^\]]*\] /, '')
          : 'this configuration is not valid'
        report(true, variables.filter(read), why)
      }
      return { gaps: gaps.filter(({ isFatal }) => isFatal) }
    },
  }
}

/**
 * Checks one key to look up with and one secret to verify with. Each is useful without the other; without both, the
 * provider cannot be created. Returns whether it can.
 */
export function checkKeyAndSecret<Variable extends string>(
  { read, reportFatal, reportLack }: EnvironmentReading<Variable>,
  key: Variable,
  secret: Variable,
): boolean {
  const hasKey = read(key) !== undefined
  const hasSecret = read(secret) !== undefined
  if (!hasKey && !hasSecret) reportFatal([key, secret], `${key} is not set`)
  else if (!hasKey) reportLack([key], `${key} is not set, so nothing can be looked up`)
  else if (!hasSecret) reportLack([secret], `${secret} is not set, so no webhook can be verified`)
  return hasKey || hasSecret
}

function readVariable(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined
}
