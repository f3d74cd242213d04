import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Environment, EnvironmentGap, PaymentProvider } from '@payment-status/core'
import { inputError } from './errors.ts'

/** What `payment-status.config.ts` exports as its default. */
export interface Config {
  /** Instead of those the environment configures: accounts with names of their own, or providers of your own. */
  readonly providers?: readonly PaymentProvider[] | undefined
  /** The zone days are counted in: an offset such as `+08:00`, or a name such as `Europe/Berlin`. Default UTC. */
  readonly timeZone?: string | undefined
}

/** Types a configuration file; returns what it is given. */
export function defineConfig(config: Config): Config {
  return config
}

export interface Setup {
  readonly providers: readonly PaymentProvider[]
  readonly gaps: readonly EnvironmentGap[]
  readonly timeZone: string
}

const fileNames = ['ts', 'mts', 'js', 'mjs'].map((ending) => `payment-status.config.${ending}`)

export interface SetupOptions {
  readonly cwd: string
  readonly path?: string | undefined
  /** Nobody has to be configured: where no variable is set, no provider's code is loaded to say what is missing. */
  readonly isOptional?: boolean | undefined
}

/** Reads the configuration file of a folder, where there is one, and the environment. Rejects with `invalid_input`. */
export async function readSetup(
  environment: Environment,
  { cwd, path, isOptional = false }: SetupOptions,
): Promise<Setup> {
  const { providers, timeZone = 'UTC' } = await readConfig(cwd, path)
  const isEmpty = isOptional && !Object.keys(environment).some((name) => /^(CKO|ONERWAY|STRIPE)_/.test(name))
  if (providers !== undefined || isEmpty) return { providers: providers ?? [], gaps: [], timeZone }
  const [{ environments }, { providersFromEnvironment }] = await Promise.all([
    import('./environment.ts'),
    import('payment-status'),
  ])
  return { ...providersFromEnvironment(environment, environments), timeZone }
}

async function readConfig(cwd: string, given: string | undefined): Promise<Config> {
  const names = given === undefined ? fileNames : [given]
  const path = names.map((name) => resolve(cwd, name)).find((candidate) => existsSync(candidate))
  if (path === undefined) {
    if (given !== undefined) throw inputError('the configuration file is not there')
    return {}
  }
  const loaded = await load(path)
  const config = 'default' in loaded ? loaded.default : loaded.config
  if (typeof config !== 'object' || config === null) {
    throw inputError('the configuration file exports no configuration: `export default defineConfig({ … })`')
  }
  const { providers } = config as Config
  const isList =
    Array.isArray(providers) && providers.every((provider) => typeof provider?.lookup === 'function')
  if (providers !== undefined && !isList)
    throw inputError('the providers of the configuration file are no providers')
  return config as Config
}

async function load(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      throw inputError('this Node reads no TypeScript: take Node 22.18 or later, or name the file .mjs')
    }
    // A provider's own complaint about its configuration names what it expects, and no value.
    const why = name === 'PaymentError' ? message : (code ?? name)
    throw inputError(`the configuration file cannot be loaded: ${why}`)
  }
}
