import type { PaymentHint, PaymentProvider, PaymentReport, ProviderOptions } from '@payment-status/core'
import {
  defineProvider,
  inputError,
  isOneOf,
  isTimeZone,
  readName,
  toSecrets,
} from '@payment-status/core/kit'
import { createApi, type OnerwayAccess } from './api.ts'
import { readClientResult, readReturn } from './hint.ts'
import { type Integration, integrations } from './integrations.ts'
import { list } from './list.ts'
import { lookup, lookupByReference } from './lookup.ts'
import { type OnerwaySent, readResponse } from './response.ts'
import { readWebhook, type WebhookSignature, type WebhookTrust } from './webhook.ts'

export interface OnerwayConfig<Name extends string = 'onerway'> extends ProviderOptions<Name>, OnerwayAccess {
  /** Signs requests and verifies responses and webhooks. Several while it is rotated, the one to sign with first. */
  readonly secretKey: string | readonly (string | undefined)[] | undefined
  /** `direct`: the shop takes the card. `hosted`: Onerway's page or SDK does, and the shopper may try again there. */
  readonly integration: Integration
  /** Zone of times that state none, as an offset. Default `+08:00`. */
  readonly timeZone?: string | undefined
  /** Where the signature of a webhook is read. Default `either`: the header where there is one, else the body. */
  readonly webhookSignature?: WebhookSignature | undefined
  /**
   * How far webhooks are trusted. Default `recheck`: a webhook triggers a lookup. `believe` reports payments from webhooks
   * in which nothing is odd. Onerway's signature does not cover where a field ends, so the holder of one genuine webhook
   * can change what it says: choose `believe` only where no one else can reach your endpoint.
   */
  readonly webhooks?: WebhookTrust | undefined
  /**
   * Path of the refund query (`/v1/…`), from Onerway's own page on it. With it one request finds every refund of a
   * payment. Without it refunds are found by their own ids (webhooks, known operations) and by the period they happened in.
   */
  readonly refundQueryPath?: string | undefined
  /** Makes `list` ask for chargebacks too. Default `false`: Onerway has to permit the chargeback query first. */
  readonly chargebackQuery?: boolean | undefined
}

export interface OnerwayProvider<Name extends string = 'onerway'> extends PaymentProvider<Name> {
  /** Reads the answer to a create call, which may repeat neither its txnType nor its merchantTxnId: give what was sent. */
  readResponse(body: unknown, sent: OnerwaySent): Promise<PaymentReport | PaymentHint>
}

/**
 * Creates Onerway as a payment provider: five sources, and its transactions folded into payments. Throws `invalid_input`
 * for a configuration that is not valid. A missing option fails at the call that needs it.
 *
 * @example
 * const onerway = createOnerway({ merchantNo, secretKey, environment: 'sandbox', integration: 'direct' })
 * const { payment } = await onerway.lookup('1919652333131005952')
 */
export function createOnerway<const Name extends string = 'onerway'>(
  config: OnerwayConfig<Name>,
): OnerwayProvider<NoInfer<Name>> {
  const name = readName(config, 'onerway' as Name)
  const { integration, timeZone = '+08:00', webhookSignature = 'either', webhooks = 'recheck' } = config
  const { clock, keepRaw, merchantNo, refundQueryPath, chargebackQuery = false } = config
  const check = (holds: boolean, message: string) => {
    if (!holds) throw inputError(name, message)
  }
  check(isOneOf(['direct', 'hosted'], integration), "`integration` must be 'direct' or 'hosted'")
  check(isTimeZone(timeZone), '`timeZone` must be an offset such as +08:00')
  check(
    isOneOf(['either', 'header', 'body'], webhookSignature),
    "`webhookSignature` must be 'either', 'header' or 'body'",
  )
  check(isOneOf(['recheck', 'believe'], webhooks), "`webhooks` must be 'recheck' or 'believe'")
  check(
    refundQueryPath === undefined || /^\/[\w/.-]{1,100}$/.test(refundQueryPath),
    '`refundQueryPath` must be a path that begins with a slash',
  )
  check(typeof chargebackQuery === 'boolean', '`chargebackQuery` must be true or false')
  const secrets = toSecrets(config.secretKey, name)
  const ownWebhookSecrets = toSecrets(config.webhookSecrets, name)
  const reading = { provider: name, integration: integrations[integration], timeZone, clock, keepRaw }
  const deliveries = {
    ...reading,
    secrets: ownWebhookSecrets.length > 0 ? ownWebhookSecrets : secrets,
    webhookSignature,
    webhooks,
    merchantNo: merchantNo || undefined,
  }
  const queries = {
    ...reading,
    merchantNo,
    refundQueryPath,
    chargebackQuery,
    api: createApi(config, secrets, name),
  }
  return defineProvider<OnerwayProvider<Name>>({
    name,
    readClientResult: (result) => readClientResult(result, reading),
    readReturn: (url) => readReturn(url, reading),
    readResponse: (body, sent) => readResponse(body, sent, { ...reading, secrets }),
    readWebhook: (delivery) => readWebhook(delivery, deliveries),
    lookup: (id, options) => lookup(queries, id, options),
    lookupByReference: (reference, options) => lookupByReference(queries, reference, options),
    list: (range, options) => list(queries, range, options),
  })
}
