import { untilMade } from '../database/with-tables.ts'
import type { TargetKey } from '../store/rows.ts'
import { type Database, query, type Sql } from '../store/sql.ts'
import { inTransaction, type Tables, tablesOf } from '../store/tables.ts'

const DIRECTORY_SCHEMA = 'payment_status_shards'

/** Which shard a key belongs to. A row is inserted once and never changed. */
export interface Directory {
  readonly tables: Tables
  /** Makes the tables, unless they are made. Rejects while the database cannot be reached. */
  prepare(): Promise<void>
  /** Returns the shards of keys, by `nameOf`. Keys that no order has are absent. */
  find(keys: readonly TargetKey[]): Promise<ReadonlyMap<string, string>>
  /**
   * Inserts keys for a shard. Returns whether all of them are that shard's: a key that another shard has stays there. With
   * `tx`, in that transaction.
   */
  claim(keys: readonly TargetKey[], shard: string, tx?: Sql): Promise<boolean>
}

const statements = (schema: string): readonly string[] => [
  `create schema if not exists ${schema}`,
  `create table if not exists ${schema}.directory (
     provider text not null,
     kind text not null check (kind in ('id', 'reference')),
     value text not null,
     shard text not null,
     created_at timestamptz not null default now(),
     primary key (provider, kind, value)
   )`,
  // The turns and pauses of providers, for all shards.
  `create table if not exists ${schema}.providers (
     provider text primary key,
     paused_until timestamptz,
     failures int not null default 0,
     slot_at timestamptz not null default now()
   )`,
  // A provider's list of a period, requested once and divided among the shards.
  `create table if not exists ${schema}.lists (
     provider text not null,
     from_at text not null,
     to_at text not null,
     lister text not null,
     is_complete boolean not null default false,
     leased_until timestamptz not null,
     started_at timestamptz not null default clock_timestamp(),
     primary key (provider, from_at, to_at)
   )`,
  `create table if not exists ${schema}.listed (
     number bigint generated always as identity primary key,
     provider text not null,
     from_at text not null,
     to_at text not null,
     shard text not null,
     report jsonb not null
   )`,
  `create index if not exists listed_by_shard on ${schema}.listed (provider, from_at, to_at, shard, number)`,
]

/** Returns the SQL of the directory's tables, to run it yourself. */
export function shardMigrations(): string {
  return `begin;\n${statements(DIRECTORY_SCHEMA).join(';\n')};\ncommit;\n`
}

/** Creates the tables of the directory where they are missing. */
async function migrateDirectory(database: Database): Promise<void> {
  const schema = DIRECTORY_SCHEMA
  const found = await query(
    database,
    `select 1 as found from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = 'listed_by_shard'`,
    [schema],
  )
  if (found.length > 0) return
  await inTransaction(database, async (tx) => {
    await tx.executeSql('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${schema} migrations`])
    for (const statement of statements(schema)) await tx.executeSql(statement)
  })
}

/**
 * Returns the directory in a database. Its tables are made before their first use. `sql` is the same database, within a
 * handler the handler's transaction.
 */
export function openDirectory(database: Database, sql: Sql): Directory {
  const schema = DIRECTORY_SCHEMA
  const prepare = untilMade(() => migrateDirectory(database))
  const prepared: Sql = {
    async executeSql(text, values) {
      await prepare()
      return sql.executeSql(text, values)
    },
  }
  const tables: Tables = {
    ...tablesOf(prepared, schema),
    wake: async () => {},
  }
  const read = async (from: Sql, keys: readonly TargetKey[]) => {
    const rows = await query<TargetKey & { readonly shard: string }>(
      from,
      `select d.provider, d.kind, d.value, d.shard
       from jsonb_to_recordset($1::text::jsonb) as k(provider text, kind text, value text)
       cross join lateral (
         select * from ${schema}.directory d
         where d.provider = k.provider and d.kind = k.kind and d.value = k.value) d`,
      [JSON.stringify(keys)],
    )
    return new Map(rows.map((row) => [nameOf(row), row.shard]))
  }
  return {
    tables,
    prepare,
    find: async (keys) => (keys.length === 0 ? new Map() : read(tables, keys)),
    async claim(keys, shard, tx = tables) {
      // In one sequence, so that two claims do not wait for each other in a circle.
      const sorted = keys.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
      await tx.executeSql(
        `insert into ${schema}.directory (provider, kind, value, shard)
         select provider, kind, value, $2::text
         from jsonb_to_recordset($1::text::jsonb) as k(provider text, kind text, value text)
         on conflict do nothing`,
        [JSON.stringify(sorted), shard],
      )
      const found = await read(tx, sorted)
      return sorted.every((key) => found.get(nameOf(key)) === shard)
    },
  }
}

/** Returns a key as text, to compare and to sort by. */
export function nameOf({ provider, kind, value }: TargetKey): string {
  return JSON.stringify([provider, kind, value])
}
