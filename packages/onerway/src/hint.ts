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
import { toTransactionKey } from './key.ts'
import type { ReadContext } from './operation.ts'
import {
  clientResultSchema,
  clientResultV4Schema,
  idPattern,
  isV4Schema,
  nextActionSchema,
  referencePattern,
} from './schema.ts'
import { toAppearance, toWholeAppearance } from './status.ts'

/**
 * Reads the return URL. It carries transactionId, merchantTxnId, status and more; only a key to look up is taken from it.
 * Throws `invalid_input` for a key that is not valid.
 */
export function readReturn(url: string | URL, { provider, integration }: ReadContext): PaymentHint {
  const query = readQuery(url, provider)
  const id = readParameter(query, 'transactionId', idPattern, provider)
  const reference =
    id === undefined ? readParameter(query, 'merchantTxnId', referencePattern, provider) : undefined
  const byReference = reference === undefined ? undefined : { reference }
  const key = id === undefined ? byReference : toTransactionKey(id, { integration })
  return omitUndefined({ evidence: 'hint', provider, source: 'return_url', key })
}

/**
 * Reads the browser SDK's result, in both shapes: `{ respCode, data }` of `onPaymentCompleted`, which Onerway says is never
 * final, and `{ paymentId, paymentStatus }` of version 4 (likely). Throws `invalid_payload` for another shape, and
 * `invalid_input` for an id that is not valid.
 */
export function readClientResult(result: unknown, context: ReadContext): PaymentHint {
  const { provider } = context
  if (v.is(isV4Schema, result)) return readResultV4(result, context)
  const { respCode, data } = parse(clientResultSchema, result, { provider, what: 'the browser result' })
  const id = checkId(data?.transactionId, provider)
  const isHandled = respCode === '20000'
  return omitUndefined({
    evidence: 'hint',
    provider,
    source: 'client',
    key: id === undefined ? undefined : toTransactionKey(id, context),
    appears: isHandled ? toAppearance(data?.status) : ('looks_refused' as const),
    action: isHandled && data?.status === 'R' ? toRedirect(data?.redirectUrl) : undefined,
  })
}

function readResultV4(result: unknown, { provider, integration }: ReadContext): PaymentHint {
  const parsed = parse(clientResultV4Schema, result, { provider, what: 'the browser result' })
  const sharedId = integration.sharedId(checkId(parsed.paymentId, provider))
  const { redirectUrl, url } = v.is(nextActionSchema, parsed.nextAction) ? parsed.nextAction : {}
  return omitUndefined({
    evidence: 'hint',
    provider,
    source: 'client',
    // With `direct` a payment's id is its transactionId, which this shape does not hold.
    key: sharedId === undefined ? undefined : { id: sharedId },
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
  throw inputError(
    provider,
    'the id in the browser result must be 1 to 20 digits: pass the result on unchanged',
  )
}
