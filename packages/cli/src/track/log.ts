import { isPaymentError } from '@payment-status/core'
import { describeDatabaseError } from '../database-errors.ts'
import type { Painted, Terminal } from '../terminal.ts'

const MINUTE_IN_MILLISECONDS = 60_000

/** A line of the log: names, statuses and counts, never a payload, a key or a shopper's id. */
export type LogLine = Readonly<Record<string, string | Painted | undefined>> & { readonly kind: string }

/** Writes what the service does: text for people, or JSON lines for machines. */
export interface Log {
  line(line: LogLine): Promise<void>
  error(error: unknown): void
}

export function createLog(terminal: Terminal, asJson: boolean, simulated: ReadonlySet<string>): Log {
  const countRepetitions = createRepetitions()
  const toText = (part: string | Painted) => (typeof part === 'string' ? part : part.text)
  return {
    async line(line) {
      const parts = Object.entries(line).flatMap(([name, part]) => (part ? [[name, part] as const] : []))
      if (asJson) {
        await terminal.writeJson(Object.fromEntries(parts.map(([name, part]) => [name, toText(part)])))
        return
      }
      const shown = parts.filter(([name]) => name !== 'kind').flatMap(([, part]) => ['  ', part])
      await terminal.writeLine(...shown.slice(1))
    },
    error(error) {
      const { code, message, isSimulated } = describe(error, simulated)
      countRepetitions(message, (repeated) => {
        if (asJson)
          terminal.warnJson({
            level: isSimulated ? 'info' : 'error',
            time: new Date().toISOString(),
            code,
            message,
            ...(repeated > 0 ? { repeated } : {}),
          })
        else {
          const more = repeated > 0 ? ` (repeated ${repeated} times within a minute)` : ''
          terminal.warn(message.replace(/\[([^\]]*)\] /, '$1: ') + more)
        }
      })
    },
  }
}

/**
 * Returns a function that writes a message at once, and its repetitions within a minute as one line: a flood of forged
 * webhooks must not fill the log.
 */
function createRepetitions() {
  const counts = new Map<string, number>()
  return (message: string, write: (repeated: number) => void) => {
    const count = counts.get(message)
    counts.set(message, count === undefined ? 0 : count + 1)
    if (count !== undefined) return
    write(0)
    setTimeout(() => {
      const repeated = counts.get(message) ?? 0
      counts.delete(message)
      if (repeated > 0) write(repeated)
    }, MINUTE_IN_MILLISECONDS).unref()
  }
}

function describe(error: unknown, simulated: ReadonlySet<string>) {
  if (isPaymentError(error)) {
    const isSimulated = simulated.has(error.provider)
    return {
      code: error.code,
      message: `${isSimulated ? 'simulated fault: ' : ''}${error.message}`,
      isSimulated,
    }
  }
  // The text of another error may hold anything, so only its kind is written.
  const { name, code = name } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { name: 'unknown' }
  const message = describeDatabaseError(error) ?? `something unexpected went wrong (${code})`
  return { code, message: `payment-status: ${message}`, isSimulated: false }
}
