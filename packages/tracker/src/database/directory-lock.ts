import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inputError } from '../errors.ts'

// A socket's path is cut off after this by some systems.
const LONGEST_PATH = 100
const TRIES = 4

/**
 * Keeps a folder to one process: each who wants it listens on a socket of its own in there, and looks for others that
 * still answer. A socket answers exactly as long as its process lives, so nothing is taken from a live process, however
 * busy or stopped, and nothing is left behind by a dead one. Rejects with `invalid_input` while another one has it.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const folder = join(resolve(directory), 'lock')
  mkdirSync(folder, { recursive: true })
  for (let turn = 1; ; turn++) {
    const name = `${randomUUID().slice(0, 8)}.sock`
    const server = await listen(shorten(join(folder, name)))
    const others = readdirSync(folder).filter((other) => other.endsWith('.sock') && other !== name)
    const alive = await Promise.all(others.map((other) => isAlive(shorten(join(folder, other)))))
    for (const [index, other] of others.entries()) {
      if (!alive[index]) rmSync(join(folder, other), { force: true })
    }
    const release = async () => {
      await new Promise((done) => server.close(done))
      rmSync(join(folder, name), { force: true })
    }
    if (!alive.includes(true)) return release
    await release()
    // Two that start in the same moment see each other: one of them comes back first.
    if (turn >= TRIES) {
      throw inputError(
        'another process has this directory open: an embedded database belongs to one process, PostgreSQL to as many as you like',
      )
    }
    await sleep(50 + Math.random() * 200)
  }
}

function shorten(path: string): string {
  const short = relative(process.cwd(), path)
  const best = short.length < path.length ? short : path
  if (Buffer.byteLength(best) > LONGEST_PATH) throw inputError('the path of the directory is too long')
  return best
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(path, done)
  })
  server.unref()
  return server
}

/** Returns false where the connection is refused, which means that the process has ended; everything else counts as alive. */
async function isAlive(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      done(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT')
    })
  })
}
