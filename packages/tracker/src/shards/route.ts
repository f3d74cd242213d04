import { PaymentError, type PaymentReport, type WebhookEvent } from '@payment-status/core'
import { match } from 'ts-pattern'
import type { Context } from '../context.ts'
import { type TargetKey, targetOf, toTarget } from '../store/rows.ts'
import { storable } from '../store/sql.ts'
import { readClaimed } from '../store/targets.ts'
import type { Tracker } from '../types/tracker.ts'
import { type Directory, nameOf } from './directory.ts'

export interface Shard {
  readonly name: string
  readonly tracker: Tracker
  readonly context: Context
}

export interface Shards {
  readonly all: readonly Shard[]
  /** Keeps what belongs to no order of any shard. */
  readonly home: Shard
  readonly directory: Directory
  readonly report: (error: unknown) => void
}

/** Returns the keys that lead from a report to its order, the strongest first. */
export function keysOfReport({ payment: { provider, id, reference } }: PaymentReport): readonly TargetKey[] {
  return storableKeys([
    targetOf({ provider, id }),
    ...(reference === undefined ? [] : [toTarget(provider, { reference })]),
  ])
}

/** Returns the keys that lead from an event to its order, the strongest first. An unreadable event has none. */
export function keysOfEvent(event: WebhookEvent): readonly TargetKey[] {
  const { provider } = event
  return match(event)
    .with({ kind: 'payment' }, ({ report }) => keysOfReport(report))
    .with({ kind: 'operation' }, ({ key, payment }) =>
      storableKeys([
        toTarget(provider, key),
        ...(payment ? [targetOf(payment)] : []),
        ...(payment?.reference === undefined ? [] : [toTarget(provider, { reference: payment.reference })]),
      ]),
    )
    .with({ kind: 'recheck' }, ({ key }) => storableKeys([toTarget(provider, key)]))
    .with({ kind: 'dispute' }, ({ key }) => (key ? storableKeys([toTarget(provider, key)]) : []))
    .with({ kind: 'unreadable' }, { kind: 'unrelated' }, { kind: 'several' }, () => []) // several are routed one by one
    .exhaustive()
}

function storableKeys(keys: readonly TargetKey[]): readonly TargetKey[] {
  return keys.map((key) => ({ ...key, value: storable(key.value) }))
}

/** Shards by the number of a list of keys. */
export type Located = ReadonlyMap<number, Shard>

/**
 * Finds the shard of each list of keys: by the directory, and where it has none of them by asking every shard for an order
 * with one of them. What is found in no shard is absent. Rejects with `unavailable` where a shard that cannot be reached may
 * have it.
 */
export async function locate(shards: Shards, lists: readonly (readonly TargetKey[])[]): Promise<Located> {
  const located = new Map<number, Shard>()
  const note = (found: ReadonlyMap<string, string>) => {
    for (const [number, keys] of lists.entries()) {
      if (located.has(number)) continue
      const name = keys.map((key) => found.get(nameOf(key))).find((shard) => shard !== undefined)
      const shard = shards.all.find((other) => other.name === name)
      if (shard) located.set(number, shard)
    }
  }
  try {
    note(await shards.directory.find(lists.flat()))
  } catch (error) {
    // The shards themselves know their orders.
    shards.report(error)
  }
  const open = () => lists.flatMap((keys, number) => (located.has(number) ? [] : keys))
  if (open().length === 0) return located
  const answers = await Promise.allSettled(
    shards.all.map((shard) => readClaimed(shard.context.database, open())),
  )
  for (const [index, answer] of answers.entries()) {
    const { name } = shards.all[index] as Shard
    if (answer.status === 'fulfilled') note(new Map(answer.value.map((key) => [nameOf(key), name])))
    else shards.report(answer.reason)
  }
  const lost = answers.find(({ status }) => status === 'rejected')
  if (lost && open().length > 0) throw unreachable()
  return located
}

/** Finds the shard of one list of keys; undefined where no order of any shard has one of them. */
export async function locateOne(shards: Shards, keys: readonly TargetKey[]): Promise<Shard | undefined> {
  return keys.length === 0 ? undefined : (await locate(shards, [keys])).get(0)
}

export function unreachable(): PaymentError {
  return new PaymentError({
    code: 'unavailable',
    provider: 'payment-status',
    message: 'the payment may belong to a shard that cannot be reached: try again later',
  })
}
