import type { Sql as PostgresJs, TransactionSql } from 'postgres'
import { limits, withLimit } from '../retry.ts'
import type { Database, Sql, Transaction } from '../store/sql.ts'
import { isOfConnection } from '../store/sql-errors.ts'
import { isInHandler } from '../store/tables.ts'
import { ISOLATION, lateError, overError, SETTINGS } from './limits.ts'
import { createStatements, type Statements } from './statements.ts'

/**
 * Wraps the shop's own postgres.js. Leave it four connections or more.
 *
 * @example
 * createTracker({ database: fromPostgresJs(postgres(connectionString, { max: 12 })), … })
 */
export function fromPostgresJs(sql: PostgresJs): Database {
  const statements = createStatements()
  return {
    kind: 'postgres',
    executeSql: (text, values) =>
      // postgres.js begins transactions on reserved connections only.
      values?.length || !/\bbegin\b/i.test(text)
        ? statements.orAnew(() => execute(sql, text, values, statements))
        : runReserved(sql, text),
    beginTransaction: () => withLimit(begin(sql, statements), limits.connection, lateError),
    async listen(channel, onNotification, onReconnect) {
      const { unlisten } = await sql.listen(channel, onNotification, onReconnect)
      return { close: unlisten }
    },
  }
}

/**
 * postgres.js takes a transaction as one function; here it stays open until it is settled from outside. It learns when
 * its connection ends, which a reserved connection does not: a statement on an ended connection throws where no one can
 * catch it, and ends the process (porsager/postgres issues 1154 and 1208). So nothing is sent from then on.
 */
function begin(sql: PostgresJs, statements: Statements): Promise<Transaction> {
  return new Promise((opened, failed) => {
    let settle: (how: 'commit' | 'rollback') => void = () => {}
    const settled = new Promise<'commit' | 'rollback'>((resolve) => {
      settle = resolve
    })
    let isOpen = true
    let hasFailed = false
    const rolledBack = new Error('rolled back')
    const over = sql.begin(ISOLATION, async (tx) => {
      await tx.unsafe(SETTINGS)
      const db: Sql = {
        async executeSql(text, values) {
          if (!isOpen) throw overError()
          try {
            return await execute(tx, text, values, statements)
          } catch (error) {
            hasFailed = true
            if (isOfConnection(error)) isOpen = false
            throw error
          }
        },
      }
      opened({
        db,
        async commit() {
          if (!isOpen) throw overError()
          isOpen = false
          // After an error that a savepoint undid, postgres.js would roll back.
          if (hasFailed) await withLimit(tx.unsafe('commit and chain'), limits.statement, lateError)
          settle(hasFailed ? 'rollback' : 'commit')
          await withLimit(over, limits.statement, lateError).catch((error: unknown) => {
            if (error !== rolledBack) throw error
          })
        },
        async rollback() {
          if (!isOpen) return
          isOpen = false
          settle('rollback')
          await withLimit(over, limits.statement, lateError).catch(() => {})
        },
      })
      if ((await settled) === 'rollback') throw rolledBack
    })
    over.catch((error: unknown) => {
      isOpen = false
      failed(error)
    })
  })
}

/** Runs a text that begins and ends a transaction by itself, as pg-boss does. */
async function runReserved(sql: PostgresJs, text: string): Promise<{ rows: unknown[] }> {
  const connection = await withLimit(sql.reserve(), limits.connection, lateError)
  try {
    const result = await execute(connection, text)
    connection.release()
    return result
  } catch (error) {
    // An ended connection is neither used nor released: postgres.js would use it again.
    if (!isOfConnection(error)) {
      await connection.unsafe('rollback').catch(() => {})
      connection.release()
    }
    throw error
  }
}

async function execute(
  sql: PostgresJs | TransactionSql,
  text: string,
  values?: unknown[],
  statements?: Statements,
): Promise<{ rows: unknown[] }> {
  const prepare = values?.length ? statements?.nameOf(text) !== undefined : false
  const limit = isInHandler() ? limits.handler : limits.statement
  try {
    const rows = await withLimit(sql.unsafe(text, (values ?? []) as never[], { prepare }), limit, lateError)
    return { rows: rows.flat() }
  } catch (error) {
    statements?.note(error)
    throw error
  }
}

/**
 * Adapts a transaction of the shop, as `sql.begin` of postgres.js passes it.
 *
 * @example
 * await sql.begin(async (tx) => {
 *   await tx`insert into orders (id) values (${order})`
 *   await tracker.watch({ order, terms, payments }, fromPostgresJsTransaction(tx))
 * })
 */
export function fromPostgresJsTransaction(tx: TransactionSql): Sql {
  return { executeSql: (text, values) => execute(tx, text, values) }
}
