import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Run } from '../context.ts'
import { exitCodes } from '../exit.ts'
import { readFolder } from '../recorder/file.ts'
import { readUrl } from '../recorder/forward.ts'
import { createReplay } from '../recorder/replay.ts'
import { toEnvironment } from '../simulations.ts'
import { close, listen } from '../track/server.ts'
import { readNumber } from './simulate.ts'

export interface ReplayOptions {
  readonly to: string
  readonly shuffle?: boolean | undefined
  readonly double?: boolean | undefined
  readonly delay?: string | true | undefined
  readonly seed: string
  readonly apiPort: string
  readonly stay?: boolean | undefined
}

/** Milliseconds. */
const DEFAULT_DELAY = '1000'
/** A shop may look a payment up a moment after it has acknowledged the delivery. */
const IDLE_IN_MILLISECONDS = 1500
const CHECK_IN_MILLISECONDS = 100

/** Sends a recording's deliveries to a shop, and answers the queries of that shop meanwhile. Exits with 1 if one fails. */
export const runReplay: Run<ReplayOptions, [folder: string]> = async (
  { world, terminal },
  options,
  folder,
) => {
  const to = readUrl(options.to, '--to')
  const delay = readNumber(options.delay === true ? DEFAULT_DELAY : (options.delay ?? '0'), '--delay')
  const seed = readNumber(options.seed, '--seed')
  const apiPort = readNumber(options.apiPort, '--api-port')
  const entries = await readFolder(resolve(world.cwd, folder))
  const replay = createReplay(entries)
  let lastQuery = Date.now()
  const api = await listen(
    (request) => {
      lastQuery = Date.now()
      return replay.answer(request)
    },
    '127.0.0.1',
    apiPort,
  )
  try {
    const providers = [...new Set(entries.map(({ file }) => file.provider))].map((provider) => ({ provider }))
    const environment = toEnvironment(providers, api.url)
    if (options.json) await terminal.writeJson({ api: api.url, environment })
    else {
      await terminal.writeLine('The shop must run with the test secrets:')
      for (const [name, value] of Object.entries(environment))
        await terminal.writeLine(`export ${name}='${value}'`)
    }
    const failed = await replay.run({
      to,
      shuffle: options.shuffle ? seed : undefined,
      double: options.double,
      delay,
      signal: terminal.signal,
      async onDelivered({ name, status }) {
        if (options.json) await terminal.writeJson({ name, status: status ?? null })
        else await terminal.writeLine(`${name} ${status ?? 'not delivered: the shop cannot be reached'}`)
      },
    })
    lastQuery = Date.now()
    const hasAnswers = entries.some(({ file }) => file.kind === 'answer')
    const isDone = () => !options.stay && (!hasAnswers || Date.now() - lastQuery > IDLE_IN_MILLISECONDS)
    while (!terminal.signal.aborted && !isDone())
      await setTimeout(CHECK_IN_MILLISECONDS, undefined, { signal: terminal.signal }).catch(() => {})
    return failed > 0 ? exitCodes.negative : exitCodes.good
  } finally {
    await close(api.server)
  }
}
