import { existsSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import type { Environment, EnvironmentGap, PaymentProvider } from '@payment-status/core'
import { providersFromEnvironment } from 'payment-status'
import { inputError } from './errors.ts'
import { knownProviders } from './providers.ts'

/** The default export of `payment-status.config.ts`. */
export interface Config {
  /** Replaces the providers of the environment: accounts with names of their own, or providers of your own. */
  readonly providers?: readonly PaymentProvider[] | undefined
  /** The time zone in which days are counted: an offset such as `+08:00`, or a name such as `Europe/Berlin`. Default UTC. */
  readonly timeZone?: string | undefined
  /** Several databases by order, for `track` and `reconcile`. Replaces DATABASE_URL. */
  readonly shards?: Shards | undefined
}

/** Databases that share the orders of a shop. */
export interface Shards {
  /** URLs by the names of the shards. Names are stored: never give one to another database. The first is the home. */
  readonly databases: Readonly<Record<string, string | undefined>>
  /** Returns the name of the shard of an order. It must never change for an order that was tracked. */
  shardOf(order: string): string
  /** URL of the database that keeps which shard a payment belongs to. Default: the first shard's. */
  readonly directory?: string | undefined
}

/**
 * Types a configuration file, and returns it unchanged.
 *
 * @example
 * export default defineConfig({ timeZone: 'Europe/Berlin', providers: [createStripe({ … })] })
 */
export function defineConfig(config: Config): Config {
  return config
}

export interface Setup {
  readonly providers: readonly PaymentProvider[]
  readonly gaps: readonly EnvironmentGap[]
  readonly timeZone: string
  readonly shards?: Shards | undefined
}

const fileNames = ['ts', 'mts', 'js', 'mjs'].map((ending) => `payment-status.config.${ending}`)

export interface SetupOptions {
  readonly cwd: string
  readonly path?: string | undefined
  /** Runs no configuration file unless `path` names one. */
  readonly ignoresFolder?: boolean | undefined
}

/** Reads the configuration file, if there is one, and the environment. Rejects with `invalid_input`. */
export async function readSetup(
  environment: Environment,
  { cwd, path, ignoresFolder = false }: SetupOptions,
): Promise<Setup> {
  const {
    providers,
    timeZone = 'UTC',
    shards,
  } = path === undefined && ignoresFolder ? {} : await readConfig(cwd, path)
  if (providers !== undefined) return { providers, gaps: [], timeZone, shards }
  const environments = knownProviders.map((known) => known.environment)
  return { ...providersFromEnvironment(environment, environments), timeZone, shards }
}

async function readConfig(cwd: string, given: string | undefined): Promise<Config> {
  const names = given === undefined ? fileNames : [given]
  const path = names.map((name) => resolve(cwd, name)).find((candidate) => existsSync(candidate))
  if (path === undefined) {
    if (given !== undefined) throw inputError('the file of --config does not exist')
    return {}
  }
  if (given === undefined) checkOwner(path)
  const loaded = await load(path)
  const config = 'default' in loaded ? loaded.default : loaded.config
  if (typeof config !== 'object' || config === null) {
    throw inputError(
      'the configuration file must have a default export: `export default defineConfig({ … })`',
    )
  }
  const { providers } = config as Config
  const isList =
    Array.isArray(providers) && providers.every((provider) => typeof provider?.lookup === 'function')
  if (providers !== undefined && !isList)
    throw inputError(
      '`providers` in the configuration file must be an array of providers, such as [createStripe({ … })]',
    )
  return config as Config
}

const OTHERS_MAY_WRITE = 0o002

/** A configuration file is code: in a shared folder, another user's file must not run because it has the right name. */
function checkOwner(path: string): void {
  const user = process.getuid?.()
  if (user === undefined) return
  const { uid, mode } = statSync(path)
  if ((uid === user || uid === 0) && (mode & OTHERS_MAY_WRITE) === 0) return
  throw inputError(
    `${basename(path)} in this folder is not run, because another user owns it or may write to it. Name it with --config if you trust it`,
  )
}

async function load(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      throw inputError('this Node cannot read TypeScript: use Node 22.18 or later, or name the file .mjs')
    }
    // A PaymentError names the expected form and never a value; any other message may repeat one.
    const why = name === 'PaymentError' ? message : (code ?? name)
    throw inputError(`the configuration file cannot be loaded: ${why}`)
  }
}
