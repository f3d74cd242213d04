import type { PaymentHint } from '@payment-status/core'
import { inputError, omitUndefined, parse, readParameter, readQuery } from '@payment-status/core/kit'
import { toAction } from './action.ts'
import { paymentIdPattern, sessionIdPattern } from './ids.ts'
import { clientResultSchema } from './schema.ts'
import { toAppearance, toPaymentStatus, toRedirectAppearance } from './status.ts'

/**
 * Reads the return URL: `payment_intent`, `payment_intent_client_secret` (never kept) and `redirect_status`, or the
 * `session_id` of Checkout. Returns an id to look up and how the payment looks. Throws `invalid_input` for another id.
 */
export function readReturn(url: string | URL, provider: string): PaymentHint {
  const query = readQuery(url, provider)
  const id =
    readParameter(query, 'payment_intent', paymentIdPattern, provider) ?? readSession(query, provider)
  // A SetupIntent saves a payment method: its words are not about a payment.
  const words = new Set(query.has('setup_intent') ? [] : query.getAll('redirect_status'))
  const [word] = words
  return omitUndefined({
    evidence: 'hint',
    provider,
    source: 'return_url',
    key: id === undefined ? undefined : { id },
    appears: words.size === 1 ? toRedirectAppearance(word) : undefined,
  })
}

/** The shop names this parameter itself (https://docs.stripe.com/payments/checkout/custom-success-page): others use it, too. */
function readSession(query: URLSearchParams, provider: string): string | undefined {
  const isCheckout = query.getAll('session_id').some((value) => value.startsWith('cs_'))
  return isCheckout ? readParameter(query, 'session_id', sessionIdPattern, provider) : undefined
}

/**
 * Reads the result of `confirmCardPayment` or `retrievePaymentIntent`: `{ paymentIntent?, error? }`
 * (https://docs.stripe.com/js/payment_intents). An error can carry its intent. Only the id is kept, how it looks, and what
 * the shopper has to do.
 */
export function readClientResult(result: unknown, provider: string): PaymentHint {
  const { paymentIntent, error } = parse(clientResultSchema, result, { provider, what: 'the browser result' })
  const intent = paymentIntent ?? error?.payment_intent
  const id = intent?.id
  if (id && !paymentIdPattern.test(id)) {
    throw inputError(provider, "the browser result's id must be a PaymentIntent id (pi_…)")
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
