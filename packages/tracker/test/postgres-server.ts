import { type ChildProcess, execFile as execFileOf, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'

const execFile = promisify(execFileOf)

export interface PostgresServer {
  readonly url: string
  /** Ends it as a power cut ends it. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Ends recovery: a standby becomes a primary. */
  promote(): Promise<void>
  /** Ends it in order. Its data stays until `remove`. */
  stop(): Promise<void>
  /** Restarts it as a standby, which can only be read. */
  demote(): Promise<void>
  remove(): Promise<void>
}

/** Folder of PostgreSQL's server on this system; undefined where it is not installed. */
export const postgresFolder: string | undefined = findServer()

function findServer(): string | undefined {
  const versions = '/usr/lib/postgresql'
  const folders = existsSync(versions)
    ? readdirSync(versions)
        .toSorted((a, b) => Number(b) - Number(a))
        .map((version) => join(versions, version, 'bin'))
    : []
  return folders.find((folder) => existsSync(join(folder, 'postgres')))
}

/** PostgreSQL refuses to run as root. */
export const isRoot = process.getuid?.() === 0

/** Returns a command line that runs as the user of PostgreSQL, where this process is root's. */
export function asServerUser(command: string, args: readonly string[]): [string, string[]] {
  return isRoot ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, [...args]]
}

/**
 * A server of its own, on a loopback port, in a temporary folder. Settings are such as `max_connections=60`. With the URL of
 * a primary it is a streaming standby of it.
 */
export async function startPostgres(
  settings: readonly string[] = [],
  primary?: string,
): Promise<PostgresServer> {
  if (postgresFolder === undefined) throw new Error('no PostgreSQL server is installed')
  const bin = postgresFolder
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'))
  chmodSync(folder, 0o755)
  if (isRoot) execFileSync('chown', ['postgres', folder])
  const data = join(folder, 'data')
  const run = (program: string, ...args: readonly string[]) =>
    execFile(...asServerUser(join(bin, program), args), { cwd: folder })
  if (primary === undefined) await run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-N')
  else {
    const { hostname, port } = new URL(primary)
    const connection = `host=${hostname} port=${port} user=postgres`
    await run('pg_basebackup', '-D', data, '-d', connection, '-R', '-X', 'stream', '-c', 'fast', '-N')
  }
  const port = await findPort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  let child: ChildProcess | undefined
  const ended = async () => {
    const running = child
    child = undefined
    if (running && running.exitCode === null && running.signalCode === null)
      await new Promise((done) => running.once('exit', done))
  }
  const signal = (name: 'SIGKILL' | 'SIGINT') => {
    const [pid = ''] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    try {
      process.kill(Number(pid), name)
    } catch {
      // It has ended already.
    }
  }
  const server: PostgresServer = {
    url,
    async start() {
      const options = ['fsync=off', `port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=']
      const [command, args] = asServerUser(join(bin, 'postgres'), [
        '-D',
        data,
        ...[...options, ...settings].flatMap((option) => ['-c', option]),
      ])
      for (let turn = 0; turn < 200; turn++) {
        if (!child || child.exitCode !== null || child.signalCode !== null)
          child = spawn(command, args, { cwd: folder, stdio: 'ignore' })
        if (await answers(url)) return
        await sleep(50)
      }
      throw new Error('PostgreSQL did not start')
    },
    async promote() {
      await run('pg_ctl', 'promote', '-D', data, '-w')
    },
    async kill() {
      signal('SIGKILL')
      await ended()
    },
    async stop() {
      signal('SIGINT')
      await ended()
    },
    async demote() {
      await server.stop()
      writeFileSync(join(data, 'standby.signal'), '')
      await server.start()
    },
    async remove() {
      if (child) await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

/** Returns whether a server answers a query. */
export async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

export async function findPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
