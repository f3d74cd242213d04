import { AsyncLocalStorage } from 'node:async_hooks'
import { type Database, query, type Sql, type Transaction } from './sql.ts'
import { isTransient } from './sql-errors.ts'
import { createWaker, type Wakeable } from './wake.ts'

/** Tables of one tracker, through its database or in one transaction. */
export interface Tables extends Sql {
  readonly schema: string
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>
  /** Wakes workers in every process, once what was written is committed. */
  wake(...queues: readonly Wakeable[]): Promise<void>
}

/** Tables through the database. Within a handler of the shop, they are those of the handler's transaction. */
export interface TrackerDatabase extends Tables {
  beginTransaction(): Promise<Transaction<Tables>>
  /** Returns the tables in a transaction of the shop. */
  within(tx: Sql): Tables
  /** Ends when every worker is notified of what it was to be woken for. */
  settle(): Promise<void>
}

interface HandlerScope {
  readonly database: TrackerDatabase
  readonly tx: Tables
  isOver: boolean
}

const handlers = new AsyncLocalStorage<HandlerScope>()

/**
 * Runs a handler of the shop. What it calls of the tracker without `tx` then uses its transaction, and cannot wait for it.
 * Trackers on other databases are not affected.
 */
export async function inHandler<T>(
  database: TrackerDatabase,
  tx: Tables,
  work: () => Promise<T>,
): Promise<T> {
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

/** Returns the tables of a schema as every part of the tracker uses them. */
export function openTables(database: Database, schema: string): TrackerDatabase {
  const waker = createWaker(database, schema)
  const ofHandler = (): Tables | undefined => {
    const scope = handlers.getStore()
    return scope?.database === own && !scope.isOver ? scope.tx : undefined
  }
  const own: TrackerDatabase = {
    ...tablesOf({ executeSql: (text, values) => (ofHandler() ?? database).executeSql(text, values) }, schema),
    async wake(...queues) {
      const tx = ofHandler()
      if (tx) await tx.wake(...queues)
      else waker.wake(queues)
    },
    async beginTransaction() {
      const tx = ofHandler()
      if (tx) return nest(tx)
      const transaction = await database.beginTransaction()
      const woken = new Set<Wakeable>()
      const wake = async (...queues: readonly Wakeable[]) => {
        for (const queue of queues) woken.add(queue)
      }
      return {
        db: { ...tablesOf(transaction.db, schema), wake },
        async commit() {
          await transaction.commit()
          waker.wake([...woken])
        },
        rollback: () => transaction.rollback(),
      }
    },
    within: (tx) => ({ ...tablesOf(tx, schema), wake: (...queues) => waker.notify(tx, queues) }),
    settle: waker.settle,
  }
  return own
}

/** Returns the tables of a schema through a connection. */
export function tablesOf(sql: Sql, schema: string): Omit<Tables, 'wake'> {
  return {
    schema,
    executeSql: (text, values) => sql.executeSql(text, values),
    query: (text, values) => query(sql, text, values),
  }
}

let savepoints = 0

/** A transaction within the handler's: a savepoint. */
async function nest(tx: Tables): Promise<Transaction<Tables>> {
  const name = `payment_status_${++savepoints}`
  let isOpen = true
  await tx.executeSql(`savepoint ${name}`)
  const end = async (text: string) => {
    if (!isOpen) return
    isOpen = false
    await tx.executeSql(text)
  }
  return {
    db: { ...tx },
    commit: () => end(`release savepoint ${name}`),
    rollback: () => end(`rollback to savepoint ${name}`).catch(() => {}),
  }
}

const TRIES = 5

/** Commits what `work` did, or nothing of it. */
export async function inTransaction<Db extends Sql, T>(
  database: { beginTransaction(): Promise<Transaction<Db>> },
  work: (tx: Db) => Promise<T>,
): Promise<T> {
  for (let turn = 1; ; turn++) {
    const transaction = await database.beginTransaction()
    try {
      const result = await work(transaction.db)
      await transaction.commit()
      return result
    } catch (error) {
      await transaction.rollback()
      if (turn >= TRIES || !isTransient(error)) throw error
    }
  }
}

/** Runs `work` in the transaction of the shop, or in one of the tracker's own. */
export function within<T>(
  database: TrackerDatabase,
  tx: Sql | undefined,
  work: (tx: Tables) => Promise<T>,
): Promise<T> {
  return tx ? work(database.within(tx)) : inTransaction(database, work)
}
