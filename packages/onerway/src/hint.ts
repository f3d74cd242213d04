import type { PaymentHint } from '@payment-status/core'
import {
  inputError,
  omitUndefined,
  parse,
  readParameter,
  readQuery,
  toHttpUrl,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import {
  clientResultSchema,
  clientResultV4Schema,
  idPattern,
  isV4Schema,
  nextActionSchema,
  referencePattern,
} from './schema.ts'
import { toAppearance, toWholeAppearance } from './status.ts'
import type { FoldContext } from './step.ts'

/**
 * The return URL carries transactionId, merchantTxnId, status and more; only a key to look up is taken from it. Throws `invalid_input` for a key that is none.
 */
export function readReturn(url: string | URL, { provider }: FoldContext): PaymentHint {
  const query = readQuery(url, provider)
  const id = readParameter(query, 'transactionId', idPattern, provider)
  const reference =
    id === undefined ? readParameter(query, 'merchantTxnId', referencePattern, provider) : undefined
  const key = id !== undefined ? { id } : reference !== undefined ? { reference } : undefined
  return omitUndefined({ evidence: 'hint', provider, source: 'return_url', key })
}

/**
 * The browser SDK's result, in both shapes: `{ respCode, data }` of `onPaymentCompleted`, which Onerway says is never
 * final, and `{ paymentId, paymentStatus }` of version 4 (likely). Throws `invalid_payload`; `invalid_input` for an id that is none.
 */
export function readClientResult(result: unknown, context: FoldContext): PaymentHint {
  const { provider } = context
  if (v.is(isV4Schema, result)) return readResultV4(result, context)
  const { respCode, data } = parse(clientResultSchema, result, { provider, what: 'the browser result' })
  const id = checkId(data?.transactionId, provider)
  const isHandled = respCode === '20000'
  return omitUndefined({
    evidence: 'hint',
    provider,
    source: 'client',
    key: id === undefined ? undefined : { id },
    appears: isHandled ? toAppearance(data?.status) : ('looks_refused' as const),
    action: isHandled && data?.status === 'R' ? toRedirect(data?.redirectUrl) : undefined,
  })
}

function readResultV4(result: unknown, { provider, integration }: FoldContext): PaymentHint {
  const parsed = parse(clientResultV4Schema, result, { provider, what: 'the browser result' })
  const id = checkId(parsed.paymentId, provider)
  const { redirectUrl, url } = v.is(nextActionSchema, parsed.nextAction) ? parsed.nextAction : {}
  return omitUndefined({
    evidence: 'hint',
    provider,
    source: 'client',
    // With `direct` a payment's id is its transactionId, which this shape does not hold.
    key: integration === 'hosted' && id !== undefined ? { id } : undefined,
    appears: toWholeAppearance(parsed.paymentStatus),
    action: parsed.paymentStatus === 'R' ? toRedirect(redirectUrl ?? url) : undefined,
  })
}

function toRedirect(url: string | null | undefined): PaymentHint['action'] {
  const safe = toHttpUrl(url)
  return safe === undefined ? undefined : { kind: 'redirect', url: safe }
}

function checkId(id: string | null | undefined, provider: string): string | undefined {
  if (id === undefined || id === null || id === '') return undefined
  if (idPattern.test(id)) return id
  throw inputError(provider, "the browser result's id is not one of Onerway's (1 to 20 digits)")
}
