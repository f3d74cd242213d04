#!/usr/bin/env node
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { ProviderSimulation } from '@payment-status/core/kit'
import { startSimulatorServer } from '../server.ts'
import type { Faults } from '../simulator/faults.ts'

const usage = `payment-status-simulator [options]: the same as \`payment-status simulate\`, without the rest of the command line

  --port 4010                where to listen, on 127.0.0.1 (0 takes a free port)
  --webhook-url http://…     where webhooks go: the provider's name is added as last segment
  --provider NAME            which provider to play, or a module that exports its simulation; several times for
                             several (default: every one of ours that is installed)
  --seed 1                   where all chance comes from
  --faults '{"webhooks":{"lost":0.1}}'
  --frozen                   the clock moves only on request
`

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4010' },
      'webhook-url': { type: 'string' },
      provider: { type: 'string', multiple: true },
      seed: { type: 'string', default: '1' },
      faults: { type: 'string', default: '{}' },
      frozen: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const providers = await findProviders(values.provider)
  const { url } = await startSimulatorServer({
    providers,
    seed: Number(values.seed),
    faults: readFaults(values.faults),
    webhookUrl: values['webhook-url'],
    port: Number(values.port),
    frozen: values.frozen,
  })
  const names = providers.map(({ provider }) => provider).join(', ')
  console.log(`Simulating ${names} on ${url}`)
}

function readFaults(json: string): Faults {
  try {
    return JSON.parse(json) as Faults
  } catch {
    throw new Error('--faults is not JSON')
  }
}

/** Returns the names of our packages that are installed where the command runs. */
function installedPackages(): string[] {
  const folders = createRequire(join(process.cwd(), 'index.js')).resolve.paths('@payment-status/core') ?? []
  const names = folders.flatMap((folder) => {
    const scope = join(folder, '@payment-status')
    return existsSync(scope) ? readdirSync(scope) : []
  })
  return [...new Set(names)].toSorted()
}

/** A provider is a name, or a module that exports its simulation. Of ours, those that are installed are enough. */
async function findProviders(names: readonly string[] | undefined): Promise<ProviderSimulation[]> {
  const found: ProviderSimulation[] = []
  for (const name of names ?? installedPackages()) {
    const module = /[@/]/.test(name) ? name : `@payment-status/${name}/fixtures`
    const simulations = Object.values(await load(module))
      .filter(isSimulation)
      .toSorted((a, b) => (a.provider < b.provider ? -1 : 1))
    if (names && simulations.length === 0)
      throw new Error(`${module} has no simulation, or is not installed here`)
    found.push(...simulations)
  }
  if (found.length > 0) return found
  throw new Error(
    'No provider to play: install one, e.g. @payment-status/stripe, or name one with --provider.',
  )
}

/** Looked for from where the command runs; nothing where it is not installed. */
async function load(specifier: string): Promise<Readonly<Record<string, unknown>>> {
  const { resolve } = createRequire(join(process.cwd(), 'index.js'))
  let path: string
  try {
    path = resolve(specifier)
  } catch {
    return {}
  }
  return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>
}

function isSimulation(value: unknown): value is ProviderSimulation {
  return typeof value === 'object' && value !== null && 'createWebhooks' in value && 'redeliveries' in value
}
