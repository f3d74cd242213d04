import { createHash } from 'node:crypto'
import { sqlStateOf } from '../store/sql-errors.ts'

// Each stays on every connection.
const MOST_NAMED = 64
const MOST_SEEN = 500
const ALL_COLUMNS = /(?:select|returning|\.)\s*\*/i
// A prepared statement that a pooler lost or has under this name, or whose result a migration changed meanwhile.
const LOST_STATES: readonly unknown[] = ['26000', '42P05', '0A000']

/** Prepared statements: planning one of the tracker's costs more than running it, and the same few come again and again. */
export interface Statements {
  /** Returns a name from the second use on, while there is room. A statement that selects all columns is planned each time. */
  nameOf(text: string): string | undefined
  /** Stops preparing after an error which states that it does not work here. */
  note(error: unknown): void
  /** Runs a statement outside of a transaction again after such an error: it had no effect. */
  orAnew<T>(run: () => Promise<T>): Promise<T>
}

export function createStatements(): Statements {
  const names = new Map<string, string>()
  // With it: whether the result has columns that a concurrent migration may change.
  const seen = new Map<string, boolean>()
  let isOff = false
  const isLost = (error: unknown) => LOST_STATES.includes(sqlStateOf(error))
  return {
    nameOf(text) {
      if (isOff) return undefined
      const known = names.get(text)
      if (known !== undefined) return known
      if (names.size >= MOST_NAMED) return undefined
      if (!seen.has(text)) {
        if (seen.size >= MOST_SEEN) seen.clear()
        seen.set(text, ALL_COLUMNS.test(withoutBrackets(text)))
        return undefined
      }
      if (seen.get(text)) return undefined
      seen.delete(text)
      const name = `payment_status_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
      names.set(text, name)
      return name
    },
    note(error) {
      if (isLost(error)) isOff = true
    },
    async orAnew(run) {
      try {
        return await run()
      } catch (error) {
        if (!isLost(error)) throw error
        return run()
      }
    },
  }
}

function withoutBrackets(text: string): string {
  const next = text.replaceAll(/\([^()]*\)/g, '')
  return next === text ? text : withoutBrackets(next)
}
