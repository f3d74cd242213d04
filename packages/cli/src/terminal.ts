import { once } from 'node:events'
import { styleText } from 'node:util'
import { type Environment, type Outcome, outcomeOf, type PaymentStatus } from '@payment-status/core'
import { match } from 'ts-pattern'

/** The surroundings of a command. `process` has all of it. */
export interface World {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }
  readonly env: Environment
  readonly cwd: string
  /** Ends what takes long: a list, a read from stdin, the service. */
  readonly signal: AbortSignal
}

/** A text with a colour. Text of a provider or a shop cannot bring colours of its own. */
export interface Painted {
  readonly text: string
  readonly color?: Color | undefined
}
type Color = 'green' | 'yellow' | 'blue' | 'red' | 'magenta'

/** The output of a command. Everything printed passes through here, and no control character passes. */
export interface Terminal {
  /** Writes one line to stdout, whatever its parts hold, and waits while the reader is slower. */
  writeLine(...parts: readonly (string | Painted)[]): Promise<void>
  /** Writes text of several lines, such as SQL. */
  writeText(text: string): Promise<void>
  /** Writes one JSON value on a line of its own. */
  writeJson(value: unknown): Promise<void>
  /** Writes one line to stderr. */
  warn(text: string): void
  /** Writes one JSON value on a line of stderr, for logs that machines read. */
  warnJson(value: unknown): void
  /** Shows a line on stderr that the next one replaces. Does nothing unless stderr is a terminal. */
  progress(text: string): void
  /** Colours a status where the terminal shows colours. */
  paint(status: PaymentStatus, text?: string): Painted
  /** Aborted when the reader closes stdout, as `| head` does, and when the command is ended. */
  readonly signal: AbortSignal
  isClosed(): boolean
  close(): void
}

const PROGRESS_INTERVAL_IN_MILLISECONDS = 100

/** Control characters (escape sequences begin with one), direction marks, half characters and line breaks. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const unsafeInJson = /[\u007f-\u009f]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Replaces every character that moves a cursor, colours, hides or reorders text, or breaks the line. */
export function toPrintable(text: string): string {
  return text.replaceAll(unsafe, '\uFFFD')
}

/** Returns JSON text of printable characters only. JSON escapes the rest, so the value stays the same. */
function toPrintableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(unsafeInJson, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

export function createTerminal({ stdout, stderr, env, signal }: World): Terminal {
  const closed = new AbortController()
  // A reader that closes the pipe has seen enough: this is not an error.
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
      await once(stdout, 'drain', { signal: AbortSignal.any([closed.signal, signal]) }).catch(() => {})
    }
  }

  function print(part: string | Painted): string {
    if (typeof part === 'string') return toPrintable(part)
    const text = toPrintable(part.text)
    return hasColors && part.color ? styleText(part.color, text, { validateStream: false }) : text
  }

  function warn(text: string): void {
    clear()
    stderr.write(`${text}\n`)
  }

  return {
    writeLine: (...parts) => write(`${parts.map(print).join('')}\n`),
    writeText: (text) => write(text.split('\n').map(toPrintable).join('\n')),
    writeJson: (value) => write(`${toPrintableJson(value)}\n`),
    warn: (text) => warn(toPrintable(text.trim().replaceAll(/[\r\n]+/g, ' '))),
    warnJson: (value) => warn(toPrintableJson(value)),
    progress(text) {
      if (stderr.isTTY !== true || Date.now() - shownAt < PROGRESS_INTERVAL_IN_MILLISECONDS) return
      clear()
      shown = toPrintable(text)
      shownAt = Date.now()
      stderr.write(shown)
    },
    paint: (status, text = status) => ({ text, color: toColor(outcomeOf(status)) }),
    signal: AbortSignal.any([closed.signal, signal]),
    isClosed: () => closed.signal.aborted,
    close() {
      clear()
      stdout.removeListener('error', onError)
      stderr.removeListener('error', onError)
    },
  }
}

function toColor(outcome: Outcome): Color {
  return match(outcome)
    .returnType<Color>()
    .with('paid', 'verified', () => 'green')
    .with('held', 'undecided', () => 'yellow')
    .with('returned', () => 'blue')
    .with('not_paid', () => 'red')
    .with('unclear', () => 'magenta')
    .exhaustive()
}
