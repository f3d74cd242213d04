import { AsyncLocalStorage } from 'node:async_hooks'

/** A connection, a pool, or the shop's own transaction: whatever runs SQL with `$1` placeholders. */
export interface Sql {
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the query selects.
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>
}

export interface Transaction {
  readonly db: Sql
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

/** Queue of due work that wakes workers. */
export type Wakeable = 'polls' | 'outbox'

/** Tables of one tracker, and what wakes the workers that read them. */
export interface Store {
  readonly database: Database
  readonly schema: string
  /** Wakes workers in every process, once `sql` has committed. */
  wake(sql: Sql, names: readonly Wakeable[]): Promise<void>
}

/**
 * Errors after which the same work can succeed: a deadlock, a serialization failure, a claim that another transaction
 * made first, a prepared statement that a pooler lost.
 */
const TRANSIENT_STATES: readonly unknown[] = ['40001', '40P01', '23505', '26000', '42P05', '0A000']
const TRIES = 5

const afterCommits = new WeakMap<Sql, (() => void)[]>()

/** Runs a task when one of the tracker's own transactions commits. Returns false for a transaction of the shop. */
export function afterCommit(tx: Sql, task: () => void): boolean {
  const tasks = afterCommits.get(tx)
  tasks?.push(task)
  return tasks !== undefined
}

/** Commits what `work` did, or nothing of it. */
export async function inTransaction<T>(database: Database, work: (tx: Sql) => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn++) {
    const transaction = await database.beginTransaction()
    const tasks: (() => void)[] = []
    afterCommits.set(transaction.db, tasks)
    try {
      const result = await work(transaction.db)
      await transaction.commit()
      for (const task of tasks) task()
      return result
    } catch (error) {
      await transaction.rollback()
      if (turn >= TRIES || !isTransient(error)) throw error
    }
  }
}

/** Runs `work` in the given transaction, or in one of its own. */
export function within<T>(
  { database }: Pick<Store, 'database'>,
  tx: Sql | undefined,
  work: (tx: Sql) => Promise<T>,
): Promise<T> {
  return tx ? work(tx) : inTransaction(database, work)
}

export function isTransient(error: unknown): boolean {
  return TRANSIENT_STATES.includes(sqlStateOf(error))
}

/** Returns whether the stored data is at fault, and not the database or a provider: SQL classes 22 and 23. */
export function isDataError(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? '')
}

/** Returns PostgreSQL's code of an error, through any driver. Each has a digit; `EPIPE` is a code of the network. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code)) return code
  return cause === undefined ? undefined : sqlStateOf(cause)
}

/** Returns whether an error has no SQL state, or one that ends the session: nothing more can be sent on the connection. */
export function isOfConnection(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === undefined || /^(?:57P|08)/.test(state)
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

interface HandlerScope {
  readonly database: Database
  readonly tx: Sql
  isOver: boolean
}

const handlers = new AsyncLocalStorage<HandlerScope>()

/**
 * Runs a handler of the shop. What it calls of the tracker without `tx` then uses its transaction, and cannot wait for it.
 * Trackers on other databases are not affected.
 */
export async function inHandler<T>(database: Database, tx: Sql, work: () => Promise<T>): Promise<T> {
  const scope = { database, tx, isOver: false }
  try {
    return await handlers.run(scope, work)
  } finally {
    scope.isOver = true
  }
}

/** Returns whether the caller is a handler of the shop, inside of its transaction. */
export function isInHandler(): boolean {
  return handlers.getStore()?.isOver === false
}

/** Returns the database as every part of the tracker uses it: within a handler, the handler's transaction. */
export function withHandlers(database: Database): Database {
  const current = (): Sql | undefined => {
    const scope = handlers.getStore()
    return scope?.database === own && !scope.isOver ? scope.tx : undefined
  }
  const own: Database = {
    kind: database.kind,
    executeSql: (text, values) => (current() ?? database).executeSql(text, values),
    beginTransaction() {
      const tx = current()
      return tx ? nest(tx) : database.beginTransaction()
    },
    ...(database.listen ? { listen: database.listen.bind(database) } : {}),
    ...(database.close ? { close: database.close.bind(database) } : {}),
  }
  return own
}

let savepoints = 0

/** A transaction within the handler's: a savepoint. */
async function nest(tx: Sql): Promise<Transaction> {
  const name = `payment_status_${++savepoints}`
  let isOpen = true
  await tx.executeSql(`savepoint ${name}`)
  const end = async (text: string) => {
    if (!isOpen) return
    isOpen = false
    await tx.executeSql(text)
  }
  return {
    db: { executeSql: (text, values) => tx.executeSql(text, values) },
    commit: () => end(`release savepoint ${name}`),
    rollback: () => end(`rollback to savepoint ${name}`).catch(() => {}),
  }
}
