import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answers, asServerUser, findPort, isRoot } from './postgres-server.ts'

/** PgBouncer of this system; undefined where it is not installed. */
export const pgbouncer: string | undefined = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) =>
  existsSync(path),
)

/** Starts PgBouncer in transaction mode before a server: each transaction may have another connection. */
export async function startPgbouncer(target: string) {
  if (pgbouncer === undefined) throw new Error('PgBouncer is not installed')
  const { hostname, port, username, pathname } = new URL(target)
  const folder = mkdtempSync(join(tmpdir(), 'pgbouncer-'))
  chmodSync(folder, 0o755)
  const listenPort = await findPort()
  const settings = join(folder, 'pgbouncer.ini')
  writeFileSync(
    settings,
    `[databases]
${pathname.slice(1)} = host=${hostname} port=${port} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
ignore_startup_parameters = extra_float_digits
`,
  )
  if (isRoot) execFileSync('chown', ['-R', 'postgres', folder])
  const child: ChildProcess = spawn(...asServerUser(pgbouncer, [settings]), { cwd: folder, stdio: 'ignore' })
  const url = `postgres://${username}@127.0.0.1:${listenPort}${pathname}`
  for (let turn = 0; turn < 100 && !(await answers(url)); turn++) await sleep(50)
  return {
    url,
    async stop() {
      const ended = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
