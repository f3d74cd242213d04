/** The id in a browser result and a return URL. Everything else there can be forged. @module */
import type { PaymentHint } from '@payment-status/core'
import { omitUndefined, readParameter, readQuery } from '@payment-status/core/kit'
import { idPattern } from './schema.ts'

/** Reads `?charge=chg_…`, which Acme Pay adds to the shop's return URL. */
export function readReturn(url: string | URL, provider: string): PaymentHint {
  const id = readParameter(readQuery(url, provider), 'charge', idPattern, provider)
  const key = id === undefined ? undefined : { id }
  return omitUndefined<PaymentHint>({ evidence: 'hint', provider, source: 'return_url', key })
}

/** Returns a hint without a key: Acme Pay has no browser SDK. */
export function readClientResult(provider: string): PaymentHint {
  return { evidence: 'hint', provider, source: 'client' }
}
