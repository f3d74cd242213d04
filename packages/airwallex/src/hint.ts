import type { PaymentHint } from '@payment-status/core'
import { inputError, omitUndefined, parse, readQuery } from '@payment-status/core/kit'
import { toAction } from './action.ts'
import { clientResultSchema, paymentIdPattern } from './schema.ts'
import { toAppearance, toPaymentStatus } from './status.ts'

/** Names under which plugins and integrations put the id into a return URL. Airwallex documents none. */
const idParameters = ['payment_intent_id', 'intent_id', 'id']

/**
 * Reads a return URL: the intent's id where a parameter holds one, otherwise a hint without a key. Throws `invalid_input`
 * for a URL that names two payments.
 */
export function readReturn(url: string | URL, provider: string): PaymentHint {
  const query = readQuery(url, provider)
  const named = idParameters.flatMap((name) => query.getAll(name))
  const ids = new Set(named.filter((value) => paymentIdPattern.test(value)))
  if (ids.size > 1) {
    throw inputError(provider, 'the return URL must name one payment. Use the id you stored.')
  }
  const [id] = ids
  const [succeeded, ...more] = new Set(query.getAll('succeeded'))
  const looks = { true: 'looks_paid', false: 'looks_refused' } as const
  const isStated = more.length === 0 && (succeeded === 'true' || succeeded === 'false')
  return omitUndefined<PaymentHint>({
    evidence: 'hint',
    provider,
    source: 'return_url',
    key: id === undefined ? undefined : { id },
    appears: isStated ? looks[succeeded] : undefined,
  })
}

/**
 * Reads what an element's event handler received (`onSuccess`, `onError`, `onCancel` and others), or what
 * `confirmPaymentIntent` resolved with: an intent or a boolean. Only the id, the appearance and the shopper's action are
 * kept, never the client secret. Throws `invalid_input` for an id of another kind.
 */
export function readClientResult(result: unknown, provider: string): PaymentHint {
  const base = { evidence: 'hint', provider, source: 'client' } as const
  if (typeof result === 'boolean') return base
  const { type, detail, ...own } = parse(clientResultSchema, result, { provider, what: 'the browser result' })
  const { id, status = '', next_action } = detail?.intent ?? own
  if (id && !paymentIdPattern.test(id)) {
    throw inputError(provider, "the browser result's intent must have an id that begins with int_")
  }
  const isWaiting = toPaymentStatus({ status: status ?? '', amount: 0 }) === 'requires_action'
  return omitUndefined<PaymentHint>({
    ...base,
    key: id ? { id } : undefined,
    appears: detail?.error ? 'looks_refused' : (toAppearance(status) ?? toEventAppearance(type)),
    action: isWaiting ? toAction(next_action) : undefined,
  })
}

/** The shopper closed the page, or has yet to verify a bank account. */
function toEventAppearance(type: string | null | undefined): PaymentHint['appears'] {
  return type === 'onCancel' || type === 'onPendingVerifyAccount' ? 'looks_unfinished' : undefined
}
