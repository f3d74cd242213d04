import type { PaymentProvider, ProviderAnswers, ProviderOptions } from '@payment-status/core'
import { defineProvider, inputError, isOneOf, readName, toSecrets } from '@payment-status/core/kit'
import { createApi, type PayPalAccess } from './api.ts'
import { createCertificates } from './certificates.ts'
import { readClientResult, readReturn } from './hint.ts'
import { list } from './list.ts'
import { lookup } from './lookup.ts'
import { readResponse } from './response.ts'
import { DEFAULT_TOLERANCE_IN_SECONDS } from './verify.ts'
import { readWebhook } from './webhook.ts'

export interface PayPalConfig<Name extends string = 'paypal'>
  extends Omit<ProviderOptions<Name>, 'webhookSecrets'>,
    PayPalAccess {
  /** Id of the webhook in the app's settings, which its signatures cover; several for several webhooks. It is no secret. */
  readonly webhookId?: string | readonly (string | undefined)[] | undefined
  /**
   * Way to verify webhooks. `certificate`, the default: with the certificate that a webhook names at PayPal's host.
   * `postback`: PayPal verifies each webhook by a request, which needs the credentials.
   */
  readonly verification?: 'certificate' | 'postback' | undefined
  /**
   * How many seconds old a webhook's transmission may be. Default four days, because PayPal may resend the first signature
   * for three. 0 means 0, and `Infinity` means any age.
   */
  readonly toleranceSeconds?: number | undefined
  /** Field of a purchase unit that holds your reference. Default `custom_id`. */
  readonly referenceField?: 'custom_id' | 'invoice_id' | undefined
}

export type PayPalProvider<Name extends string = 'paypal'> = PaymentProvider<Name>

/** PayPal has no filter by the merchant's own ids. */
const answers: ProviderAnswers = { lookup: 'asked', byReference: 'none', list: 'asked' }

/** The id that PayPal's webhook simulator signs its mock events for: every account can send them. */
const MOCK_WEBHOOK_ID = 'WEBHOOK_ID'

/**
 * Creates PayPal as a payment provider: five sources, one vocabulary. The order is the payment. Throws `invalid_input` for a
 * configuration that cannot be right; an option that is missing fails at the call that needs it.
 *
 * @example
 * const paypal = createPayPal({
 *   environment: 'production',
 *   clientId: process.env.PAYPAL_CLIENT_ID,
 *   clientSecret: process.env.PAYPAL_CLIENT_SECRET,
 * })
 * const { payment } = await paypal.lookup('5O190127TN364715T')
 */
export function createPayPal<const Name extends string = 'paypal'>(
  config: PayPalConfig<Name>,
): PayPalProvider<NoInfer<Name>> {
  const name = readName(config, 'paypal' as Name)
  const { toleranceSeconds = DEFAULT_TOLERANCE_IN_SECONDS, verification = 'certificate' } = config
  const { keepRaw, clock, environment, referenceField = 'custom_id' } = config
  if (!(Number.isInteger(toleranceSeconds) || toleranceSeconds === Infinity) || toleranceSeconds < 0) {
    throw inputError(name, 'toleranceSeconds must be a whole number from 0, or Infinity')
  }
  if (!isOneOf(['certificate', 'postback'], verification)) {
    throw inputError(name, "verification must be 'certificate' or 'postback'")
  }
  if (!isOneOf(['custom_id', 'invoice_id'], referenceField)) {
    throw inputError(name, "referenceField must be 'custom_id' or 'invoice_id'")
  }
  if ((config as ProviderOptions).webhookSecrets !== undefined) {
    throw inputError(name, 'webhookSecrets must be left out: PayPal has none. Set webhookId instead.')
  }
  const webhookIds = toWebhookIds(config.webhookId, name)
  const api = createApi(config, name)
  const context = { provider: name, referenceField, keepRaw, clock, api }
  const certificates = createCertificates({ provider: name, api, environment, clock })
  const webhooks = { ...context, certificates, webhookIds, verification, toleranceSeconds }
  return defineProvider<PayPalProvider<Name>>({
    name,
    answers,
    readClientResult: (result) => readClientResult(result, name),
    readReturn: (url) => readReturn(url, name),
    readResponse: (body, sent) => readResponse(body, sent, context),
    readWebhook: (delivery, options) => readWebhook(delivery, webhooks, options),
    lookup: (id, options) => lookup(context, id, options),
    lookupByReference: async () => [], // never called: `answers` excludes it
    list: (range, options) => list(context, range, options),
  })
}

function toWebhookIds(webhookId: PayPalConfig['webhookId'], provider: string): readonly string[] {
  const ids = toSecrets(webhookId, provider).map((id) => id.trim())
  if (ids.some((id) => !/^[\w-]{1,64}$/.test(id) || id === MOCK_WEBHOOK_ID)) {
    throw inputError(provider, "webhookId must be the id of a webhook in the app's settings")
  }
  return ids
}
