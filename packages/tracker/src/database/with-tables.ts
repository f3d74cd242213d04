import type { Database } from '../store/sql.ts'

/** Database whose tables are made before its first use. */
export interface PreparedDatabase extends Database {
  /** Makes the tables, unless they are made. Rejects while the database cannot be reached. */
  prepare(): Promise<void>
}

/** Returns the database with `make` called once before its first use. What fails is tried again with the next use. */
export function withTables(database: Database, make: () => Promise<void>): PreparedDatabase {
  let making: Promise<void> | undefined
  const prepare = () => {
    making ??= make().catch((error: unknown) => {
      making = undefined
      throw error
    })
    return making
  }
  return {
    kind: database.kind,
    prepare,
    async executeSql(text, values) {
      await prepare()
      return database.executeSql(text, values)
    },
    async beginTransaction() {
      await prepare()
      return database.beginTransaction()
    },
    ...(database.listen ? { listen: database.listen.bind(database) } : {}),
    ...(database.close ? { close: database.close.bind(database) } : {}),
  }
}
