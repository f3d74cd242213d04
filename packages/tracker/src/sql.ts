/** Whatever runs SQL with `$1` placeholders: a connection, a pool, or the shop's own transaction. */
export interface Sql {
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the query asks for.
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
  readonly kind: 'postgres' | 'pglite'
  beginTransaction(): Promise<Transaction>
  /** Wakes workers at once. Without it they look every half second. */
  listen?(
    channel: string,
    onNotification: (payload: string) => void,
    onReconnect: () => void,
  ): Promise<{ close(): Promise<void> }>
  /** Only where closing it is ours to do. */
  close?(): Promise<void>
}

// A deadlock, two transactions that could not be put in an order, a prepared statement that was lost: the same work, done
// again, gets through.
const PASSING_STATES: readonly unknown[] = ['40001', '40P01', '26000', '42P05', '0A000']
const TRIES = 5

const afterCommits = new WeakMap<Sql, (() => void)[]>()

/** Does something when one of our own transactions commits; false for one of somebody else's. */
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
      if (turn >= TRIES || !isPassing(error)) throw error
    }
  }
}

export function isPassing(error: unknown): boolean {
  return PASSING_STATES.includes(sqlStateOf(error))
}

/** PostgreSQL's code of an error, through any driver. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code
  return cause === undefined ? undefined : sqlStateOf(cause)
}

export async function query<Row>(sql: Sql, text: string, values: unknown[] = []): Promise<Row[]> {
  const { rows } = await sql.executeSql(text, values)
  return rows as Row[]
}

/** An instant as ISO 8601 text, alike through every driver. */
export function iso(expression: string): string {
  return `to_char(${expression} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}
