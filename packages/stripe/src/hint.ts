import type { PaymentHint } from '@payment-status/core'
import { inputError, omitUndefined, parse, readParameter, readQuery } from '@payment-status/core/kit'
import { toAction } from './action.ts'
import { clientResultSchema, paymentIdPattern } from './schema.ts'
import { toAppearance, toPaymentStatus, toRedirectAppearance } from './status.ts'

/**
 * The return URL: `payment_intent`, `payment_intent_client_secret` (never kept) and `redirect_status`. An id to look up
 * and a look, nothing more. Throws `invalid_input` for what is not a `pi_` id.
 */
export function readReturn(url: string | URL, provider: string): PaymentHint {
  const query = readQuery(url, provider)
  const id = readParameter(query, 'payment_intent', paymentIdPattern, provider)
  const words = new Set(query.getAll('redirect_status'))
  const [word] = words
  return omitUndefined({
    evidence: 'hint',
    provider,
    source: 'return_url',
    key: id === undefined ? undefined : { id },
    appears: words.size === 1 ? toRedirectAppearance(word) : undefined,
  })
}

/**
 * What `confirmCardPayment` or `retrievePaymentIntent` resolved with: `{ paymentIntent?, error? }`
 * (https://docs.stripe.com/js/payment_intents). An error can carry the intent it is about. Of either only the id is kept, how it looks and
 * what the shopper has to do.
 */
export function readClientResult(result: unknown, provider: string): PaymentHint {
  const { paymentIntent, error } = parse(clientResultSchema, result, { provider, what: 'the browser result' })
  const intent = paymentIntent ?? error?.payment_intent
  const id = intent?.id
  if (id && !paymentIdPattern.test(id)) {
    throw inputError(provider, "the browser result's id is not a pi_ id")
  }
  const status = intent?.status ?? ''
  return omitUndefined({
    evidence: 'hint',
    provider,
    source: 'client',
    key: id ? { id } : undefined,
    appears: toAppearance(status, !!error),
    action: toPaymentStatus({ status }) === 'requires_action' ? toAction(intent?.next_action) : undefined,
  })
}
