import type { PaymentProvider, ProviderOptions } from '@payment-status/core'
import { defineProvider, inputError, readName, toSecrets } from '@payment-status/core/kit'
import { type AirwallexAccess, createApi } from './api.ts'
import { readClientResult, readReturn } from './hint.ts'
import { list, lookup, lookupByReference } from './lookup.ts'
import { readResponse } from './response.ts'
import { DEFAULT_TOLERANCE_IN_SECONDS, readWebhook } from './webhook.ts'

export interface AirwallexConfig<Name extends string = 'airwallex'>
  extends ProviderOptions<Name>,
    AirwallexAccess {
  /**
   * How many seconds old a webhook's signature may be. Default four days, because Airwallex may resend the first signature
   * for about three. 0 means 0, and `Infinity` means any age.
   */
  readonly toleranceSeconds?: number | undefined
}

export type AirwallexProvider<Name extends string = 'airwallex'> = PaymentProvider<Name>

/**
 * Creates Airwallex as a payment provider: five sources, one vocabulary. Throws `invalid_input` for a configuration that
 * cannot be right; an option that is missing fails at the call that needs it.
 *
 * @example
 * const airwallex = createAirwallex({
 *   clientId: process.env.AIRWALLEX_CLIENT_ID,
 *   apiKey: process.env.AIRWALLEX_API_KEY,
 * })
 * const { payment } = await airwallex.lookup('int_hkdmr7v9rg1j58ky8re')
 */
export function createAirwallex<const Name extends string = 'airwallex'>(
  config: AirwallexConfig<Name> = {},
): AirwallexProvider<NoInfer<Name>> {
  const name = readName(config, 'airwallex' as Name)
  const { toleranceSeconds = DEFAULT_TOLERANCE_IN_SECONDS, keepRaw, clock } = config
  if (!(Number.isInteger(toleranceSeconds) || toleranceSeconds === Infinity) || toleranceSeconds < 0) {
    throw inputError(name, 'toleranceSeconds must be a whole number from 0, or Infinity')
  }
  const context = { provider: name, keepRaw, clock, api: createApi(config, name) }
  const webhooks = { ...context, toleranceSeconds, secrets: toSecrets(config.webhookSecrets, name) }
  return defineProvider<AirwallexProvider<Name>>({
    name,
    readClientResult: (result) => readClientResult(result, name),
    readReturn: (url) => readReturn(url, name),
    readResponse: (body, sent) => readResponse(body, sent, context),
    readWebhook: (delivery, options) => readWebhook(delivery, webhooks, options),
    lookup: (id, options) => lookup(context, id, options),
    lookupByReference: (reference, options) => lookupByReference(context, reference, options),
    list: (range, options) => list(context, range, options),
  })
}
