/** Reads pasted Checkout.com payloads for `explain`. @module */
import { createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import {
  answerWith,
  explainRows,
  explainWebhook,
  type Fields,
  hasPrefix,
  isFields,
  isText,
  type ProviderExplanation,
} from '@payment-status/core/kit'

/** Made-up secrets: they sign pasted text for our own reader and open no account. */
const secrets = { secretKey: 'sk_sbox_madeuptoreadwhatwaspasted', webhookSecrets: 'made-up-to-read' } as const

/** Members that only the server receives: the payment object has one of the first four, a Flow session's answer the last. */
const answerMembers = ['_links', 'amount', 'requested_on', 'approved', 'payment_session_id'] as const

/** Pages a shopper pays on, by the prefix of their ids. */
const payPages: Readonly<Record<string, string>> = {
  ps_: 'payment session',
  hpp_: 'hosted payments page',
  pl_: 'payment link',
}

export const checkoutComExplanation: ProviderExplanation = {
  provider: 'checkout-com',
  title: 'Checkout.com',
  ownsQuery: (query) =>
    query.has('cko-payment-id') || query.has('cko-session-id') || query.has('cko-payment-session-id'),
  owns: (body) =>
    hasPrefix(body.id, 'pay_', 'sid_', ...Object.keys(payPages)) ||
    isOperation(body) ||
    body.name === 'CheckoutError' ||
    isWebhook(body) ||
    // Its counter or its rows distinguish a list from those of other providers.
    (Array.isArray(body.data) &&
      !('object' in body) &&
      ('total_count' in body || body.data.some((row) => isFields(row) && hasPrefix(row.id, 'pay_')))) ||
    isText(body.error_type),
  readReturn: (url) => ({ kind: 'hint', hint: createCheckoutCom().readReturn(url) }),
  async readBody(body, options) {
    if (isWebhook(body)) {
      const provider = createCheckoutCom(secrets)
      return explainWebhook(options, async () =>
        provider.readWebhook(await signWebhook(options.rawBody, secrets.webhookSecrets)),
      )
    }
    if (isText(body.error_type) && !('id' in body)) {
      const codes = Array.isArray(body.error_codes) ? body.error_codes.filter(isText) : []
      return {
        kind: 'problem',
        what: 'an error: the request was rejected',
        code: codes[0] ?? body.error_type,
      }
    }
    if (isOperation(body)) {
      const what = 'the answer to a capture, a void or a refund'
      return { kind: 'operation', what, key: toPaymentKey(body._links) }
    }
    if (Array.isArray(body.data)) return explainRows(body.data, (row) => readPayment(row))
    const page = Object.keys(payPages).find((prefix) => hasPrefix(body.id, prefix))
    if (page) {
      // A page that was paid on names the payment; the page's own status is not the payment's.
      const key = hasPrefix(body.payment_id, 'pay_') ? { id: String(body.payment_id) } : undefined
      return { kind: 'problem', what: `a ${payPages[page]}, not a payment`, key }
    }
    // A browser result has little more than an id and a status; the API's answers have links and mostly an amount.
    const isAnswer = answerMembers.some((member) => member in body)
    if (!isAnswer) return { kind: 'hint', hint: createCheckoutCom().readClientResult(body) }
    return { kind: 'report', report: await readPayment(body) }
  },
}

function isWebhook(body: Fields): boolean {
  return isText(body.type) && isFields(body.data) && !('object' in body) && hasPrefix(body.id, 'evt_')
}

/** Returns whether this answers a capture, a void or a refund: it has the operation's id and, unlike a payment, no `id`. */
function isOperation(body: Fields): boolean {
  return hasPrefix(body.action_id, 'act_') && !('id' in body)
}

/** Finds the payment of an operation's answer, which names it only in a link: `…/payments/pay_…`. */
function toPaymentKey(links: unknown): { readonly id: string } | undefined {
  const payment = isFields(links) ? links.payment : undefined
  const href = isFields(payment) && isText(payment.href) ? payment.href : ''
  const [, id] = /\/payments\/(pay_\w{1,60})(?:[/?]|$)/.exec(href) ?? []
  return id === undefined ? undefined : { id }
}

/** Reads a payment: `GET /payments/{id}` states when it was requested, `POST /payments` when it was processed. */
async function readPayment(body: Fields) {
  if ('requested_on' in body && isText(body.id)) {
    return createCheckoutCom({ ...secrets, retries: 0, fetch: answerWith(body) }).lookup(body.id)
  }
  return createCheckoutCom().readResponse(body)
}
