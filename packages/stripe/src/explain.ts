/** Reads pasted Stripe payloads for `explain`. @module */
import type { LookupKey } from '@payment-status/core'
import {
  answerWith,
  explainRows,
  explainWebhook,
  type Fields,
  type Finding,
  isFields,
  isText,
  type ProviderExplanation,
} from '@payment-status/core/kit'
import { createStripe, signWebhook } from '@payment-status/stripe'

/** Made-up secrets: they sign pasted text for our own reader and open no account. */
const secrets = { secretKey: 'sk_test_madeUpToRead', webhookSecrets: 'whsec_madeUpToRead' } as const

export const stripeExplanation: ProviderExplanation = {
  provider: 'stripe',
  title: 'Stripe',
  ownsQuery: (query) =>
    query.has('payment_intent') ||
    query.has('redirect_status') ||
    query.getAll('session_id').some((id) => id.startsWith('cs_')),
  // Every object of Stripe's API names its kind in `object`.
  owns: (body) =>
    /^[a-z]\w*(\.\w+)*$/.test(isText(body.object) ? body.object : '') ||
    (isFields(body.error) && hasErrorType(body.error)) ||
    isFields(body.paymentIntent) ||
    isFields(body.setupIntent),
  readReturn: (url) => ({ kind: 'hint', hint: createStripe().readReturn(url) }),
  async readBody(body, options) {
    if (isFields(body.paymentIntent)) return { kind: 'hint', hint: createStripe().readClientResult(body) }
    if (isFields(body.error)) return readError(body, body.error)
    if (body.object === 'event' || body.object === 'v2.core.event') {
      const provider = createStripe(secrets)
      return explainWebhook(options, async () =>
        provider.readWebhook(await signWebhook(options.rawBody, secrets.webhookSecrets)),
      )
    }
    if (Array.isArray(body.data)) {
      const kinds = new Set(body.data.map(nameOf))
      if (kinds.size === 0 || kinds.has('payment_intent')) return explainRows(body.data, readIntent)
      const names = [...kinds].join(', ').replaceAll('_', ' ')
      return { kind: 'problem', what: `a list of ${names} objects, not of PaymentIntents` }
    }
    if (body.object === 'payment_intent') return { kind: 'report', report: await readIntent(body) }
    const intent = isFields(body.payment_intent) ? body.payment_intent.id : body.payment_intent
    const key = isText(intent) ? toKey(intent) : undefined
    if (body.object === 'refund') return { kind: 'operation', what: 'a refund', key }
    return { kind: 'problem', what: `a ${nameOf(body).replaceAll('_', ' ')}, not a PaymentIntent`, key }
  },
}

function nameOf(row: unknown): string {
  return isFields(row) && isText(row.object) ? row.object : 'other'
}

/** Returns a key if the reader of return URLs accepts the id. */
function toKey(intent: string): LookupKey | undefined {
  return createStripe().readReturn(`https://shop.example/?${new URLSearchParams({ payment_intent: intent })}`)
    .key
}

/** Only a lookup's answer holds the whole charge; elsewhere the charge is an id. */
async function readIntent(body: Fields) {
  if (isFields(body.latest_charge) && isText(body.id)) {
    return createStripe({ ...secrets, retries: 0, fetch: answerWith(body) }).lookup(body.id)
  }
  return createStripe().readResponse(body)
}

/** The intent in an error has metadata on the server, and none in the browser. */
async function readError(body: Fields, error: Fields): Promise<Finding> {
  const intent = error.payment_intent
  if (isFields(intent)) {
    if ('metadata' in intent) return { kind: 'report', report: await createStripe().readResponse(body) }
    return { kind: 'hint', hint: createStripe().readClientResult(body) }
  }
  const code = [error.decline_code, error.code, error.type].find(isText)
  return { kind: 'problem', what: 'an error that names no payment', code }
}

/** Every error of the API and of Stripe.js states a type that ends in `_error`, unless it names an intent. */
function hasErrorType({ type, payment_intent, setup_intent }: Fields): boolean {
  return (isText(type) && type.endsWith('_error')) || isFields(payment_intent) || isFields(setup_intent)
}
