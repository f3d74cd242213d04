import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { toNodeHandler } from '@payment-status/node'
import { afterAll, expect, vi } from 'vitest'
import { knownProviders } from '../src/providers.ts'
import { type Ended, run } from './run.ts'

/** Serves a handler on a free port, until the tests of the file have ended. */
export async function serve(handler: (request: Request) => Promise<Response>): Promise<string> {
  const server = createServer(toNodeHandler(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Address that exists before the server it leads to. Requests wait until `open` names that server. */
export async function createRelay(): Promise<{ readonly url: string; open(target: string): void }> {
  let open: (target: string) => void = () => {}
  const target = new Promise<string>((resolve) => {
    open = resolve
  })
  const url = await serve(async (request) =>
    fetch((await target) + new URL(request.url).pathname, {
      method: request.method,
      headers: request.headers,
      body: await request.arrayBuffer(),
    }),
  )
  return { url, open }
}

export interface Started {
  /** First line of JSON that the command printed. */
  readonly first: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, string>>
  /** Resolves when the command has printed that many lines of JSON. */
  untilLines(count: number): Promise<void>
  stop(): Promise<Ended>
}

/** Starts a command of the recorder, and resolves when it is ready. */
export async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Started> {
  const ending = new AbortController()
  let printed = ''
  const countLines = () => printed.split('\n').length - 1
  const ended = run([...args, '--json'], {
    env,
    signal: ending.signal,
    onStdout(text) {
      printed = text
    },
  })
  const untilLines = (count: number) =>
    vi.waitFor(() => expect(countLines()).toBeGreaterThanOrEqual(count), { timeout: 60_000, interval: 10 })
  await Promise.race([untilLines(1), ended])
  if (countLines() === 0) throw new Error(`the command ended: ${(await ended).stderr}`)
  const first = JSON.parse(printed.slice(0, printed.indexOf('\n'))) as Record<string, unknown>
  return {
    first,
    environment: first.environment as Record<string, string>,
    untilLines,
    stop() {
      ending.abort()
      return ended
    },
  }
}

/** Returns the variables of one provider. */
export function variablesOf(
  provider: string,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const variables = knownProviders.find(({ name }) => name === provider)?.environment.variables ?? []
  return Object.fromEntries(Object.entries(env).filter(([name]) => variables.includes(name)))
}

export function readFiles(folder: string): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}
