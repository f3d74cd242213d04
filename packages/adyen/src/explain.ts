/** Reads pasted Adyen payloads for `explain`. @module */
import { createAdyen, signWebhook } from '@payment-status/adyen'
import {
  explainWebhook,
  type Fields,
  hasPrefix,
  isFields,
  isText,
  type ProviderExplanation,
} from '@payment-status/core/kit'

/** Made-up key: it signs pasted text for our own reader and opens no account. */
const madeUpKey = '00'.repeat(32)

/** Without a configuration, an approval is read as a hold: no payload states how the account captures. */
const usual = { capture: 'manual', multipleCaptures: true } as const

export const adyenExplanation: ProviderExplanation = {
  provider: 'adyen',
  title: 'Adyen',
  ownsQuery: (query) => query.has('redirectResult') || query.has('sessionResult'),
  owns: (body) =>
    Array.isArray(body.notificationItems) ||
    isResult(body) ||
    isSession(body) ||
    isModification(body) ||
    isError(body),
  readReturn: (url) => ({ kind: 'hint', hint: createAdyen().readReturn(url) }),
  async readBody(body, options) {
    if (Array.isArray(body.notificationItems)) {
      const provider = createAdyen({ ...usual, webhookSecrets: madeUpKey, merchantAccount: accountsOf(body) })
      return explainWebhook(
        options,
        async () => provider.readWebhook(await signWebhook(options.rawBody, madeUpKey)),
        { isSignedInside: true },
      )
    }
    if (isError(body))
      return { kind: 'problem', what: 'an error that names no payment', code: String(body.errorCode) }
    if (isModification(body)) {
      const key = isText(body.paymentPspReference) ? { id: body.paymentPspReference } : undefined
      return { kind: 'operation', what: 'the answer to a capture, a cancellation or a refund', key }
    }
    if ('sessionResult' in body || 'sessionData' in body)
      return { kind: 'hint', hint: createAdyen().readClientResult(body) }
    const provider = options.configured ?? createAdyen(usual)
    const answer = await provider.readResponse(body, options.sent)
    return answer.evidence === 'hint' ? { kind: 'hint', hint: answer } : { kind: 'report', report: answer }
  },
}

function isResult(body: Fields): boolean {
  return isText(body.resultCode)
}

/** A session's id begins with CS and is followed by its data, its payments or its result. */
function isSession(body: Fields): boolean {
  return (
    hasPrefix(body.id, 'CS') && (isText(body.sessionData) || Array.isArray(body.payments) || 'status' in body)
  )
}

function isModification(body: Fields): boolean {
  return body.status === 'received' && isText(body.paymentPspReference)
}

function isError(body: Fields): boolean {
  return isText(body.errorCode) && isText(body.errorType)
}

function accountsOf(body: Fields): string[] {
  const items = Array.isArray(body.notificationItems) ? body.notificationItems : []
  return items.flatMap((entry) => {
    const item =
      isFields(entry) && isFields(entry.NotificationRequestItem) ? entry.NotificationRequestItem : {}
    return isText(item.merchantAccountCode) && /^[^\s:]+$/.test(item.merchantAccountCode)
      ? [item.merchantAccountCode]
      : []
  })
}
