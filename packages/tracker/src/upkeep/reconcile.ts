import { dayIn, isPaymentError, type ListRange, type PaymentReport } from '@payment-status/core'
import { type Context, providerOf } from '../context.ts'
import { awaitTurn, backOff, sleepUnless } from '../poll/rate-limit.ts'
import { limits, pauseAfter, retries } from '../retry.ts'
import {
  type ComparisonKey,
  endComparison,
  enterComparison,
  isUnderWay,
  type Part,
  type Progress,
  putOffComparison,
  saveProgress,
  takeComparison,
} from '../store/comparisons.ts'
import { readListed, readUnlisted, saveListed } from '../store/listed.ts'
import { readReconciliation } from '../store/reconciliations.ts'
import type { Reconciliation } from '../types/reconciliation.ts'
import { conclude, openIncomplete } from './conclude.ts'
import { nameOfYesterday, retentionDaysOf, zoneOf } from './days.ts'
import { confirm, heal } from './heal.ts'

/** A day that could not be compared after so many attempts ends with what there is, and a task. */
const MOST_ATTEMPTS = 10
/** Payments of a list that are stored at once. */
const STORED_AT_ONCE = 200

/**
 * Compares a day of a provider's payments with the recorded state, and heals what it can: a payment that was never seen is
 * looked up, one that is behind is advanced with what the list states, one that is not listed is looked up by id. What
 * remains is a task. The same day again comes to the same.
 */
export async function reconcileDay(
  context: Context,
  provider: string,
  day: string,
  signal: AbortSignal,
): Promise<Reconciliation> {
  providerOf(context, provider)
  const name = day === 'yesterday' ? nameOfYesterday(context) : day
  dayIn(name, zoneOf(context))
  const key = { provider, day: name }
  const { database } = context
  await enterComparison(database, key)
  for (;;) {
    const taken = await takeComparison(database, key)
    if (taken) {
      const result = await compare(context, { ...key, ...taken, isLast: true }, signal)
      if (result) return result
    } else {
      // The night compares this day right now.
      await sleepUnless(500, signal)
      signal.throwIfAborted()
      const done = await readReconciliation(database, provider, name)
      if (done && !(await isUnderWay(database, key))) return done
    }
  }
}

/** One turn of a comparison that the night began. It is put off when the provider is away, and ends after some attempts. */
export async function continueComparison(
  context: Context,
  key: ComparisonKey,
  signal: AbortSignal,
): Promise<void> {
  const { database } = context
  if (!context.options.payments.has(key.provider)) return
  const taken = await takeComparison(database, key)
  if (!taken) return
  await compare(context, { ...key, ...taken, isLast: taken.attempts >= MOST_ATTEMPTS }, signal)
}

interface Turn extends ComparisonKey, Progress {
  readonly attempts: number
  /** True where a list that breaks off ends the comparison, instead of putting it off. */
  readonly isLast: boolean
}

/** Works through the parts. Undefined where it was put off. */
async function compare(
  context: Context,
  turn: Turn,
  signal: AbortSignal,
): Promise<Reconciliation | undefined> {
  const { database } = context
  const range = dayIn(turn.day, zoneOf(context))
  let { part, position, healed } = turn
  let broken: { readonly error: unknown } | undefined
  const save = async (next: Part, at: string) => {
    part = next
    position = at
    await saveProgress(database, turn, { part, position, healed })
  }
  try {
    if (part === 'list') {
      try {
        await listDay(context, turn, range, () => save('list', ''), signal)
      } catch (error) {
        if (signal.aborted || !turn.isLast) throw error
        context.report(error)
        broken = { error }
      }
      await save('heal', '')
    }
    while (part === 'heal') {
      const rows = await readListed(database, turn, position)
      for (const report of rows) if (await heal(context, turn, report, signal)) healed++
      const last = rows.at(-1)
      await (last ? save('heal', last.payment.id) : save('unlisted', ''))
    }
    while (part === 'unlisted') {
      const rows = await readUnlisted(database, turn, range, position)
      for (const { report } of rows) if (await confirm(context, turn, report, signal)) healed++
      const last = rows.at(-1)
      await (last ? save('unlisted', last.position) : save('compare', ''))
    }
    return await conclude(context, turn, range, healed, broken)
  } catch (error) {
    if (turn.isLast && !signal.aborted && isPaymentError(error) && error.code === 'invalid_input') {
      await endComparison(database, turn)
      throw error
    }
    const pause = signal.aborted ? 0 : pauseAfter(retries.comparison, turn.attempts - 1)
    await putOffComparison(database, turn, pause)
    signal.throwIfAborted()
    if (isPaymentError(error) && error.retryable) await backOff(context, turn.provider, error)
    context.report(error)
    if (turn.attempts >= MOST_ATTEMPTS) await openIncomplete(context, turn)
    if (turn.isLast) throw error
    return undefined
  }
}

/** The provider's list of the day, stored page by page. A list that breaks off begins again: it has no position. */
async function listDay(
  context: Context,
  { provider, day }: ComparisonKey,
  range: ListRange,
  renew: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { database } = context
  await awaitTurn(context, provider, signal)
  const keptDays = retentionDaysOf(context)
  let page: PaymentReport[] = []
  const store = async () => {
    await saveListed(database, { provider, day }, page, { to: range.to, keptDays })
    page = []
    await renew()
  }
  // A list may be slow: the lease is renewed whatever has come of it.
  const renewing = setInterval(() => renew().catch(context.report), limits.comparisonLease / 3)
  try {
    for await (const report of providerOf(context, provider).list(range, { signal })) {
      page.push(report)
      if (page.length >= STORED_AT_ONCE) await store()
    }
  } finally {
    clearInterval(renewing)
  }
  await store()
}
