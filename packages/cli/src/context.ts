import type { PaymentProvider } from '@payment-status/core'
import { createPayments, type Payments } from 'payment-status'
import { readSetup, type Setup } from './config.ts'
import { inputError } from './errors.ts'
import type { ExitCode } from './exit.ts'
import { isUnset, knownProviders, listNames } from './providers.ts'
import type { Terminal, World } from './terminal.ts'

/** The first argument of every command. */
export interface Context {
  readonly world: World
  readonly terminal: Terminal
}

/** The options of every command. */
export interface CommonOptions {
  readonly json?: boolean | undefined
  readonly config?: string | undefined
}

export type Run<Options, Arguments extends readonly unknown[]> = (
  context: Context,
  options: Options & CommonOptions,
  ...given: Arguments
) => Promise<ExitCode>

export interface Configured extends Setup {
  readonly payments: Payments
}

/** Returns the configured providers. Rejects with `invalid_input` if no provider is configured, or not the one of `name`. */
export async function readConfigured(
  { world, terminal }: Context,
  { config }: CommonOptions,
  name?: string,
): Promise<Configured> {
  const setup = await readSetup(world.env, { cwd: world.cwd, path: config })
  if (name !== undefined) findProvider(setup, name)
  if (setup.providers.length === 0) {
    const missing = setup.gaps.filter(({ isFatal }) => isFatal)
    // A provider with some of its variables is the one that is meant.
    const meant = missing.filter(({ provider }) => !isUnset(provider, world.env))
    const shown = (meant.length > 0 ? meant : missing).map(({ sentence }) => sentence)
    throw inputError(`no provider is configured: ${shown.join('; ')}`)
  }
  for (const { sentence, isFatal, provider } of setup.gaps) {
    // A provider with some of its variables is meant to be there.
    if (isFatal && name === undefined && !isUnset(provider, world.env))
      terminal.warn(`payment-status: ${sentence}`)
  }
  return { ...setup, payments: createPayments(setup.providers) }
}

/** Returns the provider of a name. Throws `invalid_input` that names its missing variables. */
export function findProvider({ providers, gaps }: Setup, name: string): PaymentProvider {
  const provider = providers.find((one) => one.name === name)
  if (provider) return provider
  const missing = gaps.filter((gap) => gap.provider === name && gap.isFatal)
  if (missing.length > 0) throw inputError(missing.map(({ sentence }) => sentence).join('; '))
  const configured = providers.map((one) => one.name)
  const names = configured.length > 0 ? configured : knownProviders.map((known) => known.name)
  throw inputError(`no provider of this name is configured: use ${listNames(names)}`)
}
