import type { Payment, PaymentReport } from '@payment-status/core'
import { stringify } from 'csv-stringify/sync'
import { match } from 'ts-pattern'
import { type Context, type Run, readConfigured } from '../context.ts'
import { exitCodes } from '../exit.ts'
import { formatMoney } from '../explain/money.ts'
import type { ListFormat } from '../list-formats.ts'
import { type PeriodOptions, readPeriod } from '../period.ts'
import { toPrintable } from '../terminal.ts'

export interface ListOptions extends PeriodOptions {
  readonly format?: ListFormat | undefined
}

/** The columns that `reconcile` reads, and the creation time. */
const csvColumns = [
  'id',
  'reference',
  'status',
  'amount',
  'currency',
  'captured',
  'refunded',
  'created_at',
] as const

/** Lists a provider's payments of a period, row by row as they arrive. */
export const runList: Run<ListOptions, [provider: string]> = async (context, options, name) => {
  const { terminal } = context
  const configured = await readConfigured(context, options, name)
  const range = readPeriod(options, configured.timeZone)
  const format = options.json ? 'json' : (options.format ?? 'table')
  let count = 0
  const heading = createHeading(format)
  if (heading !== undefined) await terminal.writeText(heading)
  for await (const report of configured.payments.list(
    { provider: name, ...range },
    { signal: terminal.signal },
  )) {
    await writeRow(context, format, report)
    terminal.progress(`${++count} payments`)
    if (terminal.isClosed()) break
  }
  return exitCodes.good
}

function createHeading(format: ListFormat): string | undefined {
  return match(format)
    .with('table', () => toRow(['created', 'status', 'amount', 'id', 'reference']))
    .with('csv', () => stringify([[...csvColumns]]))
    .with('json', () => undefined)
    .exhaustive()
}

async function writeRow({ terminal }: Context, format: ListFormat, report: PaymentReport): Promise<void> {
  const { payment } = report
  await match(format)
    .with('json', () => terminal.writeJson(report))
    // A reference is the shopper's text in some shops: a spreadsheet must not run it.
    .with('csv', () => terminal.writeText(stringify([toCells(payment)], { escape_formulas: true })))
    .with('table', () => {
      const { createdAt, status, amount, id, reference } = payment
      const cells = [createdAt ?? '', status, amount ? formatMoney(amount) : '', id, reference ?? '']
      const row = toRow(cells.map(toPrintable))
      const at = row.indexOf(status)
      return terminal.writeLine(row.slice(0, at), terminal.paint(status), row.slice(at + status.length, -1))
    })
    .exhaustive()
}

function toCells({ id, reference, status, amount, captured, refunded, createdAt }: Payment): unknown[] {
  return [id, reference, status, amount?.amount, amount?.currency, captured, refunded, createdAt].map(
    // Spreadsheets of countries with a decimal comma also end a cell at a semicolon.
    (cell) => (typeof cell === 'string' ? toPrintable(cell).replaceAll(/;(?=\s*[=+\-@])/g, ";'") : cell),
  )
}

const widths = [25, 19, 18, 32] as const

function toRow(cells: readonly string[]): string {
  const padded = cells.map((cell, index) =>
    index === 2 ? cell.padStart(widths[index] - 2).padEnd(widths[index]) : cell.padEnd(widths[index] ?? 0),
  )
  return `${padded.join('').trimEnd()}\n`
}
