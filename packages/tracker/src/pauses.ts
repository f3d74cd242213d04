import { isPaymentError } from '@payment-status/core'
import { ms } from './case.ts'
import type { Context } from './context.ts'
import { retries } from './retry.ts'
import { query } from './sql.ts'

const DEFAULT_LOOKS_PER_SECOND = 5
// Stripe's page on rate limits allows 100 read operations a second in live mode, 25 in a sandbox: well below both.
const KNOWN_LOOKS_PER_SECOND: Readonly<Record<string, number>> = { stripe: 20 }

/** When the next look at a provider may start, in milliseconds from now: its rate and its pauses, shared by all workers. */
export async function takeSlot({ database, schema, options }: Context, provider: string): Promise<number> {
  const perSecond =
    options.limits?.[provider]?.perSecond ?? KNOWN_LOOKS_PER_SECOND[provider] ?? DEFAULT_LOOKS_PER_SECOND
  const [row] = await query<{ wait: number }>(
    database,
    `insert into ${schema}.pauses as p (provider, slot_at) values ($1::text, clock_timestamp() + $2::float8 * interval '1 ms')
     on conflict (provider) do update
       set slot_at = greatest(p.slot_at, p.until, clock_timestamp()) + $2::float8 * interval '1 ms'
     returning ${ms('slot_at - clock_timestamp()')} - $2::float8 as wait`,
    [provider, 1000 / perSecond],
  )
  return Math.max(0, row?.wait ?? 0)
}

/** It answered: what happens next is not held against it. */
export async function notePresence({ database, schema }: Context, provider: string): Promise<void> {
  await database.executeSql(
    `update ${schema}.pauses set faults = 0, until = null where provider = $1 and (faults > 0 or until is not null)`,
    [provider],
  )
}

/** It is left alone for as long as it asked, or longer and longer. Those who were asking already add nothing to it. */
export async function notePause(
  { database, schema }: Context,
  provider: string,
  error: unknown,
): Promise<number> {
  const asked = isPaymentError(error) ? (error.retryAfterMs ?? 0) : 0
  const [row] = await query<{ wait: number }>(
    database,
    `update ${schema}.pauses p set
       faults = case when p.until > clock_timestamp() then p.faults else least(p.faults + 1, 20) end,
       until = greatest(p.until, clock_timestamp() + greatest($2::float8, case when p.until > clock_timestamp() then 0
         else least($3::float8 * power(2, least(p.faults, 20)), $4::float8) end) * interval '1 ms')
     where provider = $1
     returning ${ms('until - clock_timestamp()')} as wait`,
    [provider, asked, retries.provider.first, retries.provider.longest],
  )
  return Math.max(0, row?.wait ?? 0)
}
