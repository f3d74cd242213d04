import type { PaymentProvider, PaymentReport, ProviderOptions } from '@payment-status/core'
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
import { list, lookup, lookupByReference } from './lookup.ts'
import { type OnerwaySent, readResponse } from './response.ts'
import type { Integration } from './status.ts'
import { readWebhook, type WebhookSignature, type WebhookTrust } from './webhook.ts'

export interface OnerwayConfig<Name extends string = 'onerway'> extends ProviderOptions<Name>, OnerwayAccess {
  /** Signs questions and verifies answers; several while it is being rotated, the one to sign with first. */
  readonly secretKey: string | readonly (string | undefined)[] | undefined
  /** Whether a refused attempt can be tried again on the provider's page (`hosted`) or not (`direct`): it decides what F means. */
  readonly integration: Integration
  /** The zone of times that carry none: `+08:00` (the default) and the like. */
  readonly timeZone?: string | undefined
  /** Where a webhook's signature is looked for. Default `either`: the header when it is there, else the body. */
  readonly webhookSignature?: WebhookSignature | undefined
  /**
   * What a webhook is taken for. Default `recheck`: a bell, and the query says what is true. `believe` reports payments from
   * webhooks in which nothing is odd. Onerway's signature does not pin down what a webhook says, so whoever holds one
   * genuine webhook can make it say something else: believe them only where nobody else can send any.
   */
  readonly webhooks?: WebhookTrust | undefined
  /**
   * The path of the refund query (`/v1/…`), from Onerway's own page on it. With it one request finds every refund of a
   * payment; without it they are found by their own ids (webhooks, known steps) and in the period they happened in.
   */
  readonly refundQueryPath?: string | undefined
}

export interface OnerwayProvider<Name extends string = 'onerway'> extends PaymentProvider<Name> {
  /** The answer to a create call holds neither its txnType nor its merchantTxnId: give it what was sent. */
  readResponse(body: unknown, sent: OnerwaySent): Promise<PaymentReport>
}

/**
 * Onerway as a payment provider: five sources, and its transactions folded into payments. Throws `invalid_input` for a
 * configuration that cannot be right; what was not given fails at the call that needs it.
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
  const { clock, keepRaw, merchantNo, refundQueryPath } = config
  check(
    integration === 'direct' || integration === 'hosted',
    name,
    "integration must be 'direct' or 'hosted'",
  )
  check(isTimeZone(timeZone), name, 'timeZone must be an offset such as +08:00')
  check(
    isOneOf(['either', 'header', 'body'], webhookSignature),
    name,
    "webhookSignature must be 'either', 'header' or 'body'",
  )
  check(webhooks === 'recheck' || webhooks === 'believe', name, "webhooks must be 'recheck' or 'believe'")
  check(
    refundQueryPath === undefined || /^\/[\w/.-]{1,100}$/.test(refundQueryPath),
    name,
    'refundQueryPath must be a path that begins with a slash',
  )
  const secrets = toSecrets(config.secretKey, name)
  const ownWebhookSecrets = toSecrets(config.webhookSecrets, name)
  const fold = { provider: name, integration, timeZone, clock, keepRaw }
  const deliveries = {
    ...fold,
    secrets: ownWebhookSecrets.length > 0 ? ownWebhookSecrets : secrets,
    webhookSignature,
    webhooks,
    merchantNo,
  }
  const questions = { ...fold, refundQueryPath, api: createApi(config, secrets, name) }
  return defineProvider<OnerwayProvider<Name>>({
    name,
    readClientResult: (result) => readClientResult(result, fold),
    readReturn: (url) => readReturn(url, fold),
    readResponse: (body, sent) => readResponse(body, sent, { ...fold, secrets }),
    readWebhook: (delivery) => readWebhook(delivery, deliveries),
    lookup: (id, options) => lookup(questions, id, options),
    lookupByReference: (reference, options) => lookupByReference(questions, reference, options),
    list: (range, options) => list(questions, range, options),
  })
}

function check(holds: boolean, provider: string, message: string): void {
  if (!holds) throw inputError(provider, message)
}
