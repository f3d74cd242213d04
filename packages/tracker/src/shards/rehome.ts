import { sleepUnless } from '../poll/rate-limit.ts'
import { pauseAfter, retries } from '../retry.ts'
import type { TargetKey } from '../store/rows.ts'
import { readUnclaimedSince, type UnclaimedPayment } from '../store/unclaimed.ts'
import { type Loop, startLoop } from '../workers/loop.ts'
import { nameOf } from './directory.ts'
import { moveUnclaimed } from './move.ts'
import type { Shard, Shards } from './route.ts'

const EVERY_IN_MILLISECONDS = 1_000
/** All payments without an order are read again: one may have been left behind. */
const ALL_IN_MILLISECONDS = 60 * 60_000
const PAGE = 500

const FIRST = '-infinity'
const TRIES = 8

export interface Rehoming {
  /** Moves what the home has of an order's payments, in a moment: a transaction of the shop may have to commit first. */
  moveLater(to: Shard, keys: readonly TargetKey[]): void
  start(): void
  stop(): Promise<void>
}

/**
 * Moves payments that a shard has without an order to the shard that the directory names: a lookup led to a payment of
 * another shard, an order was watched in a transaction of the shop, or a process ended before it moved them.
 */
export function createRehoming(shards: Shards): Rehoming {
  const stopping = new AbortController()
  const moving = new Set<Promise<void>>()
  let loops: readonly Loop[] = []
  const repeat = async (to: Shard, keys: readonly TargetKey[]) => {
    for (let failures = 0; failures < TRIES && !stopping.signal.aborted; failures++) {
      await sleepUnless(pauseAfter(retries.connection, failures), stopping.signal)
      if (stopping.signal.aborted) return
      try {
        await moveUnclaimed(shards.home.context, to.context, keys)
        return
      } catch (error) {
        shards.report(error)
      }
    }
  }
  return {
    moveLater(to, keys) {
      const move = repeat(to, keys).finally(() => moving.delete(move))
      moving.add(move)
    },
    start() {
      if (loops.length > 0) return
      loops = shards.all.map((shard) => {
        let position = FIRST
        let allAt = performance.now()
        return startLoop(
          async () => {
            if (performance.now() - allAt > ALL_IN_MILLISECONDS) {
              position = FIRST
              allAt = performance.now()
            }
            const rows = await readUnclaimedSince(shard.context.database, position, PAGE)
            if (!(await moveAll(shards, shard, rows))) return EVERY_IN_MILLISECONDS
            position = rows.at(-1)?.changed ?? position
            return rows.length === PAGE ? 0 : EVERY_IN_MILLISECONDS
          },
          { isWoken: () => true, onError: shards.report },
        )
      })
    },
    async stop() {
      stopping.abort()
      await Promise.all([...loops.map((loop) => loop.stop()), ...moving])
    },
  }
}

/** Returns false where one could not be moved: it is tried again. */
async function moveAll(shards: Shards, from: Shard, rows: readonly UnclaimedPayment[]): Promise<boolean> {
  const keysOf = ({ provider, id, reference }: UnclaimedPayment): TargetKey[] => [
    { provider, kind: 'id', value: id },
    ...(reference === null ? [] : [{ provider, kind: 'reference', value: reference } as const]),
  ]
  const found = await shards.directory.find(rows.flatMap(keysOf))
  let areMoved = true
  for (const row of rows) {
    const name = keysOf(row)
      .map((key) => found.get(nameOf(key)))
      .find((shard) => shard !== undefined)
    const to = shards.all.find((shard) => shard.name === name)
    if (!to || to === from) continue
    try {
      await moveUnclaimed(from.context, to.context, keysOf(row).slice(0, 1))
    } catch (error) {
      areMoved = false
      shards.report(error)
    }
  }
  return areMoved
}
