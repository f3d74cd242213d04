import { pipeline } from 'node:stream/promises'
import { currencyDigits, type OwnRecord, type PaymentStatus, paymentStatuses } from '@payment-status/core'
import { type CsvError, parse } from 'csv-parse'
import { inputError } from './errors.ts'
import { openBytes } from './input.ts'
import type { World } from './terminal.ts'

/** A row that is not a record. The other rows are used. */
export interface BrokenRow {
  /** Counts from 1, the heading included. */
  readonly line: number
  readonly why: string
}

const columns = ['id', 'reference', 'status', 'amount', 'currency', 'captured', 'refunded'] as const
type Column = (typeof columns)[number]
type Cells = Readonly<Partial<Record<Column, unknown>>>

const separators = [',', ';', '\t', '|'] as const

/**
 * Reads the shop's own books, row by row: CSV with a heading (separated by commas, semicolons, tabs or bars, with or
 * without a byte order mark), or JSON lines. Amounts are minor units. Calls `onBroken` for a row that is not a record.
 * Rejects with `invalid_input` for a file that does not exist, has no known heading, or a line above 1 MiB.
 */
export async function* readOwnRecords(
  path: string,
  world: World,
  onBroken: (row: BrokenRow) => void,
): AsyncGenerator<OwnRecord, void, undefined> {
  const bytes = await openBytes(path, world, world.signal)
  const { first, all } = await peekLine(bytes)
  const start = first.replace(/^\uFEFF/, '').trimStart()
  if (start === '') return
  if (start.startsWith('['))
    throw inputError('the file must be JSON lines, one record on each line, not a JSON array')
  if (start.startsWith('{')) yield* readJsonLines(all, onBroken)
  else yield* readCsv(all, start, onBroken)
}

async function* readCsv(
  text: AsyncIterable<string>,
  heading: string,
  onBroken: (row: BrokenRow) => void,
): AsyncGenerator<OwnRecord, void, undefined> {
  const delimiter = findSeparator(heading)
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
    skip_empty_lines: true,
    trim: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_LINE_IN_CHARACTERS,
    // Typed as returning undefined by name.
    on_skip: (error: CsvError | undefined) => {
      onBroken({ line: Number(error?.lines ?? 0), why: describeCsvError(error) })
      return undefined
    },
  })
  // Destroying the parser closes the file as well; the file's own error becomes the parser's.
  pipeline(text, parser).catch(() => {})
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: Cells
      info: { lines: number }
    }>) {
      const made = toRecord(record)
      if (typeof made === 'string') onBroken({ line: info.lines, why: made })
      else yield made
    }
  } finally {
    parser.destroy()
  }
}

async function* readJsonLines(
  text: AsyncIterable<string>,
  onBroken: (row: BrokenRow) => void,
): AsyncGenerator<OwnRecord, void, undefined> {
  let line = 0
  for await (const row of toLines(text)) {
    line++
    if (row.trim() === '') continue
    let parsed: unknown
    try {
      parsed = JSON.parse(row.replace(/^\uFEFF/, ''))
    } catch {
      onBroken({ line, why: 'it is not JSON' })
      continue
    }
    const made = isRecord(parsed) ? toRecord(parsed) : 'it is not an object'
    if (typeof made === 'string') onBroken({ line, why: made })
    else yield made
  }
}

