import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import {
  type SimulatorServer,
  type SimulatorServerOptions,
  startSimulatorServer,
} from '@payment-status/testing/server'
import { afterAll } from 'vitest'
import { runCli } from '../src/cli.ts'
import { simulatedProviders, toEnvironment } from '../src/simulations.ts'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Given {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly cwd?: string
  /** True if stdout and stderr are terminals. */
  readonly isTTY?: boolean
  readonly signal?: AbortSignal
  /** Called with what stdout has so far. */
  onStdout?(text: string): void
}

/** A folder of this file's tests, gone after them. */
export function createFolder(files: Readonly<Record<string, string>> = {}): {
  readonly path: string
  write(name: string, text: string): string
} {
  const path = mkdtempSync(join(tmpdir(), 'payment-status-cli-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  const write = (name: string, text: string) => {
    writeFileSync(join(path, name), text)
    return join(path, name)
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  return { path, write }
}

/** Runs the command line in this process. */
export async function run(args: readonly string[], given: Given = {}): Promise<Ended> {
  const { env = {}, stdin = '', cwd = '/', isTTY = false, signal = new AbortController().signal } = given
  const stdout = createSink(isTTY, given.onStdout)
  const stderr = createSink(isTTY)
  const code = await runCli(args, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    cwd,
    signal,
  })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

function createSink(isTTY: boolean, onText?: (text: string) => void) {
  let text = ''
  const stream = Object.assign(new PassThrough(), { isTTY })
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    onText?.(text)
  })
  return { stream, text: () => text }
}

export const bin = fileURLToPath(new URL('../src/bin/payment-status.ts', import.meta.url))
export const nodeOptions = ['--conditions=@payment-status/source', '--disable-warning=ExperimentalWarning']

/** Runs a shell command in which `payment-status` is ours, in a process of its own. */
export async function shell(command: string, { env = {}, cwd = '/' }: Given = {}): Promise<Ended> {
  const ours = `payment-status() { ${[process.execPath, ...nodeOptions, bin].map(quote).join(' ')} "$@"; }`
  const child = spawn('bash', ['-o', 'pipefail', '-c', `${ours}\n${command}`], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)))
  return { code, stdout, stderr }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

export const simulations = simulatedProviders.map(({ simulation }) => simulation)

/** Simulated providers on a port of their own, and the environment that leads to them. */
export async function simulate(
  options: Partial<SimulatorServerOptions> = {},
): Promise<SimulatorServer & { readonly env: Readonly<Record<string, string>> }> {
  const server = await startSimulatorServer({ providers: simulations, port: 0, frozen: true, ...options })
  afterAll(() => server.close())
  return { ...server, env: toEnvironment(simulations, server.url) }
}
