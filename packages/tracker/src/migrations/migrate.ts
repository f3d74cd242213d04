import { getConstructionPlans } from 'pg-boss'
import { inputError } from '../errors.ts'
import { type Database, query, type Sql } from '../store/sql.ts'
import { inTransaction } from '../store/tables.ts'
import { steps } from './index.ts'

export const DEFAULT_SCHEMA = 'payment_status'

/** Returns the SQL of all migrations and of pg-boss, to run it yourself. Throws `invalid_input` for a schema name that is not plain. */
export function migrations(schema: string = DEFAULT_SCHEMA): string {
  checkSchema(schema)
  const all = steps.map((step, index) => `${step(schema).trim()}\n${record(schema, index + 1)}`)
  const jobs = getConstructionPlans(`${schema}_jobs`, { createSchema: false })
  return `begin;\n${beginnings(schema)}\n${all.join('\n')}\ncommit;\n${jobs}\n`
}

/** Throws `invalid_input` for a name that is not plain: it is part of every statement. */
export function checkSchema(schema: string): void {
  if (/^(?!pg_|information_schema$)[a-z_][a-z0-9_]{0,50}$/.test(schema)) return
  throw inputError(
    '`schema` must consist of lower-case letters, digits and underscores, 51 at most, and must not be one of PostgreSQL’s own',
  )
}

/**
 * Runs the migrations that are missing. Rejects with `invalid_input` for tables of a newer version, which an older one must
 * not write, and for a database that cannot be written.
 */
export async function migrate(database: Database, schema: string): Promise<void> {
  await checkServer(database, schema)
  // Read without a lock first: a worker that starts must not block live ones.
  if ((await readVersion(database, schema)) === steps.length) return
  await inTransaction(database, async (tx) => {
    await tx.executeSql('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${schema} migrations`])
    const version = await readVersion(tx, schema)
    if (version > steps.length) {
      throw inputError(
        `the tables are at migration ${version}, and this version knows ${steps.length}: use a newer version of @payment-status/tracker`,
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

async function checkServer(database: Database, schema: string): Promise<void> {
  const [server] = await query<{ is_standby: boolean; is_read_only: boolean; is_reserved: boolean }>(
    database,
    `select pg_is_in_recovery() as is_standby, current_setting('transaction_read_only') = 'on' as is_read_only,
       exists (select from pg_get_keywords() where word = $1 and catcode in ('R', 'T')) as is_reserved`,
    [schema],
  )
  if (server?.is_standby)
    throw inputError('the database is a standby, which cannot be written. Connect to the primary')
  if (server?.is_read_only)
    throw inputError(
      'the database is read-only. Set default_transaction_read_only to off for its role and database, or connect to the primary',
    )
  if (server?.is_reserved)
    throw inputError(
      '`schema` must not be a reserved word of SQL. Choose another name, such as payment_status',
    )
}

async function readVersion(sql: Sql, schema: string): Promise<number> {
  // From the catalog's rows: `to_regclass` may remember an absence from before the lock.
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
  // The schema of pg-boss is created here, under the lock: several pg-boss instances would create it at once.
  return `create schema if not exists ${schema};
create schema if not exists ${schema}_jobs;
create table if not exists ${schema}.migrations (number int primary key, applied_at timestamptz not null default now());`
}

function record(schema: string, number: number): string {
  return `insert into ${schema}.migrations (number) values (${number});`
}

/** Runs one statement after the other, for drivers that take one at a time. A body between `$$` stays whole. */
async function runAll(sql: Sql, text: string): Promise<void> {
  const statements = text
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;(?=(?:[^$]|\$(?!\$))*(?:\$\$(?:[^$]|\$(?!\$))*\$\$(?:[^$]|\$(?!\$))*)*$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
  for (const statement of statements) await sql.executeSql(statement)
}
