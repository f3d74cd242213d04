import type { PaymentHint } from '@payment-status/core'
import { isOneOf, omitUndefined, parse, readQuery } from '@payment-status/core/kit'
import { clientResultSchema } from './schema.ts'
import { toAppearance } from './status.ts'
import { adyenClientErrors } from './vocabulary.ts'

/**
 * Reads a return URL. `redirectResult` and `sessionResult` are for the shop's next call to Adyen, and name no payment: the key
 * is the reference that the shop put into the URL itself, under the configured parameter.
 */
export function readReturn(
  url: string | URL,
  { provider, returnParameter }: { readonly provider: string; readonly returnParameter: string | undefined },
): PaymentHint {
  const query = readQuery(url, provider)
  const references = new Set(returnParameter === undefined ? [] : query.getAll(returnParameter))
  const [reference, ...others] = references
  return omitUndefined<PaymentHint>({
    evidence: 'hint',
    provider,
    source: 'return_url',
    key: reference && others.length === 0 ? { reference } : undefined,
  })
}

/**
 * Reads what `onPaymentCompleted`, `onPaymentFailed` or `onError` of Adyen's browser SDK received. It names no payment, and
 * `sessionData`, `sessionResult` and tokens are not kept.
 */
export function readClientResult(result: unknown, provider: string): PaymentHint {
  const base = { evidence: 'hint', provider, source: 'client' } as const
  if (result === undefined) return { ...base, appears: 'looks_refused' } // `onPaymentFailed` without data
  const { resultCode, name } = parse(clientResultSchema, result, { provider, what: 'the browser result' })
  const appears = isOneOf(adyenClientErrors, name) ? 'looks_unfinished' : toAppearance(resultCode)
  return omitUndefined<PaymentHint>({ ...base, appears })
}
