import { randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { inputError } from '../errors.ts'

/** The service's bearer token. */
export interface Token {
  readonly value: string
  /** `made`: made at this start, and shown once. */
  readonly origin: 'environment' | 'file' | 'made'
  /** The file that keeps it; absent for the environment's, and where no file can be written. */
  readonly file?: string
}

/** Shorter tokens can be guessed by a program that tries them. */
export const SHORTEST_STRONG_TOKEN = 16

/**
 * Returns the token of `PAYMENT_STATUS_TOKEN`, else that of the folder, else a new one that the folder keeps (mode 0600).
 * Throws `invalid_input` for a token beyond printable ASCII, and for a file that other users may read.
 */
export function readToken(configured: string | undefined, folder: string | undefined): Token {
  const given = configured?.trim()
  if (given) {
    if (!/^[\x21-\x7e]+$/.test(given))
      throw inputError(
        'PAYMENT_STATUS_TOKEN must be printable ASCII without spaces: HTTP headers carry nothing else',
      )
    return { value: given, origin: 'environment' }
  }
  const value = randomBytes(32).toString('base64url')
  if (folder === undefined) return { value, origin: 'made' }
  const file = join(folder, 'token')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(file, `${value}\n`, { mode: 0o600, flag: 'wx' })
    return { value, origin: 'made', file }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return { value, origin: 'made' }
  }
  return { value: readPrivateFile(file), origin: 'file', file }
}

function readPrivateFile(file: string): string {
  const { uid, mode } = lstatSync(file)
  const user = process.getuid?.()
  if (user !== undefined && (uid !== user || (mode & 0o077) !== 0)) {
    throw inputError(
      `the token's file must belong to this user with mode 0600. Delete ${JSON.stringify(file)} and start again`,
    )
  }
  const value = readFileSync(file, 'utf8').trim()
  if (/^[\x21-\x7e]{20,}$/.test(value)) return value
  throw inputError(`the token's file holds no token. Delete ${JSON.stringify(file)} and start again`)
}
