import { inputError } from '../errors.ts'
import { storable } from '../store/sql.ts'

const DEFAULT_PAGE = 50
const LARGEST_PAGE = 500

export function toLimit(limit: number = DEFAULT_PAGE): number {
  return Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(limit) || DEFAULT_PAGE))
}

/** Returns where a page ended, as text. */
export function toCursor(...position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** Reads a cursor: an instant and what follows it. Throws `invalid_input` for any other text. */
export function fromCursor(cursor: string): [at: string, id: string, rest: string] {
  try {
    const [at, id, rest = ''] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    const isInstant = typeof at === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) && isStorable(at)
    if (isInstant && isText(id) && isText(rest)) return [at, id, rest]
  } catch {
    // Not JSON: no page ended with it.
  }
  throw inputError('`cursor` must be the cursor that a page ended with')
}

/** Returns whether PostgreSQL and ISO 8601 alike know the instant: a year of four digits. */
export function isStorable(instant: string): boolean {
  const time = Date.parse(instant)
  return Number.isFinite(time) && /^\d/.test(new Date(time).toISOString())
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && storable(value) === value
}
