import { resolve } from 'node:path'
import {
  createShardedTracker,
  createTracker,
  type Tracker,
  type TrackerOptions,
} from '@payment-status/tracker'
import type { Shards } from '../config.ts'
import { inputError } from '../errors.ts'
import { describeUrl, type OpenDatabase, openDatabase } from './database.ts'
import type { DatabasePlace } from './start-report.ts'

export const DEFAULT_FOLDER = '.payment-status'
export const MEMORY = 'memory://'

/** Place where the tracker keeps its orders. */
export interface Storage {
  readonly place: DatabasePlace
  /** Folder for what this machine keeps; absent where nothing is kept. */
  readonly folder?: string
  /** Opens the tracker. `check` is called with the one database before its tables are made. */
  open(
    options: Omit<TrackerOptions, 'database'>,
    check?: (database: OpenDatabase) => Promise<void>,
  ): Promise<OpenTracker>
}

export interface OpenTracker {
  readonly tracker: Tracker
  close(): Promise<void>
}

export interface StorageChoice {
  /** Value of `--database`. */
  readonly option: string | undefined
  /** Value of DATABASE_URL. */
  readonly environment: string | undefined
  readonly shards: Shards | undefined
  /** Place of the embedded database where none of them is given. */
  readonly fallback: typeof DEFAULT_FOLDER | typeof MEMORY
  readonly cwd: string
}

/** Returns the place that is configured, without opening it. Throws `invalid_input` where two are. */
export function chooseStorage({ option, environment, shards, fallback, cwd }: StorageChoice): Storage {
  const fromEnvironment = environment?.trim() || undefined
  const ownFolder = resolve(cwd, DEFAULT_FOLDER)
  if (shards) {
    const other = option === undefined ? fromEnvironment && 'DATABASE_URL' : '--database'
    if (other)
      throw inputError(
        `${other} names one database, and the configuration file names several as \`shards\`: remove one of the two`,
      )
    return { ...ofShards(shards), folder: ownFolder }
  }
  const isUrl = option !== undefined && /^postgres(ql)?:/.test(option)
  const url = isUrl ? option : option === undefined ? fromEnvironment : undefined
  if (url !== undefined)
    return { place: describeUrl(url, 'DATABASE_URL'), folder: ownFolder, open: opener({ url }) }
  const where = option ?? fallback
  // An empty variable in a script would be this folder, and another kind of URL a folder of that name.
  if (where.trim() === '' || (where !== MEMORY && /^[a-z][\w+.-]*:\/\//i.test(where)))
    throw inputError('--database must be a folder, memory:// or a postgres:// URL')
  if (where === MEMORY) return { place: { kind: 'memory' }, open: opener({ where }) }
  const folder = resolve(cwd, where)
  return { place: { kind: 'folder', path: folder }, folder, open: opener({ where: folder }) }
}

function opener(where: Parameters<typeof openDatabase>[0]): Storage['open'] {
  return async (options, check) => {
    const database = await openDatabase(where)
    try {
      await check?.(database)
      return { tracker: await createTracker({ ...options, database }), close: () => database.close() }
    } catch (error) {
      await database.close()
      throw error
    }
  }
}

function ofShards({ databases, shardOf, directory }: Shards): Pick<Storage, 'place' | 'open'> {
  const entries = Object.entries(databases ?? {})
  if (entries.length === 0)
    throw inputError('`shards.databases` in the configuration file must name each shard and its URL')
  if (typeof shardOf !== 'function')
    throw inputError(
      '`shards.shardOf` in the configuration file must be the function that returns the name of the shard of an order',
    )
  const urls = entries.map(([name, url]) => ({ name, url: url?.trim() ?? '' }))
  const shards = urls.map(({ name, url }) => {
    const { address } = describeUrl(url, `\`shards.databases.${name}\` in the configuration file`)
    return { name, address }
  })
  const directoryPlace =
    directory === undefined
      ? {}
      : { directory: describeUrl(directory, '`shards.directory` in the configuration file').address }
  return {
    place: { kind: 'shards', shards, ...directoryPlace },
    async open(options) {
      const open = await Promise.all(
        urls.map(async ({ name, url }) => ({ name, database: await openDatabase({ url }) })),
      )
      const ownDirectory = directory === undefined ? undefined : await openDatabase({ url: directory })
      const close = async () => {
        await Promise.all([...open.map(({ database }) => database.close()), ownDirectory?.close()])
      }
      try {
        const tracker = await createShardedTracker({
          shards: Object.fromEntries(open.map(({ name, database }) => [name, { ...options, database }])),
          shardOf,
          directory: ownDirectory,
        })
        return { tracker, close }
      } catch (error) {
        await close()
        throw error
      }
    },
  }
}
