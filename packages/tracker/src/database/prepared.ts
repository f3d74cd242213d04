import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'

/** Path in the folder of the package, both in the repository and as it is installed. */
export const PREPARED_FILE = 'embedded/data.tar.br'

/** Returns the prepared database; undefined where the file is missing (bundled away, a fresh clone). */
export async function readPrepared(): Promise<Blob | undefined> {
  try {
    const manifest = createRequire(import.meta.url).resolve('@payment-status/tracker/package.json')
    const data = await promisify(brotliDecompress)(await readFile(join(dirname(manifest), PREPARED_FILE)))
    return new Blob([new Uint8Array(data)])
  } catch {
    return undefined
  }
}
