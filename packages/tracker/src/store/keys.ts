import { isSameTarget, type TargetKey } from './rows.ts'
import type { Tables } from './tables.ts'

export interface LockedTarget extends TargetKey {
  readonly order_id: string | null
}

const KEYS = 'jsonb_to_recordset($1::text::jsonb) as k(provider text, kind text, value text)'

/**
 * Locks an order and the targets that lead to it, the strongest first, and inserts the targets that are missing. Every
 * writer locks the order before its targets, and those in one sequence. So a report and the order it belongs to cannot
 * miss each other, whichever comes first, and no two writers wait for each other in a circle.
 */
export async function lock(tx: Tables, keys: readonly TargetKey[]): Promise<string | undefined> {
  const expected = firstOrder(keys, await readTargets(tx, keys))
  if (expected !== undefined) {
    await lockOrder(tx, expected)
    const order = firstOrder(keys, await lockTargets(tx, keys))
    if (order !== undefined && order !== expected) await lockOrder(tx, order)
    return order
  }
  await tx.executeSql('savepoint targets')
  const order = firstOrder(keys, await lockTargets(tx, keys))
  if (order === undefined) {
    await tx.executeSql('release savepoint targets')
    return undefined
  }
  // The order became known while its targets were waited for. They are released, because its own lock comes first.
  await tx.executeSql('rollback to savepoint targets')
  return lock(tx, keys)
}

/** Locks the order's row: one order, one writer. */
export async function lockOrder(tx: Tables, id: string): Promise<void> {
  await tx.executeSql(`select 1 from ${tx.schema}.orders where id = $1 for update`, [id])
}

/** Locks targets, and inserts those that are missing. */
export async function lockTargets(tx: Tables, keys: readonly TargetKey[]): Promise<readonly LockedTarget[]> {
  const wanted = inSequence(keys)
  const found = await readTargets(tx, wanted, 'for update')
  if (found.length === wanted.length) return found
  await tx.executeSql(
    `insert into ${tx.schema}.targets (provider, kind, value) select provider, kind, value from ${KEYS} on conflict do nothing`,
    [JSON.stringify(wanted)],
  )
  return readTargets(tx, wanted, 'for update')
}

/** Reads one key after the other: joined, a planner without statistics would read the whole table. */
function readTargets(
  tables: Tables,
  keys: readonly TargetKey[],
  lock: '' | 'for update' = '',
): Promise<LockedTarget[]> {
  return tables.query<LockedTarget>(
    `select t.* from ${KEYS} cross join lateral (
       select provider, kind, value, order_id from ${tables.schema}.targets t
       where t.provider = k.provider and t.kind = k.kind and t.value = k.value ${lock}) t`,
    [JSON.stringify(keys)],
  )
}

function firstOrder(keys: readonly TargetKey[], found: readonly LockedTarget[]): string | undefined {
  return keys
    .map((key) => found.find((target) => isSameTarget(target, key))?.order_id ?? undefined)
    .find((order) => order !== undefined)
}

/** References before ids: a writer that watches a reference goes on from it to the ids of its payments. */
function inSequence(keys: readonly TargetKey[]): TargetKey[] {
  const text = ({ provider, kind, value }: TargetKey) =>
    JSON.stringify([kind === 'reference' ? 1 : 2, provider, value])
  const byText = new Map(keys.map((key) => [text(key), key]))
  return [...byText.keys()].toSorted().flatMap((key) => byText.get(key) ?? [])
}
