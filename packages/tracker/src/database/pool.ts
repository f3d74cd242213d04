import type { Client, Pool, PoolClient, QueryResult } from 'pg'
import { limits, pauseAfter, retries, withLimit } from '../retry.ts'
import type { Database } from '../store/sql.ts'
import { isOfConnection } from '../store/sql-errors.ts'
import { isInHandler } from '../store/tables.ts'
import { BEGIN, lateError, overError } from './limits.ts'
import { createStatements, type Statements } from './statements.ts'

// A ROLLBACK that takes longer never arrives: closing the connection rolls back as well.
const ROLLBACK_LIMIT_IN_MILLISECONDS = 2_000

/**
 * Wraps the shop's own `pg` Pool. Leave it four connections or more; listening takes one of its own.
 *
 * @example
 * createTracker({ database: fromPool(new pg.Pool({ connectionString, max: 12 })), … })
 */
export function fromPool(pool: Pool): Database {
  listenToErrors(pool)
  const statements = createStatements()
  return {
    kind: 'postgres',
    executeSql: (text, values) =>
      statements.orAnew(async () => {
        const client = await connect(pool)
        try {
          const result = await run(client, statements, text, values)
          client.release()
          return result
        } catch (error) {
          // A text that began a transaction and failed leaves it open: the connection is closed.
          client.release(error as Error)
          throw error
        }
      }),
    async beginTransaction() {
      const client = await connect(pool)
      let open = true
      const close = (error?: Error) => {
        if (!open) return
        open = false
        client.removeListener('error', close)
        client.release(error)
      }
      client.on('error', close)
      const inTime = async <T>(work: Promise<T>, limit: number = limits.statement) => {
        try {
          return await withLimit(work, limit, lateError)
        } catch (error) {
          if (isOfConnection(error)) close(error as Error)
          throw error
        }
      }
      try {
        await inTime(client.query(BEGIN))
      } catch (error) {
        close(error as Error)
        throw error
      }
      return {
        db: {
          // A statement sent late must not run in the next transaction on the connection.
          async executeSql(text, values) {
            if (!open) throw overError()
            const limit = isInHandler() ? limits.handler : limits.statement
            return inTime(run(client, statements, text, values), limit)
          },
        },
        async commit() {
          if (!open) throw overError()
          try {
            await inTime(client.query('commit'))
          } catch (error) {
            close(error as Error)
            throw error
          }
          close()
        },
        async rollback() {
          if (!open) return
          try {
            await inTime(client.query('rollback'), ROLLBACK_LIMIT_IN_MILLISECONDS)
            close()
          } catch (error) {
            close(error as Error)
          }
        },
      }
    },
    listen: (channel, onNotification, onReconnect) => listen(pool, channel, onNotification, onReconnect),
  }
}

const ignore = () => {}
const listened = new WeakSet<Pool>()

/**
 * An error that nothing listens to ends the process. Broken connections reject their statements, so nothing is lost by
 * ignoring it. Listens from the first moment: the server may end a connection in the packet that opens it.
 */
function listenToErrors(pool: Pool): void {
  if (listened.has(pool)) return
  listened.add(pool)
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
}

/** Takes a connection of the pool. One that comes too late is released. */
async function connect(pool: Pool): Promise<PoolClient> {
  const connecting = pool.connect()
  try {
    const client = await withLimit(connecting, limits.connection, lateError)
    // One that was opened before the pool was given to the tracker.
    if (client.listenerCount('error') === 0) client.on('error', ignore)
    return client
  } catch (error) {
    connecting.then((client) => client.release()).catch(() => {})
    throw error
  }
}

async function run(
  client: PoolClient,
  statements: Statements,
  text: string,
  values?: unknown[],
): Promise<{ rows: unknown[] }> {
  const name = values?.length ? statements.nameOf(text) : undefined
  const query =
    name === undefined ? client.query(text, values) : client.query({ name, text, values: values ?? [] })
  try {
    const limit = isInHandler() ? limits.handler : limits.statement
    return lastOf(await withLimit(query, limit, lateError))
  } catch (error) {
    statements.note(error)
    throw error
  }
}

/** Several statements in one text return several results; pg-boss reads the rows of all. */
function lastOf(result: QueryResult | readonly QueryResult[]): { rows: unknown[] } {
  return Array.isArray(result) ? { rows: result.flatMap(({ rows }) => rows) } : (result as QueryResult)
}

/** Listens on a connection of its own, so that the shop's pool does not lose one. It is reopened when it breaks. */
async function listen(
  pool: Pool,
  channel: string,
  onNotification: (payload: string) => void,
  onReconnect: () => void,
): Promise<{ close(): Promise<void> }> {
  // The pool's own constructor and options: its password, its certificates, its version of pg.
  const { Client: Connection, options } = pool as unknown as {
    Client: new (options: object) => Client
    options: object
  }
  let client: Client | undefined
  let isClosed = false
  let failures = 0
  const end = (closing: Client) => withLimit(closing.end(), limits.connection, lateError).catch(() => {})
  const open = async (): Promise<void> => {
    const next = new Connection({
      ...options,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: limits.connection,
    })
    const onEnd = () => {
      if (client !== next) return
      client = undefined
      reopen()
    }
    next.on('error', onEnd)
    next.on('end', onEnd)
    next.on('notification', ({ payload }) => onNotification(payload ?? ''))
    try {
      await withLimit(next.connect(), limits.connection, lateError)
      await withLimit(next.query(`listen "${channel}"`), limits.statement, lateError)
    } catch (error) {
      await end(next)
      throw error
    }
    if (isClosed) return end(next)
    client = next
    failures = 0
    onReconnect()
  }
  const reopen = (): void => {
    if (isClosed) return
    setTimeout(
      () => {
        if (!isClosed) open().catch(reopen)
      },
      pauseAfter(retries.connection, failures++),
    ).unref()
  }
  await open()
  return {
    async close() {
      isClosed = true
      const last = client
      client = undefined
      if (last) await end(last)
    },
  }
}
