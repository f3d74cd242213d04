import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Pool, PoolClient, QueryResult } from 'pg'
import { pauseAfter, retries } from '../retry.ts'
import type { Database, Sql } from '../store/sql.ts'
import { createStatements, type Statements } from './statements.ts'

// A ROLLBACK that does not get through in this time never will: dropping the connection rolls back as well.
const ROLLBACK_LIMIT_IN_MILLISECONDS = 5_000

/** The shop's own `pg` Pool. Leave it four connections and more; listening takes one of its own beside them. */
export function fromPool(pool: Pool): Database {
  // Without a listener, an idle connection that breaks ends the process.
  if (pool.listenerCount('error') === 0) pool.on('error', () => {})
  const statements = createStatements()
  return {
    kind: 'postgres',
    executeSql: (text, values) => statements.orAnew(() => run(pool, statements, text, values)),
    async beginTransaction() {
      const client = await pool.connect()
      let open = true
      const close = (error?: Error) => {
        if (!open) return
        open = false
        client.removeListener('error', close)
        client.release(error)
      }
      client.on('error', close)
      try {
        await client.query('begin')
      } catch (error) {
        close(error as Error)
        throw error
      }
      return {
        db: fromClient(client, statements, () => open),
        async commit() {
          if (!open) throw new Error('the transaction is over')
          try {
            await client.query('commit')
          } catch (error) {
            close(error as Error)
            throw error
          }
          close()
        },
        async rollback() {
          if (!open) return
          const limit = new AbortController()
          const late = sleep(ROLLBACK_LIMIT_IN_MILLISECONDS, undefined, { signal: limit.signal }).then(() => {
            throw new Error('a rollback did not get through')
          })
          try {
            await Promise.race([client.query('rollback'), late])
            close()
          } catch (error) {
            close(error as Error)
          } finally {
            late.catch(() => {})
            limit.abort()
          }
        },
      }
    },
    listen: (channel, onNotification, onReconnect) => listen(pool, channel, onNotification, onReconnect),
  }
}

/** A statement sent late must not run in the next transaction on the connection. */
function fromClient(client: PoolClient, statements: Statements, isOpen: () => boolean): Sql {
  return {
    async executeSql(text, values) {
      if (!isOpen()) throw new Error('the transaction is over')
      return run(client, statements, text, values)
    },
  }
}

async function run(
  sql: Pool | PoolClient,
  statements: Statements,
  text: string,
  values?: unknown[],
): Promise<{ rows: unknown[] }> {
  const name = values?.length ? statements.nameOf(text) : undefined
  if (name === undefined || values === undefined) return lastOf(await sql.query(text, values))
  try {
    return await sql.query({ name, text, values })
  } catch (error) {
    statements.note(error)
    throw error
  }
}

/** Several statements in one text give several results; pg-boss reads the rows of all. */
function lastOf(result: QueryResult | readonly QueryResult[]): { rows: unknown[] } {
  return Array.isArray(result) ? { rows: result.flatMap(({ rows }) => rows) } : (result as QueryResult)
}

/** On a connection of its own, so that the shop's pool does not lose one; made again when it breaks. */
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
  let faults = 0
  const connect = async (): Promise<void> => {
    const next = new Connection({ ...options, keepAlive: true })
    const onEnd = () => {
      if (client !== next) return
      client = undefined
      reconnect()
    }
    next.on('error', onEnd)
    next.on('end', onEnd)
    next.on('notification', ({ payload }) => onNotification(payload ?? ''))
    try {
      await next.connect()
      await next.query(`listen "${channel}"`)
    } catch (error) {
      await next.end().catch(() => {})
      throw error
    }
    if (isClosed) return next.end()
    client = next
    faults = 0
    onReconnect()
  }
  const reconnect = (): void => {
    if (isClosed) return
    const pause = pauseAfter(retries.connection, faults++)
    setTimeout(() => {
      if (!isClosed) connect().catch(reconnect)
    }, pause).unref()
  }
  await connect()
  return {
    async close() {
      isClosed = true
      const last = client
      client = undefined
      await last?.end().catch(() => {})
    },
  }
}
