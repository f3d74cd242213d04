/** Reads pasted Airwallex payloads for `explain`. @module */
import { createAirwallex, signWebhook } from '@payment-status/airwallex'
import type { PaymentReport } from '@payment-status/core'
import {
  type ExplainReadOptions,
  explainRows,
  explainWebhook,
  type Fields,
  type Finding,
  hasPrefix,
  isFields,
  isText,
  type ProviderExplanation,
} from '@payment-status/core/kit'

/** Made-up secret: it signs pasted text for our own reader and opens no account. */
const secrets = { webhookSecrets: 'whk_made_up_to_read' } as const

/** Objects that belong to a payment, by the prefix of their ids. */
const related = { att_: 'a payment attempt', rfd_: 'a refund', dst_: 'a dispute' } as const

export const airwallexExplanation: ProviderExplanation = {
  provider: 'airwallex',
  title: 'Airwallex',
  ownsQuery: (query) => query.has('payment_intent_id') || query.has('intent_id'),
  owns: (body) =>
    hasPrefix(body.id, 'int_', ...Object.keys(related)) ||
    isEvent(body) ||
    isFields(body.detail) ||
    Array.isArray(body.items) ||
    isError(body),
  readReturn: (url) => ({ kind: 'hint', hint: createAirwallex().readReturn(url) }),
  async readBody(body, options) {
    if (isFields(body.detail)) return { kind: 'hint', hint: createAirwallex().readClientResult(body) }
    if (isEvent(body)) {
      const provider = createAirwallex(secrets)
      return explainWebhook(options, async () =>
        provider.readWebhook(await signWebhook(options.rawBody, secrets.webhookSecrets)),
      )
    }
    if (Array.isArray(body.items)) return explainRows(body.items, readIntent)
    if (isError(body)) return readError(body, options)
    if (hasPrefix(body.id, 'int_')) return { kind: 'report', report: await readIntent(body) }
    const [, what = 'another object'] =
      Object.entries(related).find(([prefix]) => hasPrefix(body.id, prefix)) ?? []
    const { key } = createAirwallex().readReturn(
      `/?${new URLSearchParams({ payment_intent_id: String(body.payment_intent_id ?? '') })}`,
    )
    if (what === 'a refund') return { kind: 'operation', what, key }
    return { kind: 'problem', what: `${what}, not a PaymentIntent`, key }
  },
}

function isEvent(body: Fields): boolean {
  return isText(body.name) && isFields(body.data) && isText(body.id) && !('object' in body)
}

/** Every error states a code, and a source or a trace id with it. */
function isError(body: Fields): boolean {
  return isText(body.code) && ('trace_id' in body || 'source' in body) && !('id' in body)
}

async function readIntent(body: Fields): Promise<PaymentReport> {
  const answer = await createAirwallex().readResponse(body)
  if (answer.evidence === 'report') return answer
  throw new TypeError('a row must be a PaymentIntent')
}

/** An error names no payment; with the request that it answered, the reader finds one. */
async function readError(body: Fields, { sent }: ExplainReadOptions): Promise<Finding> {
  const code = isText(body.code) ? body.code : undefined
  try {
    const answer = await createAirwallex().readResponse(body, sent)
    return answer.evidence === 'hint' ? { kind: 'hint', hint: answer } : { kind: 'report', report: answer }
  } catch {
    return { kind: 'problem', what: 'an error that names no payment', code }
  }
}
