import type { Environment, EnvironmentGap, ProviderEnvironment } from '../model/environment.ts'
import { isPaymentError } from '../model/errors.ts'
import type { PaymentProvider } from '../model/provider.ts'

/** What an environment says of one provider, while that is made. */
export interface EnvironmentReading<Variable extends string> {
  /** A variable's value; undefined where it is not set, or blank. */
  read(name: Variable): string | undefined
  /** Notes that nothing can be made of this. The sentence names variables, never their values. */
  reportFatal(variables: readonly Variable[], sentence: string): void
  /** Notes what the provider will not be able to do. */
  reportLack(variables: readonly Variable[], sentence: string): void
}

/**
 * Says which variables configure a provider. `make` answers with no provider where it reported that none can be made; what
 * it throws becomes a gap.
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
        // Our own errors name what is expected and never a value; what else is thrown may repeat one.
        const why = isPaymentError(error)
          ? error.message.replace(/^\[[^\]]*\] /, '')
          : 'it cannot be configured so'
        report(true, variables.filter(read), why)
      }
      return { gaps: gaps.filter(({ isFatal }) => isFatal) }
    },
  }
}

/**
 * One key to ask with and one secret to verify with: either is of use without the other, and without both there is no
 * provider. Answers whether there is one.
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
