import type { PaymentReport } from '../model/evidence.ts'
import type { ProviderOptions } from '../model/provider.ts'
import { type OrUndefined, omitUndefined } from '../omit-undefined.ts'

/** A report of a payment, and, where the configuration says so, of the provider's own object it was read from. */
export function toReport(
  payment: PaymentReport['payment'],
  {
    source,
    occurredAt,
    observedAt,
  }: OrUndefined<Pick<PaymentReport, 'source' | 'occurredAt' | 'observedAt'>>,
  body: unknown,
  context: Pick<ProviderOptions, 'keepRaw'>,
): PaymentReport {
  const raw = toRaw(body, context)
  return omitUndefined<PaymentReport>({ evidence: 'report', source, payment, occurredAt, observedAt, raw })
}

/**
 * What `PaymentReport.raw` holds of the provider's own object: a copy of it where the configuration says `keepRaw: true`,
 * otherwise `undefined`. It can hold personal data, so it goes into a report and nowhere else: not into an error, not into
 * a log. What no JSON can hold is left out.
 */
export function toRaw(body: unknown, { keepRaw }: Pick<ProviderOptions, 'keepRaw'>): unknown {
  if (keepRaw !== true || body === undefined) return undefined
  try {
    return JSON.parse(JSON.stringify(body)) as unknown
  } catch {
    return undefined
  }
}
