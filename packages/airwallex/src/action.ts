import type { ShopperAction } from '@payment-status/core'
import { omitUndefined, toHttpUrl } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import type { AirwallexNextAction } from './schema.ts'
import { toActionMeaning } from './status.ts'

/**
 * Returns what the shopper has to do. A redirect by POST carries form data, so it is left to Airwallex's browser SDK. A
 * URL that is not http(s) is dropped.
 */
export function toAction(action: AirwallexNextAction | null | undefined): ShopperAction | undefined {
  if (!action) return undefined
  const url = toHttpUrl(action.url)
  return match(toActionMeaning(action.type))
    .returnType<ShopperAction | undefined>()
    .with('redirect', () => {
      if (action.method?.toUpperCase() === 'POST') return { kind: 'sdk' }
      return url === undefined ? undefined : { kind: 'redirect', url }
    })
    .with('qr_code', () =>
      omitUndefined<ShopperAction>({ kind: 'show', what: 'qr_code', url, text: action.qrcode || undefined }),
    )
    .with('sdk', () => ({ kind: 'sdk' }))
    .exhaustive()
}
