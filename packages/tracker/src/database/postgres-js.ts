import type { Sql as PostgresJs, ReservedSql, TransactionSql } from 'postgres'
import type { Database, Sql } from '../store/sql.ts'
import { createStatements, type Statements } from './statements.ts'

/** The shop's own postgres.js. Leave it four connections and more. */
export function fromPostgresJs(sql: PostgresJs): Database {
  const statements = createStatements()
  return {
    kind: 'postgres',
    executeSql: (text, values) =>
      // postgres.js lets a transaction begin on a connection that is set aside, and nowhere else.
      values?.length || !/\bbegin\b/i.test(text)
        ? statements.orAnew(() => toSql(sql, { statements }).executeSql(text, values))
        : runAside(sql, text),
    async beginTransaction() {
      const connection = await sql.reserve()
      let open = true
      const close = () => {
        open = false
        connection.release()
      }
      try {
        await connection.unsafe('begin')
      } catch (error) {
        close()
        throw error
      }
      return {
        db: toSql(connection, { statements, isOpen: () => open }),
        async commit() {
          if (!open) throw new Error('the transaction is over')
          try {
            await connection.unsafe('commit')
          } finally {
            close()
          }
        },
        async rollback() {
          if (!open) return
          try {
            await connection.unsafe('rollback')
          } catch {
            // The connection is gone, and the transaction with it.
          } finally {
            close()
          }
        },
      }
    },
    async listen(channel, onNotification, onReconnect) {
      const { unlisten } = await sql.listen(channel, onNotification, onReconnect)
      return { close: unlisten }
    },
  }
}

async function runAside(sql: PostgresJs, text: string): Promise<{ rows: unknown[] }> {
  const connection = await sql.reserve()
  try {
    return await toSql(connection).executeSql(text)
  } catch (error) {
    await connection.unsafe('rollback').catch(() => {})
    throw error
  } finally {
    connection.release()
  }
}

/** A connection of postgres.js, or a transaction as `sql.begin` hands it over. */
function toSql(
  sql: PostgresJs | ReservedSql | TransactionSql,
  {
    statements,
    isOpen = () => true,
  }: { readonly statements?: Statements; readonly isOpen?: () => boolean } = {},
): Sql {
  return {
    async executeSql(text, values) {
      if (!isOpen()) throw new Error('the transaction is over')
      const prepare = values?.length ? statements?.nameOf(text) !== undefined : false
      try {
        const rows = await sql.unsafe(text, (values ?? []) as never[], { prepare })
        return { rows: rows.flat() }
      } catch (error) {
        statements?.note(error)
        throw error
      }
    },
  }
}

/**
 * A transaction of the shop's own, as `sql.begin` of postgres.js hands it over: `tracker.watch(order,
 * fromPostgresJsTransaction(tx))`.
 */
export function fromPostgresJsTransaction(tx: TransactionSql): Sql {
  return toSql(tx)
}
