import type { PaymentReport } from '../model/evidence.ts'
import type { ProviderOptions } from '../model/provider.ts'
import { type OrUndefined, omitUndefined } from '../omit-undefined.ts'

/** Returns a report of a payment, with the provider's own object where the configuration says `keepRaw: true`. */
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
 * Returns `PaymentReport.raw`: a copy of the provider's own object where the configuration says `keepRaw: true`, else
 * `undefined`. It can hold personal data, so it must never reach an error or a log. Members that JSON cannot hold are left
 * out.
 */
export function toRaw(body: unknown, { keepRaw }: Pick<ProviderOptions, 'keepRaw'>): unknown {
  if (keepRaw !== true || body === undefined) return undefined
  try {
    return JSON.parse(JSON.stringify(body)) as unknown
  } catch {
    return undefined
  }
}
