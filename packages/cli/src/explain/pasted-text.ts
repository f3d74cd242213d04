/** Reads what people paste: an HTTP message, a URL, JSON, or a line of a log that holds one of them. @module */
import type { PaymentError } from '@payment-status/core'
import { isFields, isText } from '@payment-status/core/kit'
import { inputError } from '../errors.ts'

/** No provider returns to a longer URL, and parsing one costs time. */
const LONGEST_URL = 16 * 1024
/** Up to this size the place of a syntax error is found by a parser of our own, on every platform alike. */
const LONGEST_PARSED_AGAIN = 1024 * 1024

/** Reads a whole URL, or what a log has of one: its path and query, or its query alone. */
export function toUrl(text: string): URL | undefined {
  const isPath = /^[/?]/.test(text) && text.includes('?') && text.includes('=')
  if ((!isPath && !/^https?:\/\//i.test(text)) || /\s/.test(text)) return undefined
  if (text.length > LONGEST_URL) throw inputError(`the URL is longer than ${LONGEST_URL} characters`)
  const base = isPath ? 'https://shop.example' : undefined
  return URL.canParse(text, base) ? new URL(text, base) : undefined
}

const headerPattern = /^([\w-]+):[ \t]*(.*)$/

/** Splits an HTTP message: a first line, headers, an empty line, the body. */
export function splitMessage(text: string): {
  readonly headers?: Record<string, string>
  readonly body: string
} {
  const found = /\r?\n\r?\n/.exec(text)
  if (!found) return { body: text }
  const lines = text.slice(0, found.index).split(/\r?\n/)
  if (/^[A-Z]+ \S+ HTTP\/[\d.]+$|^HTTP\/[\d.]+ \d{3}/.test(lines[0] ?? '')) lines.shift()
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value = ''] = headerPattern.exec(line) ?? []
    if (name === undefined) return { body: text }
    headers[name.toLowerCase()] = value
  }
  return { headers, body: text.slice(found.index + found[0].length) }
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** Takes a payload out of a line of a log: text before it, a JSON string, or a record whose body or message is one. */
export function takeFromLog(
  text: string,
  value: unknown,
): { readonly text: string; readonly headers?: Readonly<Record<string, string>> } | undefined {
  const record = isFields(value) ? value : {}
  const logged = value === undefined ? text : [value, record.body, record.message].find(isText)
  if (logged === undefined) return undefined
  const payload = logged.slice(logged.indexOf('{'), logged.lastIndexOf('}') + 1)
  if (payload === text || !isFields(parse(payload))) return undefined
  const headers = Object.entries(isFields(record.headers) ? record.headers : {})
  const texts = headers.flatMap(([name, header]) => (isText(header) ? [[name.toLowerCase(), header]] : []))
  return texts.length > 0 ? { text: payload, headers: Object.fromEntries(texts) } : { text: payload }
}

/** Returns the error of text that is not JSON, with its place: platforms name it in different words, or not at all. */
export async function findBreak(text: string): Promise<PaymentError> {
  const broken = (line: number, column: number) =>
    inputError(`the text is neither a URL nor JSON: it is broken at line ${line}, column ${column}`)
  if (text.length <= LONGEST_PARSED_AGAIN) {
    const { parse: parseAgain } = await import('@humanwhocodes/momoa')
    try {
      parseAgain(text.replace(/^\uFEFF/, ''))
    } catch (error) {
      const { line, column } = error as { readonly line?: number; readonly column?: number }
      if (typeof line === 'number' && typeof column === 'number') return broken(line, column)
    }
  }
  const lines = text.slice(0, findPosition(text)).split('\n')
  return broken(lines.length, (lines.at(-1) ?? '').length + 1)
}

function findPosition(text: string): number {
  try {
    JSON.parse(text)
  } catch (error) {
    const [, position = text.length] = /at position (\d+)/.exec((error as Error).message) ?? []
    return Number(position)
  }
  return text.length
}
