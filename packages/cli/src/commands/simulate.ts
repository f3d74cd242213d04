import { once } from 'node:events'
import type { ProviderSimulation } from '@payment-status/core/kit'
import type { Faults } from '@payment-status/testing'
import { startSimulatorServer } from '@payment-status/testing/server'
import type { Run } from '../context.ts'
import { inputError } from '../errors.ts'
import { exitCodes } from '../exit.ts'
import { simulatedProviders, toEnvironment } from '../simulations.ts'

const simulations = simulatedProviders.map(({ simulation }) => simulation)

export interface SimulateOptions {
  readonly port: string
  readonly webhookUrl?: string | undefined
  readonly provider?: readonly string[] | undefined
  readonly seed: string
  readonly faults?: string | undefined
  readonly frozen?: boolean | undefined
}

/** Runs simulated providers behind HTTP, until it is ended. */
export const runSimulate: Run<SimulateOptions, []> = async ({ terminal }, options) => {
  const { webhookUrl, frozen } = options
  const providers = findSimulations(options.provider)
  const server = await startSimulatorServer({
    providers,
    seed: readNumber(options.seed, '--seed'),
    port: readNumber(options.port, '--port'),
    faults: options.faults === undefined ? undefined : readFaults(options.faults),
    webhookUrl,
    frozen,
  })
  const names = providers.map(({ provider }) => provider)
  const environment = toEnvironment(providers, server.url)
  if (options.json) await terminal.writeJson({ url: server.url, providers: names, environment })
  else {
    await terminal.writeLine(`Simulating ${names.join(', ')} on ${server.url}`)
    for (const [name, value] of Object.entries(environment))
      await terminal.writeLine(`export ${name}='${value}'`)
  }
  if (!terminal.signal.aborted) await once(terminal.signal, 'abort')
  await server.close()
  return exitCodes.good
}

export function findSimulations(names: readonly string[] | undefined): readonly ProviderSimulation[] {
  if (names === undefined) return simulations
  const found = simulations.filter(({ provider }) => names.includes(provider))
  if (found.length === new Set(names).size) return found
  throw inputError(`--provider must be one of ${simulations.map(({ provider }) => provider).join(', ')}`)
}

export function readFaults(json: string): Faults {
  try {
    return JSON.parse(json) as Faults
  } catch {
    throw inputError('--faults must be JSON, such as {"webhooks":{"lost":0.1}}')
  }
}

export function readNumber(text: string, option: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(number)) throw inputError(`${option} must be a whole number`)
  return number
}
