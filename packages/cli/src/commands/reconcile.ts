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
import { type CommonOptions, type Configured, type Context, type Run, readConfigured } from '../context.ts'
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

/** Compares a provider's period with the shop's own books. */
export const runReconcile: Run<ReconcileOptions, [provider: string]> = async (context, options, name) => {
  const { world, terminal } = context
  const configured = await readConfigured(context, options, name)
  const range = readPeriod(options, configured.timeZone)
  const { ours } = options
  if (ours === undefined) return reconcileWithTracker(context, options, name, configured)

  const broken: BrokenRow[] = []
  let brokenRows = 0
  const books = readOwnRecords(ours, { ...world, signal: terminal.signal }, (row) => {
    brokenRows++
    broken.push(row)
  })
  // The file is opened before any request: a wrong name costs nothing.
  const first = await books.next()
  let count = 0
  const theirs = onEach(
    configured.payments.list({ provider: name, ...range }, { signal: terminal.signal }),
    () => terminal.progress(`${++count} payments compared`),
  )
  const comparison = reconcile(theirs, withFirst(first, books))
  const writeBroken = async () => {
    for (const row of broken.splice(0)) {
      if (options.json) await terminal.writeJson({ kind: 'unreadable', ...row })
      else await terminal.writeLine(`unreadable  line ${row.line} of ours: ${row.why}`)
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
  const counted = {
    ...summary,
    ours: summary.ours + brokenRows,
    differences: { ...summary.differences, unreadable: summary.differences.unreadable + brokenRows },
  }
  if (options.json) await terminal.writeJson({ kind: 'summary', ...counted })
  else await terminal.writeLine(describeSummary(counted))
  if (!summary.complete) terminal.warn(`payment-status: the list is not complete: ${describeError(error)}`)
  return toExitCode(counted, error)
}

/** Compares with the tracker's recorded state, and advances what was behind. */
async function reconcileWithTracker(
  { world, terminal }: Context,
  { day, database: folder, timeZone, json }: ReconcileOptions & CommonOptions,
  name: string,
  configured: Configured,
): Promise<ExitCode> {
  const environment = folder === undefined ? world.env.DATABASE_URL?.trim() || undefined : undefined
  const { shards } = configured
  if (environment === undefined && folder === undefined && !shards) {
    throw inputError(
      "--ours is missing: give your books with --ours FILE, or the tracker's database with DATABASE_URL or --database FOLDER",
    )
  }
  if (day === undefined) throw inputError('--day is missing: the tracker compares whole days')
  if (folder !== undefined && !existsSync(resolve(world.cwd, folder)))
    throw inputError('the folder of --database does not exist')
  const { chooseStorage, DEFAULT_FOLDER } = await import('../track/storage.ts')
  const storage = chooseStorage({
    option: folder,
    environment,
    shards,
    fallback: DEFAULT_FOLDER,
    cwd: world.cwd,
  })
  const zone = timeZone ?? configured.timeZone
  const { tracker, close } = await storage.open({
    payments: configured.payments,
    reconcile: { at: '02:00', timeZone: zone },
    // The running service delivers the changes found here.
    onChange() {},
  })
  try {
    const { differences, summary, healed, notKept, statistics } = await tracker.reconcile(name, day)
    for (const difference of differences) await writeDifference(terminal, difference, json)
    if (json) {
      await terminal.writeJson({ kind: 'statistics', ...statistics })
      await terminal.writeJson({ kind: 'summary', ...summary, healed, notKept })
    } else {
      await terminal.writeText(describeStatistics(statistics))
      await terminal.writeLine(`${describeSummary(summary)}, ${healed} healed`)
      if (notKept !== undefined)
        await terminal.writeLine(
          `${notKept} listed payments are older than what is kept, and were not compared`,
        )
    }
    if (!summary.complete) return exitCodes.unreachable
    return differences.length > 0 ? exitCodes.negative : exitCodes.good
  } finally {
    await tracker.stop()
    await close()
  }
}

function toExitCode({ complete, differences }: ReconcileSummary, error: unknown): ExitCode {
  if (!complete)
    return isPaymentError(error) && error.provider === 'payment-status'
      ? exitCodes.usage
      : exitCodes.unreachable
  return Object.values(differences).some((number) => number > 0) ? exitCodes.negative : exitCodes.good
}

async function* onEach<T>(list: AsyncIterable<T>, onRow: () => void): AsyncGenerator<T> {
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
  else await terminal.writeLine(describeDifference(difference))
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
    .with('unreadable', () => ['its status is not a known one: look it up'])
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
  ]
    .filter(Boolean)
    .join('')
}

function describeError(error: unknown): string {
  return isPaymentError(error) ? error.message : 'it cannot be read to its end'
}
