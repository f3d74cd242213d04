import {
  isPaymentError,
  type LookupKey,
  type PaymentProvider,
  type PaymentReport,
  type WebhookEvent,
} from '@payment-status/core'
import type { Decision } from '../decide/decide.ts'
import { ingestEach, ingestEvent } from '../ingest/event.ts'
import { ingestReport } from '../ingest/ingest.ts'
import { limits } from '../retry.ts'
import { type TargetKey, toTarget } from '../store/rows.ts'
import { type Sql, storable } from '../store/sql.ts'
import { readClaimed } from '../store/targets.ts'
import type { Tracker } from '../types/tracker.ts'
import { nameOf } from './directory.ts'
import { moveUnclaimed } from './move.ts'
import type { Rehoming } from './rehome.ts'
import { keysOfEvent, keysOfReport, locateOne, type Shard, type Shards } from './route.ts'

/** Ingests each report and event in the shard of its order. */
export interface ShardedIngest {
  event(event: WebhookEvent, tx?: Sql): ReturnType<Tracker['ingestEvent']>
  /** `asked`: the key that a request named. */
  report(report: PaymentReport, asked?: TargetKey, tx?: Sql): Promise<Decision>
  /** Moves what the home has of keys to the shard that they belong to. Where that fails, it is tried again. */
  moveHome(to: Shard, keys: readonly TargetKey[], tx?: Sql): Promise<void>
  /** Returns the shard that a key of a return URL leads to. A key that no shard knows is looked up. */
  locateReturn(provider: PaymentProvider, key: LookupKey): Promise<Shard | undefined>
}

export function createShardedIngest(shards: Shards, rehoming: Rehoming): ShardedIngest {
  const { all, home, directory } = shards

  async function moveHome(to: Shard, keys: readonly TargetKey[], tx?: Sql): Promise<void> {
    if (to === home) return
    try {
      await moveUnclaimed(home.context, to.context, keys, tx)
      if (tx) rehoming.moveLater(to, keys)
    } catch (error) {
      shards.report(error)
      rehoming.moveLater(to, keys)
    }
  }

  /** Remembers a payment that a report has led to an order, and moves one whose order has meanwhile become known. */
  async function settle(shard: Shard | undefined, keys: readonly TargetKey[]): Promise<void> {
    try {
      const known = await directory.find(keys)
      if (!shard) {
        const name = keys.map((key) => known.get(nameOf(key))).find((other) => other !== undefined)
        const other = all.find((one) => one.name === name)
        if (other) await moveHome(other, keys)
        return
      }
      const unknown = keys.filter((key) => key.kind === 'id' && !known.has(nameOf(key)))
      if (unknown.length === 0) return
      await directory.claim(await readClaimed(shard.context.database, unknown), shard.name)
    } catch (error) {
      // What was received is stored: the next turn of the workers does the rest.
      shards.report(error)
    }
  }

  async function ofEvent(event: WebhookEvent, tx?: Sql): ReturnType<Tracker['ingestEvent']> {
    if (event.kind === 'several') return ingestEach(event.events, (one) => ofEvent(one, tx))
    const keys = keysOfEvent(event)
    const shard = await locateOne(shards, keys)
    const result = await ingestEvent((shard ?? home).context, event, tx)
    if (result === 'ingested' && keys.length > 0) await settle(shard, keys)
    return result
  }

  async function ofReport(report: PaymentReport, asked?: TargetKey, tx?: Sql): Promise<Decision> {
    const keys = [...keysOfReport(report), ...(asked ? [asked] : [])]
    const shard = await locateOne(shards, keys)
    const decision = await ingestReport((shard ?? home).context, report, asked && { target: asked }, tx)
    await settle(shard, keys)
    return decision
  }

  return {
    event: ofEvent,
    report: ofReport,
    moveHome,
    async locateReturn(provider, key) {
      const target = toTarget(provider.name, key)
      const named = { ...target, value: storable(target.value) }
      const known = await locateOne(shards, [named])
      if (known) return known
      try {
        const signal = AbortSignal.timeout(limits.returnPage)
        for (const found of await provider.find(key, { signal })) await ofReport(found, named)
        return await locateOne(shards, [named])
      } catch (error) {
        if (!isPaymentError(error)) throw error
        return undefined
      }
    },
  }
}
