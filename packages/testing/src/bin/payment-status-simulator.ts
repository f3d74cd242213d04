#!/usr/bin/env node
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { ProviderSimulation } from '@payment-status/core'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { createControl } from '../simulator/control.ts'
import type { Faults } from '../simulator/faults.ts'
import { createSimulator } from '../simulator/simulator.ts'

const usage = `payment-status-simulator [options]

  --port 4010                where to listen, on 127.0.0.1 (0 takes a free port)
  --webhook-url http://…     where webhooks go: the provider's name is added as last segment
  --provider NAME            which provider to play, or a module that exports its simulation; several times for
                             several (default: every one of ours that is installed)
  --seed 1                   where all chance comes from
  --faults '{"webhooks":{"lost":0.1}}'
  --frozen                   the clock moves only when it is told to
`

/** Looked for where the command runs; an installation holds only those it plays. */
const knownProviders = ['checkout-com', 'onerway', 'stripe']
const TICK_IN_MILLISECONDS = 250

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
} else {
  await serve()
}

async function serve(): Promise<void> {
  const providers = await findProviders(values.provider)
  if (providers.length === 0) {
    console.error(
      'No provider to play: install one, e.g. @payment-status/stripe, or name one with --provider.',
    )
    process.exitCode = 1
    return
  }
  const simulator = createSimulator({
    providers,
    seed: Number(values.seed),
    faults: JSON.parse(values.faults) as Faults,
    webhookUrl: values['webhook-url'],
    sendWebhook: async (request) => {
      // A shop that is not up yet is one that did not answer: the provider will send it again.
      return values['webhook-url']
        ? fetch(request).catch(() => new Response(null, { status: 503 }))
        : new Response()
    },
  })
  const control = createControl(simulator)
  const server = createServer(createRequestListener(control))
  server.listen(Number(values.port), '127.0.0.1', () => {
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : values.port
    console.log(
      `Simulating ${providers.map(({ provider }) => provider).join(', ')} on http://127.0.0.1:${port}`,
    )
  })
  if (values.frozen) return
  setInterval(() => void simulator.advance(TICK_IN_MILLISECONDS), TICK_IN_MILLISECONDS).unref()
}

/** A provider is a name, or a module that exports its simulation. */
async function findProviders(names: readonly string[] = knownProviders): Promise<ProviderSimulation[]> {
  const modules = names.map((name) => (/[@/]/.test(name) ? name : `@payment-status/${name}/fixtures`))
  const found = await Promise.all(modules.map(load))
  return found.flatMap((exported) => Object.values(exported).filter(isSimulation))
}

async function load(specifier: string): Promise<Readonly<Record<string, unknown>>> {
  const { resolve } = createRequire(join(process.cwd(), 'index.js'))
  try {
    return (await import(pathToFileURL(resolve(specifier)).href)) as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}

function isSimulation(value: unknown): value is ProviderSimulation {
  return typeof value === 'object' && value !== null && 'createWebhooks' in value && 'respond' in value
}
