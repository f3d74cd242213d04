import type { PaymentReport } from '@payment-status/core'
import type { Context } from '../context.ts'
import type { Decision } from '../decide/decide.ts'
import type { EventKey } from '../decide/incoming.ts'
import { inputError } from '../errors.ts'
import { isSameTarget, type TargetKey, targetOf } from '../store/rows.ts'
import { type Sql, storable } from '../store/sql.ts'
import { ingest } from './ingest.ts'

/** Origin of a report: a webhook, or the answer to a request. */
export interface Origin {
  readonly event?: EventKey | undefined
  readonly asked?: Asked | undefined
}

/** Request that a provider answered. */
export interface Asked {
  /** It leads to the order where the report itself does not. */
  readonly target: TargetKey
  /** When the recorded state was read that the request named, in milliseconds by the database's clock. */
  readonly knownAt?: number | undefined
  /** True where the answer ends the poll of the target, whose next poll is then planned with it. */
  readonly isPoll?: boolean | undefined
  /** True where the provider can never look the target up. */
  readonly isWrongKey?: boolean | undefined
}

export async function ingestReport(
  context: Context,
  report: PaymentReport,
  { event, asked }: Origin = {},
  tx?: Sql,
): Promise<Decision | 'duplicate'> {
  const { provider, reference, ...payment } = checkReport(report)
  const id = storable(payment.id)
  const named: readonly (TargetKey | undefined)[] = [
    targetOf({ provider, id }),
    asked?.target,
    reference === undefined ? undefined : { provider, kind: 'reference', value: storable(reference) },
  ]
  // A payment that was asked for by its id or its reference is named twice.
  const keys = named
    .filter((key) => key !== undefined)
    .filter((key, index, all) => all.findIndex((other) => isSameTarget(other, key)) === index)
  const polled = asked?.isPoll ? asked.target : undefined
  // Recorded under the id that is stored, so that the next report is of the same payment.
  const stored = id === payment.id ? report : { ...report, payment: { ...report.payment, id } }
  const content = { kind: 'report', report: stored, knownAt: asked?.knownAt } as const
  return ingest(context, { content, keys, event, polled }, tx)
}

function checkReport(report: PaymentReport): PaymentReport['payment'] {
  if (report?.evidence !== 'report' || typeof report.payment?.id !== 'string')
    throw inputError('only a report can be ingested. A hint proves nothing: look its payment up')
  if (!Number.isFinite(Date.parse(report.observedAt)))
    throw inputError('`observedAt` of a report must be an ISO 8601 instant')
  return report.payment
}

export interface IngestedReport {
  readonly report: PaymentReport
  readonly order: string | undefined
}

/** Ingests the payments that a provider answered with: one, several or none. */
export async function ingestAnswer(
  context: Context,
  reports: readonly PaymentReport[],
  { target: { provider, kind, value }, knownAt, isPoll = false, isWrongKey }: Asked,
): Promise<readonly IngestedReport[]> {
  const target = { provider, kind, value }
  const isOnly = reports.length === 1
  const ingested: IngestedReport[] = []
  for (const report of reports) {
    const decision = await ingestReport(context, report, {
      asked: { target, knownAt, isPoll: isPoll && isOnly },
    })
    ingested.push({ report, order: decision === 'duplicate' ? undefined : decision.order })
  }
  // Planned with the report, except where there is no single one, or where it is of another order.
  const isPlanned = isOnly && (kind === 'id' || ingested[0]?.order !== undefined)
  if (isPoll && !isPlanned) {
    const content = { kind: 'polled', isAnswered: reports.length > 0, isWrongKey } as const
    await ingest(context, { content, keys: [target], polled: target })
  }
  return ingested
}
