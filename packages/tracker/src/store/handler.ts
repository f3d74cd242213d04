import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database, Sql, Transaction } from './sql.ts'

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
