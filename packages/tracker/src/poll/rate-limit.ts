import { setTimeout as sleep } from 'node:timers/promises'
import { isPaymentError, PaymentError } from '@payment-status/core'
import { type Context, rateOf } from '../context.ts'
import { LONGEST_RETRY_AFTER, limits, retries } from '../retry.ts'
import { pauseProvider, takeTurn } from '../store/providers.ts'
import type { Tables } from '../store/tables.ts'

/** Where the turns of providers are kept. */
export interface Rates extends Pick<Context, 'options' | 'report'> {
  readonly database: Tables
}

/**
 * Reserves the next turn at a provider, by its rate and its pauses, shared by all workers. Returns milliseconds until
 * then, or undefined, with nothing reserved, where it is more than `longest`.
 */
export async function reserveSlot(
  context: Rates,
  provider: string,
  longest: number,
): Promise<number | undefined> {
  const { intervalMs } = rateOf(context, provider)
  return takeTurn(context.database, provider, { intervalMs, longest })
}

/** Waits for a turn at the provider. Rejects with `unavailable` where it is paused for longer. */
export async function awaitTurn(context: Rates, provider: string, signal: AbortSignal): Promise<void> {
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
  return pauseProvider(context.database, provider, pause)
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