/** Returns a record, or the reason why a row is not one. */
function toRecord(cells: Cells & Readonly<Record<string, unknown>>): OwnRecord | string {
  const text = (name: Column) => toText(cells[name])
  const [id, reference, status, currency] = [text('id'), text('reference'), text('status'), text('currency')]
  if (id === undefined && reference === undefined) return 'it has neither an id nor a reference'
  if (status !== undefined && !isStatus(status)) return 'status is not a payment status'
  // A record of the library holds its money in one member.
  const money = isRecord(cells.amount) ? cells.amount : { amount: cells.amount, currency }
  const code = toText(money.currency)?.toUpperCase()
  const figures: Record<string, number | undefined> = {}
  for (const [name, value] of Object.entries({
    amount: money.amount,
    captured: cells.captured,
    refunded: cells.refunded,
  })) {
    const figure = toFigure(value)
    if (figure === 'broken') return `${name} is not a whole number of minor units (6540 for 65.40)`
    figures[name] = figure
  }
  if (figures.amount !== undefined && code === undefined) return 'it has an amount without a currency'
  if (code !== undefined && currencyDigits(code) === undefined) return 'currency is not an ISO 4217 code'
  const settlement = isRecord(cells.settlement) ? (cells.settlement as OwnRecord['settlement']) : undefined
  return {
    ...(id === undefined ? {} : { id }),
    ...(reference === undefined ? {} : { reference }),
    ...(status === undefined ? {} : { status }),
    ...(figures.amount === undefined || code === undefined
      ? {}
      : { amount: { amount: figures.amount, currency: code } }),
    ...(figures.captured === undefined ? {} : { captured: figures.captured }),
    ...(figures.refunded === undefined ? {} : { refunded: figures.refunded }),
    ...(settlement === undefined ? {} : { settlement }),
  }
}

/** Spreadsheets put a quotation mark before text that could be a formula: it is removed. */
function toText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return undefined
  return value.trim().replace(/^'(?=[=+\-@\t\r])/, '') || undefined
}

function toFigure(value: unknown): number | 'broken' | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const isWhole = typeof value === 'number' || (typeof value === 'string' && /^\d{1,16}$/.test(value.trim()))
  const figure = isWhole ? Number(value) : Number.NaN
  return Number.isSafeInteger(figure) && figure >= 0 ? figure : 'broken'
}

function isStatus(text: string): text is PaymentStatus {
  return (paymentStatuses as readonly string[]).includes(text)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the separator that divides the heading into known columns. Throws `invalid_input` if none does. */
function findSeparator(heading: string): string {
  for (const separator of separators) {
    const names = heading.split(separator).map((name) =>
      name
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .toLowerCase(),
    )
    if (names.includes('id') || names.includes('reference')) return separator
  }
  throw inputError(
    `the file has no heading with an id or a reference: its first line must name some of ${columns.join(', ')}`,
  )
}

function describeCsvError(error: CsvError | undefined): string {
  if (error?.code?.startsWith('CSV_RECORD_INCONSISTENT'))
    return 'its number of cells differs from the heading'
  if (error?.code?.includes('QUOTE')) return 'a quotation mark is misplaced'
  return 'it cannot be read'
}

/** Books have short lines. A longer one is a file of another kind, and collecting it would cost memory and time. */
const LONGEST_LINE_IN_CHARACTERS = 1024 * 1024

/** Reads the first line that is not empty, and returns the whole text from its beginning. */
async function peekLine(bytes: AsyncIterable<Buffer | string>): Promise<{
  readonly first: string
  readonly all: AsyncIterable<string>
}> {
  const iterator = decode(bytes)[Symbol.asyncIterator]()
  let read = ''
  let isOver = false
  while (!isOver && !hasWholeLine(read)) {
    if (read.length > LONGEST_LINE_IN_CHARACTERS) {
      await iterator.return?.(undefined)
      throw inputError('the file has no heading in its first 1,048,576 characters: give CSV or JSON lines')
    }
    const { done, value } = await iterator.next()
    if (done) isOver = true
    else read += value
  }
  const first = read.split('\n').find((line) => line.replace(/^\uFEFF/, '').trim() !== '') ?? ''
  async function* all(): AsyncGenerator<string> {
    try {
      yield read
      read = ''
      for (;;) {
        const { done, value } = await iterator.next()
        if (done) return
        yield value
      }
    } finally {
      await iterator.return?.(undefined)
    }
  }
  return { first, all: all() }
}

/** Returns whether text holds a line that is not empty and has ended. */
function hasWholeLine(text: string): boolean {
  const start = text.search(/\S/)
  return start >= 0 && text.includes('\n', start)
}

async function* decode(bytes: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const chunk of bytes)
    yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

async function* toLines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE_IN_CHARACTERS)
      throw inputError('a line of the file is longer than 1,048,576 characters: give JSON lines')
    yield* lines
  }
  if (rest !== '') yield rest
}
