import { createHash } from 'node:crypto'
import { sqlStateOf } from '../store/sql.ts'

// Each stays on every connection.
const MOST_NAMED = 64
const MOST_SEEN = 500
const ALL_COLUMNS = /(?:select|returning|\.)\s*\*/i
// Unknown there, known there already under this name, or of another shape since: what a pooler in between, or a migration
// beside, makes of them.
const LOST_STATES: readonly unknown[] = ['26000', '42P05', '0A000']

/** Which statements are prepared: planning one of ours costs more than running it, and the same few come again and again. */
export interface Statements {
  /** From its second use on, while there is room; what selects all columns is planned each time. */
  nameOf(text: string): string | undefined
  /** Prepares nothing any more after an error that says that it does not work here. */
  note(error: unknown): void
  /** Runs what is outside of a transaction again after such an error: it did nothing. */
  orAnew<T>(run: () => Promise<T>): Promise<T>
}

export function createStatements(): Statements {
  const names = new Map<string, string>()
  // And whether the answer has columns that a migration beside may change.
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
