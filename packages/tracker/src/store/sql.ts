import { createHash } from 'node:crypto'

/** A connection, a pool, or the shop's own transaction: whatever runs SQL with `$1` placeholders. */
export interface Sql {
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the query selects.
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>
}

export interface Transaction<Db extends Sql = Sql> {
  readonly db: Db
  commit(): Promise<void>
  /** Never rejects, and may be called more than once. */
  rollback(): Promise<void>
}

/** A database the tracker can live in. `fromPool`, `fromPostgresJs` and `openEmbedded` make one. */
export interface Database extends Sql {
  /**
   * Name of the database for pg-boss. `yugabytedb`, `cockroachdb` and `citus` are pg-boss's profiles of them: docs/scale.md has what is
   * known of the tracker on each. `{ ...fromPool(pool), kind: 'yugabytedb' }` names one.
   */
  readonly kind: 'postgres' | 'pglite' | 'yugabytedb' | 'cockroachdb' | 'citus'
  beginTransaction(): Promise<Transaction>
  /** Wakes workers at once. Without it they poll every half second. */
  listen?(
    channel: string,
    onNotification: (payload: string) => void,
    onReconnect: () => void,
  ): Promise<{ close(): Promise<void> }>
  /** Present only where the tracker may close it. */
  close?(): Promise<void>
}

export async function query<Row>(sql: Sql, text: string, values: unknown[] = []): Promise<Row[]> {
  const { rows } = await sql.executeSql(text, values)
  return rows as Row[]
}

/** Returns an instant as ISO 8601 text, alike through every driver. */
export function iso(expression: string): string {
  return `to_char(${expression} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

/** Returns milliseconds by the database's clock, as a number through every driver. */
export function ms(expression: string): string {
  return `(extract(epoch from ${expression}) * 1000)::float8`
}

/** Replaces the two kinds of characters that PostgreSQL cannot store: NUL and half of a surrogate pair. */
export function storable(text: string): string {
  return text.replaceAll(/[\0\p{Surrogate}]/gu, '\uFFFD')
}

/** Far below what an index of PostgreSQL can hold, in any characters. */
export const LONGEST_KEY = 500

/** Returns a key that PostgreSQL can index: a long one is cut off, and its digest keeps it apart from others. */
export function indexable(key: string): string {
  if (key.length <= LONGEST_KEY) return storable(key)
  const digest = createHash('sha256').update(key).digest('hex')
  return storable(`${key.slice(0, LONGEST_KEY - digest.length)}${digest}`)
}

/** Returns JSON that PostgreSQL can store as `jsonb`. What it cannot store is escaped in JSON, so most texts are quick. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value)
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'string') return storable(part)
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [storable(name), member]))
  })
}
