import type { PaymentProvider } from './provider.ts'

/** Variables by their names. `process.env` is such an environment. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Something an environment lacks, or has wrongly. */
export interface EnvironmentGap {
  readonly provider: string
  readonly variables: readonly string[]
  /** Whether the provider could not be made at all; otherwise it is there, and cannot do one thing. */
  readonly isFatal: boolean
  /** Names variables, never their values. */
  readonly sentence: string
}

/** Which variables configure a provider, and how. Every provider's package has one, as its entry `/environment`. */
export interface ProviderEnvironment<P extends PaymentProvider = PaymentProvider> {
  /** The provider's name. */
  readonly provider: string
  readonly variables: readonly string[]
  /** Throws nothing: what is missing or cannot be right is a gap. */
  read(environment: Environment): {
    readonly provider?: P | undefined
    readonly gaps: readonly EnvironmentGap[]
  }
}
