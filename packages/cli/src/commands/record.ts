import { once } from 'node:events'
import { resolve } from 'node:path'
import { type Run, readConfigured } from '../context.ts'
import { inputError } from '../errors.ts'
import { exitCodes } from '../exit.ts'
import { knownProviders } from '../providers.ts'
import { openFolder } from '../recorder/file.ts'
import { readUrl } from '../recorder/forward.ts'
import { findRecorded } from '../recorder/providers.ts'
import { createRecorder, type RecorderNote } from '../recorder/recorder.ts'
import { createSynthesizer } from '../recorder/synthesize.ts'
import type { World } from '../terminal.ts'
import { close, listen } from '../track/server.ts'
import { readNumber } from './simulate.ts'

export interface RecordOptions {
  readonly out: string
  readonly port: string
  readonly apiPort: string
  readonly host: string
  readonly forward?: string | undefined
}

/** Records deliveries and answers of a sandbox until it is ended. */
export const runRecord: Run<RecordOptions, []> = async (context, options) => {
  const { world, terminal } = context
  const { forward } = options
  const target = forward === undefined ? undefined : readUrl(forward, '--forward')
  const [port, apiPort] = [readNumber(options.port, '--port'), readNumber(options.apiPort, '--api-port')]
  const configured = await readConfigured(context, options)
  const providers = configured.providers.filter(({ name }) => findRecorded(name))
  if (providers.length === 0)
    throw inputError(
      `record must know a list of allowed fields, and has one for ${knownProviders.map(({ name }) => name).join(', ')}. Configure one of these providers under its own name`,
    )
  const folder = await openFolder(resolve(world.cwd, options.out))
  const names = providers.map(({ name }) => name)
  const upstream = Object.fromEntries(names.map((name) => [name, toUpstream(name, world.env)]))
  let pending = Promise.resolve()
  const { receive, proxy } = createRecorder({
    providers,
    folder,
    synthesizer: createSynthesizer(),
    forward: target,
    upstream,
    signal: terminal.signal,
    onNote(note) {
      pending = pending.then(() =>
        options.json ? terminal.writeJson(note) : terminal.writeLine(describe(note)),
      )
    },
  })
  // The query APIs have a port of their own: the endpoint may be open to the internet, and they must not be.
  const endpoint = await listen(receive, options.host, port)
  const api = await listen(proxy, '127.0.0.1', apiPort)
  try {
    const environment = Object.fromEntries(
      knownProviders
        .filter(({ name }) => names.includes(name))
        .flatMap(({ name, environment }) =>
          environment.variables.filter(isBaseUrl).map((one) => [one, `${api.url}/${name}`]),
        ),
    )
    if (options.json)
      await terminal.writeJson({ url: endpoint.url, api: api.url, providers: names, environment })
    else {
      for (const name of names)
        await terminal.writeLine(`Send webhooks of ${name} to ${endpoint.url}/webhooks/${name}`)
      await terminal.writeLine('Record lookups: start your shop with')
      for (const [name, value] of Object.entries(environment))
        await terminal.writeLine(`export ${name}='${value}'`)
    }
    if (!terminal.signal.aborted) await once(terminal.signal, 'abort')
  } finally {
    await Promise.all([close(endpoint.server), close(api.server)])
    await pending
  }
  return exitCodes.good
}

function isBaseUrl(variable: string): boolean {
  return variable.endsWith('_BASE_URL')
}

/** Returns the sandbox of a provider, or the place that its variable names. */
function toUpstream(name: string, env: World['env']): string {
  const variables = knownProviders.find((known) => known.name === name)?.environment.variables ?? []
  const given = variables.filter(isBaseUrl).flatMap((variable) => env[variable]?.trim() || [])[0]
  return given === undefined
    ? (findRecorded(name)?.sandbox ?? '')
    : readUrl(given, `the base URL of ${name}`).href
}

function describe(note: RecorderNote): string {
  if (note.kind === 'kept') return `${note.name} kept, answered with ${note.status}`
  return `nothing kept of ${note.provider}: ${note.why}`
}
