import type { PaymentHint } from '@payment-status/core'
import { inputError, omitUndefined, parse, readQuery } from '@payment-status/core/kit'
import { clientResultSchema, idPattern } from './schema.ts'
import { toAppearance } from './status.ts'

/**
 * Reads a return URL: `token` is the order's id. PayPal adds `PayerID` where the shopper agreed, and leaves it out on the
 * cancel URL. Neither moved money, so both look unfinished. A `token` in another form gives no key. Throws `invalid_input`
 * for a URL that names two orders.
 */
export function readReturn(url: string | URL, provider: string): PaymentHint {
  const ids = new Set(
    readQuery(url, provider)
      .getAll('token')
      .filter((value) => idPattern.test(value)),
  )
  if (ids.size > 1) {
    throw inputError(provider, 'the return URL must name one order. Use the id you stored.')
  }
  const [id] = ids
  return omitUndefined<PaymentHint>({
    evidence: 'hint',
    provider,
    source: 'return_url',
    key: id === undefined ? undefined : { id },
    appears: id === undefined ? undefined : 'looks_unfinished',
  })
}

/**
 * Reads what a handler of PayPal's browser SDK received: `onApprove`, `onCancel`, `onComplete`, `onError`, or the result of
 * a card form, of version 5 or 6. Only the order's id and the appearance are kept, never a token. Throws `invalid_input` for
 * an id of another form.
 */
export function readClientResult(result: unknown, provider: string): PaymentHint {
  const read = parse(clientResultSchema, result, { provider, what: 'the browser result' })
  const id = read.orderID ?? read.orderId ?? read.data?.orderID ?? read.data?.orderId ?? undefined
  if (id && !idPattern.test(id)) {
    throw inputError(provider, "the browser result's orderID must be the id of an order")
  }
  return omitUndefined<PaymentHint>({
    evidence: 'hint',
    provider,
    source: 'client',
    key: id ? { id } : undefined,
    appears: toAppearance(read.state),
  })
}
