import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'
import { type Ended, run } from './run.ts'

export interface Service {
  readonly url: string
  /** The first line of `--json`. */
  readonly started: {
    readonly token?: string
    readonly gaps: readonly string[]
    readonly [name: string]: unknown
  }
  /** Standard output so far. */
  output(): string
  stop(): Promise<Ended>
}

/** Runs `track --json` in this process, on a free port. It is stopped after the tests of the file. */
export async function startService(
  args: readonly string[],
  { env = {}, cwd = '/' }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<Service> {
  const ending = new AbortController()
  let output = ''
  let onLine = () => {}
  const firstLine = new Promise<void>((resolve) => {
    onLine = resolve
  })
  const running = run(['track', '--port', '0', '--json', ...args], {
    env,
    cwd,
    signal: ending.signal,
    onStdout(text) {
      output = text
      if (text.includes('\n')) onLine()
    },
  })
  const ended = await Promise.race([firstLine, running])
  if (ended) throw new Error(`track ended with ${ended.code}: ${ended.stderr}`)
  const started = JSON.parse(output.split('\n')[0] ?? '')
  const stop = () => {
    ending.abort()
    return running
  }
  afterAll(stop)
  return { url: started.url, started, output: () => output, stop }
}

/** A receiver of changes that answers 204 and keeps what it received. */
export async function startReceiver() {
  const received: { readonly body: string; readonly headers: Readonly<Record<string, string>> }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push({ body, headers: request.headers as Record<string, string> })
    response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterAll(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/changes`, received }
}

export const changesSecret = `whsec_${Buffer.from('made up, and long enough to sign').toString('base64')}`
