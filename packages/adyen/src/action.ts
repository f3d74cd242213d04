import type { ShopperAction } from '@payment-status/core'
import { omitUndefined, toHttpUrl, toInstant } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import type { AdyenAction } from './schema.ts'
import { toActionMeaning } from './status.ts'

/**
 * Returns what the shopper has to do. A redirect by POST carries form data, so it is left to Adyen's browser SDK, and
 * `paymentData` is never kept. A URL that is not http(s) is dropped.
 */
export function toAction(action: AdyenAction | null | undefined): ShopperAction | undefined {
  if (!action) return undefined
  const url = toHttpUrl(action.url)
  const show = (what: 'qr_code' | 'voucher' | 'bank_details', text: string | undefined) =>
    omitUndefined<ShopperAction>({
      kind: 'show',
      what,
      url,
      text,
      expiresAt: toInstant(action.expiresAt),
    })
  const join = (...parts: readonly (string | null | undefined)[]) =>
    parts.filter(Boolean).join(' ') || undefined
  return match(toActionMeaning(action.type))
    .returnType<ShopperAction | undefined>()
    .with('redirect', () => {
      if (action.method?.toUpperCase() === 'POST') return { kind: 'sdk' }
      return url === undefined ? undefined : { kind: 'redirect', url }
    })
    .with('qr_code', () => show('qr_code', action.qrCodeData || undefined))
    .with('voucher', () => show('voucher', join(action.entity, action.reference)))
    .with('bank_details', () => show('bank_details', join(action.iban, action.bic, action.reference)))
    .with('sdk', () => ({ kind: 'sdk' }))
    .exhaustive()
}
