import type { Database, Sql, Store } from './sql.ts'
import { isTransient } from './sql-errors.ts'

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
