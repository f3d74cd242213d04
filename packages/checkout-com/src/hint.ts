import type { PaymentHint } from '@payment-status/core'
import { inputError, omitUndefined, parse, readParameter, readQuery } from '@payment-status/core/kit'
import { toAction, toRedirect } from './action.ts'
import { clientResultSchema, lookupIdPattern } from './schema.ts'
import { toAppearance } from './status.ts'

/**
 * The return URL: `cko-payment-id=pay_…` without 3-D Secure, `cko-session-id=sid_…` with it. An id to look up and
 * nothing more (Checkout.com's page on looking payments up). Throws `invalid_input` for an id that is none.
 */
export function readReturn(url: string | URL, provider: string): PaymentHint {
  const query = readQuery(url, provider)
  const paymentId = readParameter(query, 'cko-payment-id', lookupIdPattern, provider)
  const sessionId = readParameter(query, 'cko-session-id', lookupIdPattern, provider)
  const id = paymentId ?? sessionId
  return omitUndefined<PaymentHint>({
    evidence: 'hint',
    provider,
    source: 'return_url',
    key: id === undefined ? undefined : { id },
  })
}

/**
 * What the browser handed over: an object with the payment's `id` and `status`, or the redirect of a pending
 * response. Unverified: no source states its shape, so nothing but the id to look up is taken from it, and how it looks.
 */
export function readClientResult(result: unknown, provider: string): PaymentHint {
  const answer = parse(clientResultSchema, result, { provider, what: 'the browser result' })
  const { id, status, action, _links } = answer
  if (id && !lookupIdPattern.test(id)) {
    throw inputError(provider, "the browser result's id is neither a pay_ nor a sid_ id")
  }
  return omitUndefined<PaymentHint>({
    evidence: 'hint',
    provider,
    source: 'client',
    key: id ? { id } : undefined,
    appears: toAppearance(status),
    action: toAction({ _links }) ?? toRedirect(action?.url),
  })
}
