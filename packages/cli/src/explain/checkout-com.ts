import { createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import { answerWith, type Fields, isText, type Reading, readRows, readWebhookBody } from './finding.ts'
import { hasPrefix, isCheckoutComWebhook } from './readers.ts'

/** Made up: it signs what was pasted for our own reader, and opens nothing. */
const secrets = { secretKey: 'sk_sbox_madeuptoreadwhatwaspasted', webhookSecrets: 'made-up-to-read' } as const

/** What the browser is not told: the payment object has one of the first four, the answer of a Flow session the last. */
const answerMembers = ['_links', 'amount', 'requested_on', 'approved', 'payment_session_id'] as const

/** What a shopper pays on, by the prefix of its id. */
const payPages: Readonly<Record<string, string>> = {
  ps_: 'payment session',
  hpp_: 'hosted payments page',
  pl_: 'payment link',
}

export const checkoutCom: Reading = {
  readReturn: (url) => ({ kind: 'hint', hint: createCheckoutCom().readReturn(url) }),
  async readBody(body, options) {
    if (isCheckoutComWebhook(body)) {
      const provider = createCheckoutCom(secrets)
      return readWebhookBody(options, async () =>
        provider.readWebhook(await signWebhook(options.rawBody, secrets.webhookSecrets)),
      )
    }
    if (isText(body.error_type) && !('id' in body)) {
      const codes = Array.isArray(body.error_codes) ? body.error_codes.filter(isText) : []
      return { kind: 'problem', what: 'an error: the request was refused', code: codes[0] ?? body.error_type }
    }
    if (Array.isArray(body.data)) return readRows(body.data, (row) => readPayment(row))
    const page = Object.keys(payPages).find((prefix) => hasPrefix(body.id, prefix))
    if (page) {
      // Once it was paid on, it names the payment; its own word is not the payment's.
      const key = hasPrefix(body.payment_id, 'pay_') ? { id: String(body.payment_id) } : undefined
      return { kind: 'problem', what: `a ${payPages[page]}, and no payment`, key }
    }
    // The browser's result has hardly more than an id and a word; the API's answers have links, and mostly an amount.
    const isAnswer = answerMembers.some((member) => member in body)
    if (!isAnswer) return { kind: 'hint', hint: createCheckoutCom().readClientResult(body) }
    return { kind: 'report', report: await readPayment(body) }
  },
}

/** An answer to `GET /payments/{id}` says when the payment was requested; one to `POST /payments` when it was processed. */
async function readPayment(body: Fields) {
  if ('requested_on' in body && isText(body.id)) {
    return createCheckoutCom({ ...secrets, retries: 0, fetch: answerWith(body) }).lookup(body.id)
  }
  return createCheckoutCom().readResponse(body)
}
