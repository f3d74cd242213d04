import { isPaymentError, PaymentError } from '@payment-status/core'
import type { Context } from '../context.ts'
import { LONGEST_RETRY_AFTER, limits, retries } from '../retry.ts'
import { ms, query } from '../store/sql.ts'

const DEFAULT_POLLS_PER_SECOND = 5
const DEFAULT_AT_ONCE = 10
// Stripe's page on rate limits allows 100 read operations a second in live mode, 25 in a sandbox: well below both.
const KNOWN_POLLS_PER_SECOND: Readonly<Record<string, number>> = { stripe: 20 }

/** Where the turns of providers are kept. */
export type Rates = Pick<Context, 'database' | 'schema' | 'options' | 'report'>

/** Returns milliseconds between two requests to a provider, and how many may run at once. */
export function rateOf({ options, shards = 1 }: Pick<Context, 'options' | 'shards'>, provider: string) {
  const { perSecond, atOnce } = options.limits?.[provider] ?? {}
  const rate = perSecond ?? KNOWN_POLLS_PER_SECOND[provider] ?? DEFAULT_POLLS_PER_SECOND
  // The rate is kept for all shards together where their requests pass; requests at the same time are divided.
  const each = Math.max(1, Math.floor((atOnce ?? DEFAULT_AT_ONCE) / shards))
  return { intervalMs: 1000 / rate, atOnce: each }
}

/**
 * Reserves the next turn at a provider, by its rate and its pauses, shared by all workers. Returns milliseconds until
 * then, or undefined, with nothing reserved, where it is more than `longest`.
 */
export async function reserveSlot(
  context: Omit<Rates, 'report'>,
  provider: string,
  longest: number,
): Promise<number | undefined> {
  const { database, schema } = context
  const { intervalMs } = rateOf(context, provider)
  const [row] = await query<{ wait: number }>(
    database,
    `insert into ${schema}.providers as p (provider, slot_at)
     values ($1::text, clock_timestamp() + $2::float8 * interval '1 ms')
     on conflict (provider) do update
       set slot_at = greatest(p.slot_at, p.paused_until, clock_timestamp()) + $2::float8 * interval '1 ms'
       where greatest(p.slot_at, p.paused_until) <= clock_timestamp() + $3::float8 * interval '1 ms'
     returning ${ms('slot_at - clock_timestamp()')} - $2::float8 as wait`,
    [provider, intervalMs, longest],
  )
  return row && Math.max(0, row.wait)
}

/** Notes that a provider answered: its next failure is a first one. */
export async function noteAnswer(
  { database, schema }: Pick<Rates, 'database' | 'schema'>,
  provider: string,
): Promise<void> {
  await database.executeSql(
    `update ${schema}.providers set failures = 0, paused_until = null
     where provider = $1 and (failures > 0 or paused_until is not null)`,
    [provider],
  )
}

/**
 * Pauses a provider for as long as it asked, at most an hour, or longer and longer. Lookups that were under way when it
 * was paused add nothing to it. Returns the pause in milliseconds.
 */
export async function backOff(context: Rates, provider: string, error: unknown): Promise<number> {
  const { database, schema } = context
  const stated = isPaymentError(error) ? (error.retryAfterMs ?? 0) : 0
  if (stated > LONGEST_RETRY_AFTER) context.report(toCapped(provider))
  const [row] = await query<{ wait: number }>(
    database,
    `insert into ${schema}.providers as p (provider, failures, paused_until)
     values ($1::text, 1, clock_timestamp() + greatest($2::float8, $3::float8) * interval '1 ms')
     on conflict (provider) do update set
       failures = case when p.paused_until > clock_timestamp() then p.failures else least(p.failures + 1, 20) end,
       paused_until = greatest(p.paused_until, clock_timestamp() + greatest($2::float8,
         case when p.paused_until > clock_timestamp() then 0
         else least($3::float8 * power(2, least(p.failures, 20)), $4::float8) end) * interval '1 ms')
     returning ${ms('paused_until - clock_timestamp()')} as wait`,
    [provider, Math.min(stated, LONGEST_RETRY_AFTER), retries.provider.first, retries.provider.longest],
  )
  return Math.max(0, row?.wait ?? 0)
}

function toCapped(provider: string): PaymentError {
  return new PaymentError({
    code: 'rate_limited',
    provider,
    message: 'Retry-After was longer than an hour. The provider is paused for an hour',
  })
}

/** Waits for a turn at the provider. Rejects with `unavailable` where it is paused for longer. */
export async function awaitTurn(
  context: Omit<Rates, 'report'>,
  provider: string,
  signal: AbortSignal,
): Promise<void> {
  const wait = await reserveSlot(context, provider, limits.turn)
  if (wait === undefined) {
    throw new PaymentError({
      code: 'unavailable',
      provider,
      message: 'requests to the provider are paused: try again later',
    })
  }
  await sleepUnless(wait, signal)
}

/** Waits, and ends without an error when aborted. */
export async function sleepUnless(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return
  await new Promise<void>((done) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      done()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
  })
}
