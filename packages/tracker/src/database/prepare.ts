import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'
import { DEFAULT_SCHEMA, migrate } from '../migrations/migrate.ts'
import { startBoss } from '../workers/jobs.ts'
import { fromPglite } from './pglite.ts'

const statements = [
  // Nothing is made from templates in an embedded database, and they are two thirds of it.
  'update pg_database set datistemplate = false',
  'drop database template0',
  'drop database template1',
  'vacuum full',
  'vacuum (analyze, freeze)',
  'checkpoint',
  'select pg_switch_wal()',
  'checkpoint',
]
const initDbStartParams = ['--wal-segsize=1'] // megabytes
const startParams = [...PGlite.defaultStartParams, '-c', 'wal_recycle=off', '-c', 'min_wal_size=2MB']

/**
 * A database with the tracker's tables and nothing in them, packed. What takes seconds at a first start is done once,
 * when this package is built. A version with further migrations runs them on it, as on any other database.
 */
export async function prepare(): Promise<Uint8Array> {
  const pglite = await PGlite.create({ initDbStartParams, startParams })
  const database = fromPglite(pglite)
  await migrate(database, DEFAULT_SCHEMA)
  const onError = (error: unknown) => {
    throw error
  }
  const boss = await startBoss({ database, schema: DEFAULT_SCHEMA, onError }, false)
  await boss.stop({ graceful: true, close: false, timeout: 10_000 })
  for (const statement of statements) await pglite.exec(statement)
  const data = new Uint8Array(await (await pglite.dumpDataDir('none')).arrayBuffer())
  await pglite.close()
  return promisify(brotliCompress)(data, {
    // The best quality is 15 % smaller, and takes twenty times as long.
    params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_QUALITY]: 9 },
  })
}
