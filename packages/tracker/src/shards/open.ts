import { isPaymentError } from '@payment-status/core'
import { contextOf } from '../context.ts'
import { inputError } from '../errors.ts'
import { isOfConnection, sqlStateOf } from '../store/sql-errors.ts'
import { openLater } from '../tracker.ts'
import type { TrackerOptions } from '../types/options.ts'
import type { Tracker } from '../types/tracker.ts'
import type { Attempts } from './attempts.ts'
import type { Directory } from './directory.ts'
import type { Shard } from './route.ts'

export interface OpenShard extends Shard {
  /** Makes the tables of a shard that was given as options. Rejects while its database cannot be reached. */
  prepare(): Promise<void>
  /** Stops a shard that was given as options, where the sharded tracker cannot be opened. */
  abandon(): Promise<void>
}

export type ShardSource = Tracker | TrackerOptions

/** Opens shards in the sequence they are given in. Throws `invalid_input` for what is not a shard. */
export function openShards(
  shards: readonly ShardSource[] | Readonly<Record<string, ShardSource>>,
): readonly OpenShard[] {
  const entries: [string, ShardSource][] = Object.entries(shards ?? {})
  if (entries.length === 0)
    throw inputError(
      '`shards` must hold one shard or more: the options of createTracker, or what it returned',
    )
  return entries.map(([name, source]) => {
    const context = contextOf(source)
    if (context) {
      const nothing = async () => {}
      return { name, tracker: source as Tracker, context, prepare: nothing, abandon: nothing }
    }
    if (typeof (source as Partial<TrackerOptions>)?.payments !== 'object')
      throw inputError('each of `shards` must be the options of createTracker, or what it returned')
    const { tracker, prepare } = openLater(source as TrackerOptions)
    return {
      name,
      tracker,
      context: contextOf(tracker) as NonNullable<typeof context>,
      prepare,
      abandon: tracker.stop,
    }
  })
}

/** Makes what tables are missing; what is away is tried again. Rejects with what nothing can start after. */
export async function prepareAll(
  all: readonly OpenShard[],
  directory: Directory,
  preparing: Attempts,
): Promise<void> {
  const errors = await Promise.all(all.map(({ prepare }) => preparing.run(prepare)))
  const failed = errors.filter((error) => error !== undefined)
  const ofDirectory = failed.length < all.length ? await preparing.run(directory.prepare) : undefined
  const lasting = [...failed, ofDirectory].find((error) => error !== undefined && !isAway(error))
  if (lasting === undefined && failed.length < all.length) return
  preparing.end()
  for (const shard of all) await shard.abandon()
  throw lasting ?? failed[0]
}

/** Returns whether a database is away for now. A wrong password or a table of a newer version does not pass by itself. */
function isAway(error: unknown): boolean {
  const isFull = sqlStateOf(error)?.startsWith('53') === true
  return !isPaymentError(error) && (isOfConnection(error) || isFull)
}
