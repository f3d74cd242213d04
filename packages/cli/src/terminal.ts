import { once } from 'node:events'
import { styleText } from 'node:util'
import { type Environment, type Outcome, outcomeOf, type PaymentStatus } from '@payment-status/core'
import { match } from 'ts-pattern'

/** The world a command runs in. `process` has all of it. */
export interface World {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }
  readonly env: Environment
  readonly cwd: string
  /** Ends what takes long: a list, the service. */
  readonly signal: AbortSignal
}

/** What a command writes with. */
export interface Terminal {
  /** Writes to stdout, and waits while the reader is slower. */
  write(text: string): Promise<void>
  /** One JSON value on a line of its own. */
  writeJson(value: unknown): Promise<void>
  /** One line on stderr, whatever the text holds. */
  warn(text: string): void
  /** A line on stderr that is written over; nothing where stderr is no terminal. */
  progress(text: string): void
  /** A status, coloured where that can be seen and is wanted. */
  paint(status: PaymentStatus, text?: string): string
  /** Aborted once nobody reads stdout any more, as behind `| head`, and when the world ends. */
  readonly signal: AbortSignal
  isClosed(): boolean
  close(): void
}

const PROGRESS_INTERVAL_IN_MILLISECONDS = 100

export function createTerminal({ stdout, stderr, env, signal }: World): Terminal {
  const closed = new AbortController()
  // Whoever closes the pipe has seen enough: that is no fault of anybody.
  const onError = (error: NodeJS.ErrnoException) => closed.abort(error)
  stdout.on('error', onError)
  stderr.on('error', onError)
  const hasColors = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  let shown = ''
  let shownAt = 0

  function clear(): void {
    if (shown !== '') stderr.write(`\r${' '.repeat(shown.length)}\r`)
    shown = ''
  }

  async function write(text: string): Promise<void> {
    if (closed.signal.aborted) return
    clear()
    if (!stdout.write(text) && !closed.signal.aborted) {
      await once(stdout, 'drain', { signal: closed.signal }).catch(() => {})
    }
  }

  return {
    write,
    writeJson: (value) => write(`${JSON.stringify(value)}\n`),
    warn(text) {
      clear()
      stderr.write(`${text.replaceAll(/\s*[\r\n]+\s*/g, ' ').trim()}\n`)
    },
    progress(text) {
      if (stderr.isTTY !== true || Date.now() - shownAt < PROGRESS_INTERVAL_IN_MILLISECONDS) return
      clear()
      shown = text
      shownAt = Date.now()
      stderr.write(text)
    },
    paint: (status, text = status) =>
      hasColors ? styleText(toColor(outcomeOf(status)), text, { validateStream: false }) : text,
    signal: AbortSignal.any([closed.signal, signal]),
    isClosed: () => closed.signal.aborted,
    close() {
      clear()
      stdout.removeListener('error', onError)
      stderr.removeListener('error', onError)
    },
  }
}

function toColor(outcome: Outcome): 'green' | 'yellow' | 'blue' | 'red' | 'magenta' {
  return match(outcome)
    .with('paid', 'verified', () => 'green' as const)
    .with('held', 'undecided', () => 'yellow' as const)
    .with('returned', () => 'blue' as const)
    .with('not_paid', () => 'red' as const)
    .with('unclear', () => 'magenta' as const)
    .exhaustive()
}
