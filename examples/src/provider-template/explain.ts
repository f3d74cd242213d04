/** Reads pasted Acme Pay payloads for `explain`. @module */
import type { PaymentReport } from '@payment-status/core'
import {
  explainRows,
  explainWebhook,
  type Fields,
  hasPrefix,
  isFields,
  isText,
  type ProviderExplanation,
} from '@payment-status/core/kit'
import { createAcmePay, signWebhook } from './index.ts'

/** Made-up secret: it signs pasted text for our own reader and opens no account. */
const secrets = { webhookSecrets: 'made-up-to-read' } as const

export const acmePayExplanation: ProviderExplanation = {
  provider: 'acme-pay',
  title: 'Acme Pay',
  ownsQuery: (query) => hasPrefix(query.get('charge'), 'chg_'),
  owns: (body) =>
    isCharge(body) || isEvent(body) || (Array.isArray(body.items) && body.items.every(isCharge)),
  readReturn: (url) => ({ kind: 'hint', hint: createAcmePay().readReturn(url) }),
  async readBody(body, options) {
    if (isEvent(body)) {
      return explainWebhook(options, async () =>
        createAcmePay(secrets).readWebhook(await signWebhook(options.rawBody, secrets.webhookSecrets)),
      )
    }
    if (Array.isArray(body.items)) return explainRows(body.items, readCharge)
    return { kind: 'report', report: await readCharge(body) }
  },
}

/** Claims only shapes that no other provider sends: the prefix of an id together with a member of its own. */
function isCharge(body: unknown): boolean {
  return isFields(body) && hasPrefix(body.id, 'chg_') && isText(body.state)
}

function isEvent(body: Fields): boolean {
  return isText(body.event) && isCharge(body.charge)
}

async function readCharge(body: Fields): Promise<PaymentReport> {
  const answer = await createAcmePay().readResponse(body)
  if (answer.evidence === 'report') return answer
  throw new TypeError('a row must be a charge')
}
