import type { Database } from '../store/sql.ts'

/** Returns a function that calls `make` until it has succeeded once. */
export function untilMade(make: () => Promise<void>): () => Promise<void> {
  let making: Promise<void> | undefined
  return () => {
    making ??= make().catch((error: unknown) => {
      making = undefined
      throw error
    })
    return making
  }
}

/** Returns the database with `prepare` called before each use. */
export function withTables(database: Database, prepare: () => Promise<void>): Database {
  return {
    kind: database.kind,
    async executeSql(text, values) {
      await prepare()
      return database.executeSql(text, values)
    },
    async beginTransaction() {
      await prepare()
      return database.beginTransaction()
    },
    ...(database.listen ? { listen: database.listen.bind(database) } : {}),
  }
}
