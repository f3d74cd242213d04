import type { PaymentProvider } from './provider.ts'

/** Variables by their names. `process.env` is such an environment. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Variable that is missing, or that cannot be right. */
export interface EnvironmentGap {
  readonly provider: string
  readonly variables: readonly string[]
  /** True where the provider could not be created. Otherwise it exists and lacks one ability. */
  readonly isFatal: boolean
  /** Names variables, never their values. */
  readonly sentence: string
}

/** Configuration of a provider by environment variables. Every provider's package exports one from `/environment`. */
export interface ProviderEnvironment<P extends PaymentProvider = PaymentProvider> {
  /** The provider's name. */
  readonly provider: string
  readonly variables: readonly string[]
  /** Creates the provider. Never throws: each missing or invalid variable is a gap. */
  read(environment: Environment): {
    readonly provider?: P | undefined
    readonly gaps: readonly EnvironmentGap[]
  }
}
