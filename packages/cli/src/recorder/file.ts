import { chmod, mkdir, open, readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { inputError } from '../errors.ts'
import type { RecordedRequest } from './redact.ts'

/** One delivery or one answer of a query API, as a recording keeps it. */
export type RecordedFile = {
  readonly format: 1
  readonly provider: string
  /** ISO 8601 instant at which the recorder received it. */
  readonly at: string
  /** Number of words that are new and were replaced. */
  readonly redactedWords: number
  /** The redacted body. */
  readonly body: unknown
} & (
  | { readonly kind: 'delivery' }
  | { readonly kind: 'answer'; readonly status: number; readonly request: RecordedRequest }
)

/** Entry of a recording: a file with its name and number. */
export interface Entry {
  readonly name: string
  readonly number: number
  readonly file: RecordedFile
}

export interface RecordingFolder {
  /** Returns the number of the next file. A delivery takes its number before the answers that it leads to. */
  reserve(): number
  /** Writes a file under its number, and returns its name. */
  write(number: number, file: RecordedFile): Promise<string>
}

const OWN_FOLDER = 0o700
const OWN_FILE = 0o600
const OTHERS = 0o077
const LARGEST_FILE_IN_BYTES = 32 * 1024 * 1024

/** A name is a number, a provider and a kind: it carries nothing of what was recorded. */
const namePattern = /^(\d{4,6})-[a-z][a-z\d-]{0,40}-(?:delivery|answer)\.json$/

function numberOf(name: string): number {
  return Number(namePattern.exec(name)?.[1] ?? 0)
}

/**
 * Opens a folder for a recording, and creates it if it is missing. Only its owner may read it. Files are numbered after those
 * that it holds. Rejects with `invalid_input` for a folder with other content that others may read.
 */
export async function openFolder(path: string): Promise<RecordingFolder> {
  await mkdir(path, { recursive: true, mode: OWN_FOLDER }).catch(refuse)
  const names = await readdir(path).catch(refuse)
  const { mode } = await stat(path)
  if ((mode & OTHERS) !== 0) {
    if (names.length > 0)
      throw inputError(
        'the folder of --out must be readable by its owner only. Run chmod 700 on it, or name a new one',
      )
    await chmod(path, OWN_FOLDER)
  }
  let last = Math.max(0, ...names.map(numberOf))
  let writing = Promise.resolve()
  return {
    reserve: () => ++last,
    write(number, file) {
      const name = `${String(number).padStart(4, '0')}-${file.provider}-${file.kind}.json`
      const written = writing.then(() => writeAtomically(path, name, `${JSON.stringify(file, null, 2)}\n`))
      writing = written.catch(() => {})
      return written.then(() => name)
    },
  }
}

/** Writes a file under a name of its own and then renames it, so that no reader meets half a file. */
async function writeAtomically(folder: string, name: string, text: string): Promise<void> {
  const temporary = join(folder, `.${name}.tmp`)
  const file = await open(temporary, 'w', OWN_FILE)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, join(folder, name))
}

/** Reads a recording in the order in which it was recorded. Rejects with `invalid_input` for a folder that is not one. */
export async function readFolder(path: string): Promise<readonly Entry[]> {
  const names = (await readdir(path).catch(refuse))
    .filter((name) => namePattern.test(name))
    .toSorted((a, b) => numberOf(a) - numberOf(b))
  if (names.length === 0)
    throw inputError(
      'the folder must hold a recording: files such as 0001-stripe-delivery.json, made by record',
    )
  return Promise.all(
    names.map(async (name) => ({
      name,
      number: numberOf(name),
      file: await readOne(join(path, name), name),
    })),
  )
}

async function readOne(path: string, name: string): Promise<RecordedFile> {
  const { size } = await stat(path)
  if (size > LARGEST_FILE_IN_BYTES) throw inputError(`${name} must be at most 32 MB`)
  try {
    const file = JSON.parse(await readFile(path, 'utf8')) as RecordedFile
    if (file.format === 1 && typeof file.provider === 'string' && isComplete(file)) return file
  } catch {
    // The same sentence as for JSON of another shape: a syntax error can repeat the text.
  }
  throw inputError(`${name} is not a file of a recording. Remove it, or record again`)
}

function isComplete(file: RecordedFile): boolean {
  return file.kind === 'delivery' || (file.kind === 'answer' && typeof file.request?.path === 'string')
}

function refuse(error: NodeJS.ErrnoException): never {
  if (error.code === 'ENOENT') throw inputError('the folder does not exist')
  throw inputError(`the folder cannot be used (${error.code ?? error.name})`)
}
