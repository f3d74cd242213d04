// `payment-status` as it is installed, in a process of its own.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const program = resolve('node_modules/.bin/payment-status')
const PATH = [dirname(process.execPath), dirname(program), process.env.PATH].join(delimiter)
/** Of a long output only this much is kept. */
const KEPT_IN_CHARACTERS = 1_000_000

export const createFolder = () => mkdtempSync(join(tmpdir(), 'payment-status-'))

function start(command, args, { env = {}, cwd = createFolder() } = {}) {
  return spawn(command, args, { cwd, env: { PATH, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
}

async function toEnd(child, stdin) {
  let [stdout, stderr, lines] = ['', '', 0]
  child.stdout.on('data', (chunk) => {
    for (const byte of chunk) if (byte === 10) lines++
    stdout = (stdout + chunk.toString()).slice(-KEPT_IN_CHARACTERS)
  })
  child.stderr.on('data', (chunk) => {
    stderr = (stderr + chunk.toString()).slice(-KEPT_IN_CHARACTERS)
  })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const code = await new Promise((ended) => child.on('close', ended))
  return { code, stdout, stderr, lines }
}

/** Runs it to its end. */
export const run = (args, { stdin = '', ...given } = {}) => toEnd(start(program, args, given), stdin)

/** Runs a line of a shell in which `payment-status` is on the PATH. */
export const shell = (line, given) =>
  toEnd(start('bash', ['--norc', '-o', 'pipefail', '-c', line], given), '')

/** Starts it, or another program, and resolves with its first line of JSON, and with what ends it. */
export async function serve(args, { command = program, ...given } = {}) {
  const child = start(command, args, given)
  const said = { lines: [], stderr: '' }
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk.toString()
  })
  const first = new Promise((resolve, failed) => {
    createInterface(child.stdout).on('line', (line) => {
      said.lines.push(line)
      resolve(line)
    })
    child.on('close', (code) => failed(new Error(`it ended with ${code}: ${said.stderr}`)))
  })
  const ended = new Promise((done) => child.on('close', done))
  const stop = async (signal = 'SIGINT') => {
    child.kill(signal)
    return ended
  }
  return { first: await first, said, stop, child }
}

export async function findPort() {
  const server = createServer()
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address()
  await new Promise((closed) => server.close(closed))
  return port
}

/** Waits until a question is answered with something. */
export async function until(ask, { timeoutMs = 120_000 } = {}) {
  for (const end = Date.now() + timeoutMs; ; ) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new Error('it did not come')
    await new Promise((again) => setTimeout(again, 200))
  }
}

export const parseLines = (text) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
