import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PGlite, PGliteInterface, Transaction as PGliteTransaction } from '@electric-sql/pglite'
import { inputError } from '../errors.ts'
import type { Database, Sql } from '../store/sql.ts'
import { lockDirectory } from './directory-lock.ts'
import { readPrepared } from './prepared.ts'
import { closeToOthers, makePrivateDirectory } from './private-directory.ts'

export const DEFAULT_DIRECTORY = '.payment-status'
export const MEMORY = 'memory://'

/**
 * PostgreSQL in this process: in a directory, which is kept to this process, or in memory with `memory://`. For demos,
 * tests and one small process: it takes some 400 MB. Rejects with `invalid_input` when another process has the directory,
 * and when PGlite is not installed.
 *
 * @example
 * const database = await openEmbedded('memory://') // in a test
 */
export async function openEmbedded(
  where: string = DEFAULT_DIRECTORY,
): Promise<Database & { close(): Promise<void> }> {
  await loadPglite() // before a folder is made
  if (where === MEMORY) {
    const pglite = await create()
    return { ...fromPglite(pglite), close: () => pglite.close() }
  }
  makePrivateDirectory(where)
  const release = await lockDirectory(where)
  try {
    const pglite = await openDirectory(where)
    closeToOthers(where)
    return {
      ...fromPglite(pglite),
      async close() {
        await pglite.close()
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Opens a folder. One whose first start was interrupted holds nothing, and is created again. */
async function openDirectory(where: string): Promise<PGlite> {
  const data = join(where, 'data')
  const unfinished = join(where, 'unfinished')
  if (existsSync(unfinished)) rmSync(data, { recursive: true, force: true })
  if (existsSync(data)) return (await loadPglite()).create(data)
  writeFileSync(unfinished, '')
  const pglite = await create(data)
  rmSync(unfinished)
  return pglite
}

/** From the prepared database, where this version of PGlite takes it; else as PGlite makes one, which takes seconds. */
async function create(directory?: string): Promise<PGlite> {
  const where = directory === undefined ? {} : { dataDir: directory }
  const PGlite = await loadPglite()
  const loadDataDir = await readPrepared()
  if (loadDataDir) {
    try {
      return await PGlite.create({ ...where, loadDataDir })
    } catch {
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
    }
  }
  return PGlite.create(where)
}

/** Loads PGlite, a peer that only the embedded database needs. */
async function loadPglite(): Promise<typeof PGlite> {
  try {
    return (await import('@electric-sql/pglite')).PGlite
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (!/MODULE_NOT_FOUND$/.test(code ?? '') || !message.includes('pglite')) throw error
    throw inputError(
      '@electric-sql/pglite is not installed, and the embedded database needs it. Install it: npm install @electric-sql/pglite. Or pass PostgreSQL: `database: fromPool(pool)`',
    )
  }
}

/**
 * Uses a PGlite of your own. While a transaction is open in it, everything else waits.
 *
 * @example
 * const tracker = await createTracker({ payments, database: fromPglite(new PGlite('./data')), onChange })
 */
export function fromPglite(pglite: PGliteInterface): Database {
  return {
    kind: 'pglite',
    executeSql: (text, values) =>
      run(pglite, text, values).catch(async (error) => {
        // A statement that opened a transaction by itself and failed would leave it open for all callers.
        await pglite.exec('rollback').catch(() => {})
        throw error
      }),
    beginTransaction: () => begin(pglite),
    async listen(channel, onNotification, onReconnect) {
      const unsubscribe = await pglite.listen(channel, onNotification)
      onReconnect()
      return { close: unsubscribe }
    },
  }
}

/** PGlite takes a transaction as one function; here it is held open until it is settled from outside. */
function begin(pglite: PGliteInterface): ReturnType<Database['beginTransaction']> {
  return new Promise((opened, failed) => {
    let settle: (how: 'commit' | 'rollback') => void = () => {}
    const settled = new Promise<'commit' | 'rollback'>((resolve) => {
      settle = resolve
    })
    let open = true
    const over = pglite.transaction(async (tx) => {
      const db: Sql = {
        async executeSql(text, values) {
          if (!open) throw new Error('the transaction is over')
          return run(tx, text, values)
        },
      }
      opened({
        db,
        async commit() {
          if (!open) throw new Error('the transaction is over')
          open = false
          settle('commit')
          await over
        },
        async rollback() {
          if (!open) return
          open = false
          settle('rollback')
          await over.catch(() => {})
        },
      })
      if ((await settled) === 'rollback') await tx.rollback()
    })
    over.catch(failed)
  })
}

/** Without values the text may hold several statements; the rows of all are handed back. */
async function run(
  sql: PGliteInterface | PGliteTransaction,
  text: string,
  values: unknown[] | undefined,
): Promise<{ rows: unknown[] }> {
  if (values?.length) return sql.query(text, values)
  const results = await sql.exec(text)
  return { rows: results.flatMap(({ rows }) => rows) }
}
