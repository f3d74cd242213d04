import { setTimeout as sleep } from 'node:timers/promises'
import { isPaymentError, PaymentError } from '@payment-status/core'
import type { Context } from '../context.ts'
import { LONGEST_RETRY_AFTER, limits, retries } from '../retry.ts'
import { pauseProvider, takeTurn } from '../store/providers.ts'

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
  const { intervalMs } = rateOf(context, provider)
  return takeTurn(context.database, context.schema, provider, { intervalMs, longest })
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

/** Pauses a provider that did not answer, at most for an hour. Returns the pause in milliseconds. */
export async function backOff(context: Rates, provider: string, error: unknown): Promise<number> {
  const stated = isPaymentError(error) ? (error.retryAfterMs ?? 0) : 0
  if (stated > LONGEST_RETRY_AFTER) context.report(toCapped(provider))
  const pause = { ...retries.provider, stated: Math.min(stated, LONGEST_RETRY_AFTER) }
  return pauseProvider(context.database, context.schema, provider, pause)
}

function toCapped(provider: string): PaymentError {
  return new PaymentError({
    code: 'rate_limited',
    provider,
    message: 'Retry-After was longer than an hour. The provider is paused for an hour',
  })
}

/** Waits, and ends without an error when aborted. */
export async function sleepUnless(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { signal }).catch(() => {})
}
