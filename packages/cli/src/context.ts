import type { PaymentProvider } from '@payment-status/core'
import { createPayments, type Payments } from 'payment-status'
import { readSetup, type Setup } from './config.ts'
import { isUnset } from './environment.ts'
import { inputError } from './errors.ts'
import type { ExitCode } from './exit.ts'
import type { Terminal, World } from './terminal.ts'

/** What every command is given. */
export interface Context {
  readonly world: World
  readonly terminal: Terminal
}

/** The options every command has. */
export interface CommonOptions {
  readonly json?: boolean | undefined
  readonly config?: string | undefined
}

export type Run<Options, Arguments extends readonly unknown[]> = (
  context: Context,
  options: Options & CommonOptions,
  ...given: Arguments
) => Promise<ExitCode>

export interface Asking extends Setup {
  readonly payments: Payments
}

/** The providers there are to ask, `name` among them. Rejects with `invalid_input`, and says what is missing, where there is none. */
export async function readAsking(
  { world, terminal }: Context,
  { config }: CommonOptions,
  name?: string,
): Promise<Asking> {
  const setup = await readSetup(world.env, { cwd: world.cwd, path: config })
  if (name !== undefined) findProvider(setup, name)
  if (setup.providers.length === 0) {
    const missing = setup.gaps.filter(({ isFatal }) => isFatal)
    throw inputError(`no provider is configured (${missing.map(({ sentence }) => sentence).join('; ')})`)
  }
  for (const { sentence, isFatal, provider } of setup.gaps) {
    // One that is half configured was meant to be there.
    if (isFatal && name === undefined && !isUnset(provider, world.env))
      terminal.warn(`payment-status: ${sentence}`)
  }
  return { ...setup, payments: createPayments(setup.providers) }
}

/** The provider a command names. Rejects with `invalid_input`, and says what is missing of it. */
export function findProvider({ providers, gaps }: Setup, name: string): PaymentProvider {
  const provider = providers.find((one) => one.name === name)
  if (provider) return provider
  const missing = gaps.filter((gap) => gap.provider === name && gap.isFatal)
  if (missing.length > 0) throw inputError(missing.map(({ sentence }) => sentence).join('; '))
  const known = providers.map((one) => one.name).join(', ') || 'none'
  throw inputError(`no provider of this name is configured (there are: ${known})`)
}
