import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { inputError } from '../errors.ts'

const OTHERS = 0o077

/**
 * Creates the folder of an embedded database with mode 0700. Throws `invalid_input` for an existing folder that belongs
 * to another user or that other users may enter: they could change what the tracker has recorded.
 */
export function makePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const user = process.getuid?.()
  if (user === undefined) return // Windows has no modes: the folder inherits the rights of its parent.
  const { mode, uid } = statSync(directory)
  // In a folder that others may write to, another user can put a link that leads to any folder of this user.
  const { uid: linkedBy } = lstatSync(directory)
  if (uid !== user || (linkedBy !== user && linkedBy !== 0))
    throw inputError('the folder of the embedded database belongs to another user: give a folder of your own')
  if ((mode & OTHERS) !== 0) {
    throw inputError(
      `the folder of the embedded database must be closed to other users. Run: chmod -R go-rwx ${JSON.stringify(directory)}`,
    )
  }
}

/** Sets files to 0600 and folders to 0700: PGlite creates its files readable and writable for every user. */
export function closeToOthers(directory: string): void {
  if (process.getuid === undefined) return
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) {
      chmodSync(path, 0o700)
      closeToOthers(path)
    } else if (entry.isFile()) chmodSync(path, 0o600)
  }
}
