import type { Decline, PaymentHint } from '@payment-status/core'
import { inputError, isOneOf, omitUndefined, parse, readParameter, readQuery } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { toAction, toRedirect } from './action.ts'
import { toFlowDecline } from './decline.ts'
import { clientResultSchema, lookupIdPattern } from './schema.ts'
import {
  type CheckoutComFlowError,
  type CheckoutComStatus,
  checkoutComFlowErrors,
  checkoutComFlowReasons,
  checkoutComFlowStatuses,
  checkoutComStatuses,
} from './vocabulary.ts'
import { findWord } from './word.ts'

/**
 * Reads the return URL: `cko-payment-id=pay_…` without 3-D Secure, `cko-session-id=sid_…` with it. It yields an id to look
 * up and nothing more (Checkout.com's page on looking payments up). Throws `invalid_input` for an id that is not valid.
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
 * Reads what the browser received: the payment that Flow gives to `onPaymentCompleted`, the `CheckoutError` that it gives
 * to `onError`, the answer to a submitted session, or the payment object.
 *
 * Source: the types of `@checkout.com/checkout-web-components`. Throws `invalid_input` for an id that is not valid.
 */
export function readClientResult(result: unknown, provider: string): PaymentHint {
  const read = parse(clientResultSchema, result, { provider, what: 'the browser result' })
  const { status, action, _links, code, details, decline_reason } = read
  const id = read.id || details?.paymentId
  if (id && !lookupIdPattern.test(String(id))) {
    throw inputError(
      provider,
      "the browser result's id must be a pay_ or a sid_ id with 26 characters after it",
    )
  }
  const reason = [decline_reason, ...(details?.requestErrorCodes ?? [])].find((one) =>
    isOneOf(checkoutComFlowReasons, one),
  )
  return omitUndefined<PaymentHint>({
    evidence: 'hint',
    provider,
    source: 'client',
    key: id ? { id: String(id) } : undefined,
    appears: toAppearance(status) ?? toErrorAppearance(code, reason),
    action: toAction({ _links }) ?? toRedirect(action?.url),
    decline: toHintDecline(reason),
  })
}

function toHintDecline(reason: unknown): Decline | undefined {
  return typeof reason === 'string' ? toFlowDecline(reason) : undefined
}

/** Returns how a status in the browser looks, for the shopper's page. It is never more than an appearance. */
export function toAppearance(status: string | null | undefined): PaymentHint['appears'] {
  const flow = findWord(checkoutComFlowStatuses, status)
  if (flow === 'Approved') return 'looks_paid'
  if (flow === 'Action Required') return 'looks_unfinished'
  return match<CheckoutComStatus | undefined, PaymentHint['appears']>(findWord(checkoutComStatuses, status))
    .with('Authorized', 'Captured', 'Partially Captured', 'Card Verified', () => 'looks_paid')
    .with('Declined', 'Canceled', 'Expired', () => 'looks_refused')
    .with('Pending', 'Requested', 'Retry Scheduled', 'Authentication Requested', () => 'looks_unfinished')
    .with('Partially Refunded', 'Refunded', 'Voided', () => undefined)
    .with('Paid', 'Returned', 'Active', undefined, () => undefined)
    .exhaustive()
}

/** Returns how Flow's error looks. A request that failed on its way may have reached the bank. */
function toErrorAppearance(code: unknown, reason: unknown): PaymentHint['appears'] {
  if (reason !== undefined) return 'looks_refused'
  return match<CheckoutComFlowError | undefined, PaymentHint['appears']>(
    findWord(checkoutComFlowErrors, code),
  )
    .with('payment_request_declined', 'payment_request_aborted', () => 'looks_refused')
    .with('payment_method_attempt_failed', () => 'looks_refused')
    .with('payment_request_failed', 'network_error', () => 'looks_unfinished')
    .with('tokenize_request_failed', undefined, () => undefined)
    .exhaustive()
}
