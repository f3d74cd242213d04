import type { LookupKey } from '@payment-status/core'
import { createStripe, signWebhook } from '@payment-status/stripe'
import {
  answerWith,
  type Fields,
  isFields,
  isText,
  type Reading,
  readRows,
  readWebhookBody,
} from './finding.ts'

/** Made up: it signs what was pasted for our own reader, and opens nothing. */
const secrets = { secretKey: 'sk_test_madeUpToRead', webhookSecrets: 'whsec_madeUpToRead' } as const

export const stripe: Reading = {
  readReturn: (url) => ({ kind: 'hint', hint: createStripe().readReturn(url) }),
  async readBody(body, options) {
    if (isFields(body.paymentIntent)) return { kind: 'hint', hint: createStripe().readClientResult(body) }
    if (isFields(body.error)) return readError(body, body.error)
    if (body.object === 'event' || body.object === 'v2.core.event') {
      const provider = createStripe(secrets)
      return readWebhookBody(options, async () =>
        provider.readWebhook(await signWebhook(options.rawBody, secrets.webhookSecrets)),
      )
    }
    if (Array.isArray(body.data)) {
      const kinds = new Set(body.data.map(nameOf))
      if (kinds.size === 0 || kinds.has('payment_intent')) return readRows(body.data, readIntent)
      const names = [...kinds].join(', ').replaceAll('_', ' ')
      return { kind: 'problem', what: `a list of ${names} objects, and of no PaymentIntents` }
    }
    if (body.object === 'payment_intent') return { kind: 'report', report: await readIntent(body) }
    const what = `a ${nameOf(body).replaceAll('_', ' ')}, and no PaymentIntent`
    const intent = isFields(body.payment_intent) ? body.payment_intent.id : body.payment_intent
    return { kind: 'problem', what, key: isText(intent) ? toKey(intent) : undefined }
  },
}

function nameOf(row: unknown): string {
  return isFields(row) && isText(row.object) ? row.object : 'other'
}

/** An id is one where the return URL's own reader takes it for one. */
function toKey(intent: string): LookupKey | undefined {
  return createStripe().readReturn(`https://shop.example/?${new URLSearchParams({ payment_intent: intent })}`)
    .key
}

/** An intent with its charge in full was looked up; elsewhere the charge is only named. */
async function readIntent(body: Fields) {
  if (isFields(body.latest_charge) && isText(body.id)) {
    return createStripe({ ...secrets, retries: 0, fetch: answerWith(body) }).lookup(body.id)
  }
  return createStripe().readResponse(body)
}

/** Of the intent in an error, the server's copy has the metadata; what the browser is shown does not. */
async function readError(body: Fields, error: Fields): ReturnType<Reading['readBody']> {
  const intent = error.payment_intent
  if (isFields(intent)) {
    if ('metadata' in intent) return { kind: 'report', report: await createStripe().readResponse(body) }
    return { kind: 'hint', hint: createStripe().readClientResult(body) }
  }
  const code = [error.decline_code, error.code, error.type].find(isText)
  return { kind: 'problem', what: 'an error that says nothing of a payment', code }
}
