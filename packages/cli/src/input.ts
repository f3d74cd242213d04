import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { inputError } from './errors.ts'
import type { World } from './terminal.ts'

/** What is explained and verified is one payload; beyond this it is something else. */
const LONGEST_INPUT_IN_BYTES = 64 * 1024 * 1024

/** The bytes of a file, or of stdin where it is `-`. Rejects with `invalid_input` for what cannot be read. */
export async function readBytes(path: string, { stdin, cwd }: World): Promise<Buffer> {
  if (path !== '-') {
    const file = resolve(cwd, path)
    const { size } = await stat(file).catch(refuse)
    if (size > LONGEST_INPUT_IN_BYTES) throw inputError('the file is larger than 64 MB: that is no payload')
    return readFile(file).catch(refuse)
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    size += bytes.length
    if (size > LONGEST_INPUT_IN_BYTES) throw inputError('the input is larger than 64 MB: that is no payload')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/** The same as a stream: for files that do not fit. */
export async function openBytes(path: string, { stdin, cwd }: World): Promise<AsyncIterable<Buffer>> {
  if (path === '-') return stdin as AsyncIterable<Buffer>
  const file = resolve(cwd, path)
  const { isDirectory } = await stat(file).then((stats) => ({ isDirectory: stats.isDirectory() }), refuse)
  if (isDirectory) throw inputError('the file is a folder')
  return createReadStream(file)
}

function refuse(error: NodeJS.ErrnoException): never {
  if (error.code === 'ENOENT') throw inputError('the file is not there')
  if (error.code === 'EISDIR') throw inputError('the file is a folder')
  throw inputError(`the file cannot be read${error.code ? ` (${error.code})` : ''}`)
}
