import type { PaymentProvider } from '@payment-status/core'
import type { Settings } from './decide/incoming.ts'
import { inputError } from './errors.ts'
import type { Database } from './store/sql.ts'
import type { TrackerDatabase } from './store/tables.ts'
import type { TrackerOptions } from './types/options.ts'

/** Database and configuration that every part of the tracker works with. */
export interface Context {
  readonly database: TrackerDatabase
  /** The same without a schema, and apart from every handler's transaction. */
  readonly given: Database
  /** A sharded tracker replaces `payments` and `limits` of its shards. */
  options: TrackerOptions
  /** Number of shards that share the limits of providers. */
  shards?: number
  readonly settings: Settings
  readonly report: (error: unknown) => void
}

const contexts = new WeakMap<object, Context>()

/** Keeps the context of a tracker, for a sharded tracker that it becomes a shard of. */
export function keepContext<T extends object>(tracker: T, context: Context): T {
  contexts.set(tracker, context)
  return tracker
}

/** Returns the context of what createTracker returned; undefined for anything else. */
export function contextOf(tracker: object): Context | undefined {
  return contexts.get(tracker)
}

/** Throws `invalid_input` for a provider that is not configured. */
export function providerOf(
  { options: { payments } }: Pick<Context, 'options'>,
  name: string,
): PaymentProvider {
  if (!payments.has(name))
    throw inputError(
      'the provider name is unknown. Give the name of a provider that createPayments([…]) was called with',
    )
  return payments.provider(name)
}

const DEFAULT_POLLS_PER_SECOND = 5
const DEFAULT_AT_ONCE = 10
// Stripe's page on rate limits allows 100 read operations a second in live mode, 25 in a sandbox: well below both.
const KNOWN_POLLS_PER_SECOND: Readonly<Record<string, number>> = { stripe: 20 }

/** Returns milliseconds between two requests to a provider, and how many may run at once. */
export function rateOf({ options, shards = 1 }: Pick<Context, 'options' | 'shards'>, provider: string) {
  const { perSecond, atOnce } = options.limits?.[provider] ?? {}
  const rate = perSecond ?? KNOWN_POLLS_PER_SECOND[provider] ?? DEFAULT_POLLS_PER_SECOND
  // The rate is kept for all shards together where their requests pass; requests at the same time are divided.
  const each = Math.max(1, Math.floor((atOnce ?? DEFAULT_AT_ONCE) / shards))
  return { intervalMs: 1000 / rate, atOnce: each }
}
