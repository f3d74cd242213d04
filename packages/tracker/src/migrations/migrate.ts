import { inputError } from '../errors.ts'
import { type Database, inTransaction, query, type Sql } from '../store/sql.ts'
import { steps } from './index.ts'

export const DEFAULT_SCHEMA = 'payment_status'

/** The SQL of all migrations, for those who run their own. Throws `invalid_input` for a name that is no plain one. */
export function migrations(schema: string = DEFAULT_SCHEMA): string {
  checkSchema(schema)
  const all = steps.map((step, index) => `${step(schema).trim()}\n${record(schema, index + 1)}`)
  return `begin;\n${beginnings(schema)}\n${all.join('\n')}\ncommit;\n`
}

/** Lower case letters, digits and underscores: the name is part of every statement. */
export function checkSchema(schema: string): void {
  if (/^[a-z_][a-z0-9_]{0,50}$/.test(schema)) return
  throw inputError('a schema is named with lower case letters, digits and underscores, 51 at most')
}

/**
 * Brings the tables to where this code expects them. Rejects with `invalid_input` when they are further: an older
 * version must not write what a newer one means otherwise.
 */
export async function migrate(database: Database, schema: string): Promise<void> {
  // Asked first without a lock: starting workers must not stand in the way of live ones.
  if ((await readVersion(database, schema)) === steps.length) return
  await inTransaction(database, async (tx) => {
    await tx.executeSql('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${schema} migrations`])
    const version = await readVersion(tx, schema)
    if (version > steps.length) {
      throw inputError(
        `the tables are at migration ${version}, and this version knows ${steps.length}: use a newer one of @payment-status/tracker`,
      )
    }
    if (version === 0) await runAll(tx, beginnings(schema))
    for (const [index, step] of steps.entries()) {
      if (index < version) continue
      await runAll(tx, step(schema))
      await runAll(tx, record(schema, index + 1))
    }
  })
}

async function readVersion(sql: Sql, schema: string): Promise<number> {
  // From the catalog's rows: `to_regclass` may remember from before the lock that there is none.
  const found = await query(
    sql,
    `select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = 'migrations'`,
    [schema],
  )
  if (found.length === 0) return 0
  const [row] = await query<{ version: number }>(
    sql,
    `select coalesce(max(number), 0)::int as version from ${schema}.migrations`,
  )
  return row?.version ?? 0
}

function beginnings(schema: string): string {
  // The engine's schema is made here, under the lock: by itself it makes it in a race.
  return `create schema if not exists ${schema};
create schema if not exists ${schema}_jobs;
create table if not exists ${schema}.migrations (number int primary key, applied_at timestamptz not null default now());`
}

function record(schema: string, number: number): string {
  return `insert into ${schema}.migrations (number) values (${number});`
}

/** Statement by statement, for drivers that take one at a time. A body between `$$` stays whole. */
async function runAll(sql: Sql, text: string): Promise<void> {
  const statements = text
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;(?=(?:[^$]|\$(?!\$))*(?:\$\$(?:[^$]|\$(?!\$))*\$\$(?:[^$]|\$(?!\$))*)*$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
  for (const statement of statements) await sql.executeSql(statement)
}
