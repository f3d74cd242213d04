/** The configuration, and `createAcmePay`. @module */
import type { PaymentProvider, ProviderOptions } from '@payment-status/core'
import { defineProvider, readName, toSecrets } from '@payment-status/core/kit'
import { createApi } from './api.ts'
import { readClientResult, readReturn } from './hint.ts'
import { createLookups } from './lookup.ts'
import { readResponse } from './response.ts'
import { readWebhook } from './webhook.ts'

/** Configuration of Acme Pay. */
export interface AcmePayConfig<Name extends string = string> extends ProviderOptions<Name> {
  /** Key of the query API. Without it, webhooks are read and nothing is looked up. */
  readonly apiKey?: string | undefined
}

/** Acme Pay as a provider. */
export type AcmePayProvider<Name extends string = string> = PaymentProvider<Name>

/**
 * Creates the provider Acme Pay.
 *
 * @example
 * const acmePay = createAcmePay({ apiKey, webhookSecrets })
 */
export function createAcmePay<const Name extends string = 'acme-pay'>(
  config: AcmePayConfig<Name> = {},
): AcmePayProvider<Name> {
  const provider = readName<Name>(config, 'acme-pay' as Name)
  const { clock, keepRaw } = config
  const context = { provider, clock, keepRaw, secrets: toSecrets(config.webhookSecrets, provider) }
  return defineProvider<AcmePayProvider<Name>>({
    name: provider,
    readClientResult: () => readClientResult(provider),
    readReturn: (url) => readReturn(url, provider),
    readResponse: (body) => readResponse(body, context),
    readWebhook: (delivery) => readWebhook(delivery, context),
    ...createLookups(createApi(provider, config), context),
  })
}
