import type { PaymentHint, PaymentProvider, PaymentReport } from '@payment-status/core'
import type { PaymentFixture } from '@payment-status/core/kit'
import { findMembers, findNotPlain } from './plain.ts'
import { findPrivate } from './private.ts'
import type { TestRunner } from './runner.ts'

export interface EvidenceCheck {
  readonly expect: TestRunner['expect']
  /** The name every piece of evidence must carry. */
  readonly provider: string
}

/** A hint is marked as one, has no status anywhere, and sends a shopper nowhere but to http(s). */
export function checkHint(
  { expect, provider }: EvidenceCheck,
  hint: PaymentHint,
  source: PaymentHint['source'],
): void {
  expect({ evidence: hint.evidence, source: hint.source, provider: hint.provider }).toEqual({
    evidence: 'hint',
    source,
    provider,
  })
  expect(findMembers(hint, 'status')).toEqual([])
  expect(findNotPlain(hint)).toBe(undefined)
  if (hint.action?.kind === 'redirect') expect(/^https?:\/\//i.test(hint.action.url)).toBe(true)
}

/**
 * A report is marked as one, names its provider, is plain JSON with instants for times, and holds neither card data nor,
 * unless it was requested, the provider's own object.
 */
export function checkReport(
  { expect, provider }: EvidenceCheck,
  report: PaymentReport,
  source: PaymentReport['source'],
): void {
  const { payment } = report
  expect({
    evidence: report.evidence,
    source: report.source,
    provider: payment.provider,
  }).toEqual({ evidence: 'report', source, provider })
  expect(findNotPlain(report)).toBe(undefined)
  expect(structuredClone(report)).toEqual(JSON.parse(JSON.stringify(report)))
  const times = [
    report.observedAt,
    report.occurredAt,
    payment.createdAt,
    payment.updatedAt,
    payment.authorizationExpiresAt,
    ...(payment.operations ?? []).map(({ at }) => at),
  ]
  expect(times.filter((time) => time !== undefined && !isInstant(time))).toEqual([])
  // Only an event has one; the answer to a lookup is as new as its request.
  if (source === 'lookup' || source === 'list') expect('occurredAt' in report).toBe(false)
  const amounts = [payment.amount?.amount, payment.authorized, payment.captured, payment.refunded]
  const stepAmounts = (payment.operations ?? []).map(({ amount }) => amount)
  expect(
    [...amounts, ...stepAmounts].filter((amount) => amount !== undefined && !isMinorUnits(amount)),
  ).toEqual([])
  const stepIds = (payment.operations ?? []).map(({ id }) => id)
  expect(stepIds.filter((id, index) => id === '' || stepIds.indexOf(id) !== index)).toEqual([])
  if (payment.amount === undefined) expect(amounts.filter((amount) => amount !== undefined)).toEqual([])
  if (payment.action?.kind === 'redirect') expect(/^https?:\/\//i.test(payment.action.url)).toBe(true)
  expect(findPrivate(payment)).toEqual([])
  expect('raw' in report).toBe(false)
}

/** Reads the answer to a create call. Throws for one that names no payment yet: a fixture has a payment. */
export async function readReport(
  provider: PaymentProvider,
  { body, sent }: NonNullable<PaymentFixture['response']>,
): Promise<PaymentReport> {
  const answer = await provider.readResponse(body, sent)
  if (answer.evidence === 'report') return answer
  throw new Error('the answer to the create call was read as a hint, not as a report')
}

function isInstant(time: string): boolean {
  return !Number.isNaN(Date.parse(time)) && new Date(time).toISOString() === time
}

function isMinorUnits(amount: number): boolean {
  return Number.isSafeInteger(amount) && amount >= 0
}
