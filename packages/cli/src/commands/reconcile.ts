import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type Difference,
  isPaymentError,
  type OwnRecord,
  type ReconcileSummary,
  reconcile,
} from '@payment-status/core'
import { match } from 'ts-pattern'
import { type Asking, type CommonOptions, type Context, type Run, readAsking } from '../context.ts'
import { inputError } from '../errors.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { formatMoney } from '../explain/money.ts'
import { type BrokenRow, readOwnRecords } from '../own-records.ts'
import { type PeriodOptions, readPeriod } from '../period.ts'
import { describeStatistics } from '../statistics.ts'
import type { Terminal } from '../terminal.ts'

export interface ReconcileOptions extends PeriodOptions {
  readonly ours?: string | undefined
  /** The folder of the tracker's embedded database. */
  readonly database?: string | undefined
}

/** A provider's period against one's own books. */
export const runReconcile: Run<ReconcileOptions, [provider: string]> = async (context, options, name) => {
  const { world, terminal } = context
  const asking = await readAsking(context, options, name)
  const range = readPeriod(options, asking.timeZone)
  const { ours } = options
  if (ours === undefined) return reconcileWithTracker(context, options, name, asking)

  const broken: BrokenRow[] = []
  let brokenRows = 0
  const books = readOwnRecords(ours, world, (row) => {
    brokenRows++
    broken.push(row)
  })
  // The file is opened before anybody is asked: a wrong name costs nothing.
  const first = await books.next()
  let count = 0
  const theirs = counted(
    asking.payments.list({ provider: name, ...range }, { signal: terminal.signal }),
    () => terminal.progress(`${++count} payments compared`),
  )
  const comparison = reconcile(theirs, withFirst(first, books))
  const writeBroken = async () => {
    for (const row of broken.splice(0)) {
      if (options.json) await terminal.writeJson({ kind: 'unreadable', ...row })
      else await terminal.write(`unreadable  line ${row.line} of ours: ${row.why}\n`)
    }
  }
  let next = await comparison.next()
  for (; !next.done && !terminal.isClosed(); next = await comparison.next()) {
    await writeBroken()
    await writeDifference(terminal, next.value, options.json)
  }
  await writeBroken()
  if (!next.done) {
    await comparison.return(undefined as never)
    return exitCodes.good
  }
  const { error, ...summary } = next.value
  const told = {
    ...summary,
    ours: summary.ours + brokenRows,
    differences: { ...summary.differences, unreadable: summary.differences.unreadable + brokenRows },
  }
  if (options.json) await terminal.writeJson({ kind: 'summary', ...told })
  else await terminal.write(describeSummary(told))
  if (!summary.complete) terminal.warn(`payment-status: a list broke off: ${describeError(error)}`)
  return toExitCode(told, error)
}

/** Against what the tracker believes, which is healed where it was behind. */
async function reconcileWithTracker(
  { world, terminal }: Context,
  { day, database: folder, timeZone, json }: ReconcileOptions & CommonOptions,
  name: string,
  asking: Asking,
): Promise<ExitCode> {
  const url = world.env.DATABASE_URL?.trim() || undefined
  if (url === undefined && folder === undefined) {
    throw inputError(
      "say what to compare with: --ours FILE, or the tracker's database (DATABASE_URL or --database FOLDER)",
    )
  }
  if (day === undefined) throw inputError('the tracker compares whole days: say --day')
  const where = resolve(world.cwd, folder ?? '')
  if (url === undefined && !existsSync(where)) throw inputError('the folder of the database is not there')
  const { openDatabase } = await import('../track/database.ts')
  const { createTracker } = await import('@payment-status/tracker')
  const database = await openDatabase({ url, where })
  try {
    const zone = timeZone ?? asking.timeZone
    const tracker = await createTracker({
      payments: asking.payments,
      database,
      reconcile: { at: '02:00', timeZone: zone },
      // What is found here is handed over by the service that runs: this one only looks.
      onChange() {},
    })
    try {
      const { differences, summary, healed, statistics } = await tracker.reconcile(name, day)
      for (const difference of differences) await writeDifference(terminal, difference, json)
      if (json) {
        await terminal.writeJson({ kind: 'statistics', ...statistics })
        await terminal.writeJson({ kind: 'summary', ...summary, healed })
      } else {
        await terminal.write(describeStatistics(statistics))
        await terminal.write(`${describeSummary(summary).trimEnd()}, ${healed} healed\n`)
      }
      if (!summary.complete) return exitCodes.unreachable
      return differences.length > 0 ? exitCodes.negative : exitCodes.good
    } finally {
      await tracker.stop()
    }
  } finally {
    await database.close()
  }
}

function toExitCode({ complete, differences }: ReconcileSummary, error: unknown): ExitCode {
  if (!complete)
    return isPaymentError(error) && error.provider === 'payment-status'
      ? exitCodes.usage
      : exitCodes.unreachable
  return Object.values(differences).some((number) => number > 0) ? exitCodes.negative : exitCodes.good
}

async function* counted<T>(list: AsyncIterable<T>, onRow: () => void): AsyncGenerator<T> {
  for await (const row of list) {
    onRow()
    yield row
  }
}

async function* withFirst(
  first: IteratorResult<OwnRecord, void>,
  rest: AsyncGenerator<OwnRecord, void>,
): AsyncGenerator<OwnRecord> {
  if (first.done) return
  yield first.value
  yield* rest
}

async function writeDifference(
  terminal: Terminal,
  difference: Difference,
  json: boolean | undefined,
): Promise<void> {
  if (json) await terminal.writeJson(difference)
  else await terminal.write(`${describeDifference(difference)}\n`)
}

function describeDifference({ kind, theirs, ours, fields = [] }: Difference): string {
  const id = theirs?.payment.id ?? ours?.id ?? ''
  const reference = theirs?.payment.reference ?? ours?.reference
  const subject = [id, reference && `reference ${reference}`].filter(Boolean).join(' · ')
  const details = match(kind)
    .with('only_theirs', () => [theirs && describeState(theirs.payment)])
    .with('only_ours', () => [ours && describeState(ours)])
    .with('differs', () =>
      fields.map((field) => `${field}: theirs ${show(theirs?.payment[field])}, ours ${show(ours?.[field])}`),
    )
    .with('unreadable', () => ['its status has no meaning we know: look it up'])
    .exhaustive()
  return [kind.padEnd(11), subject, ...details].filter(Boolean).join('  ')
}

function describeState({ status, amount }: Pick<OwnRecord, 'status' | 'amount'>): string {
  return [status, amount && formatMoney(amount)].filter(Boolean).join(' ')
}

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'currency' in value && 'amount' in value) {
    return formatMoney(value as { amount: number; currency: string })
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function describeSummary({ theirs, ours, same, differences, complete }: ReconcileSummary): string {
  const { only_theirs, only_ours, differs, unreadable } = differences
  return [
    `${theirs} of theirs, ${ours} of ours: ${same} the same, ${differs} different, ${only_theirs} only theirs, ${only_ours} only ours`,
    unreadable > 0 && `, ${unreadable} unreadable`,
    complete ? '' : ' (not complete)',
    '\n',
  ]
    .filter(Boolean)
    .join('')
}

function describeError(error: unknown): string {
  return isPaymentError(error) ? error.message : 'it cannot be read to its end'
}
