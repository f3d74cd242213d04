import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { inputError } from './errors.ts'
import type { World } from './terminal.ts'

/** The largest payload that `explain` and `verify` read. A page of a list is at most a few megabytes. */
const LARGEST_PAYLOAD_IN_BYTES = 16 * 1024 * 1024

/** Reads a file, or stdin for `-`. Rejects with `invalid_input` for a file that cannot be read or is larger than 16 MB. */
export async function readBytes(path: string, world: World, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of await openBytes(path, world, signal)) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > LARGEST_PAYLOAD_IN_BYTES)
      throw inputError('the input must be at most 16 MB: give one payload, not a whole log')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/** Opens a file, or stdin for `-`, as a stream that ends when the signal aborts. */
export async function openBytes(
  path: string,
  { stdin, cwd }: World,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer | string>> {
  if (path === '-') return untilAborted(addAbortSignal(signal, stdin as Readable), signal)
  const file = resolve(cwd, path)
  const stats = await stat(file).catch(reject)
  if (stats.isDirectory()) throw inputError('the path must name a file, not a folder')
  return untilAborted(createReadStream(file, { signal }), signal)
}

async function* untilAborted(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer | string> {
  try {
    yield* stream as AsyncIterable<Buffer | string>
  } catch (error) {
    if (signal.aborted) throw error
    reject(error as NodeJS.ErrnoException)
  }
}

function reject(error: NodeJS.ErrnoException): never {
  if (error.code === 'ENOENT')
    throw inputError('the file does not exist. Name a file, or - for standard input')
  throw inputError(`the file cannot be read${error.code ? ` (${error.code})` : ''}`)
}
