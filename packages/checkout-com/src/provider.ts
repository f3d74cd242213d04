import type { PaymentProvider, PaymentReport, ProviderOptions } from '@payment-status/core'
import { defineProvider, readName, toSecrets } from '@payment-status/core/kit'
import { type CheckoutComAccess, createApi } from './api.ts'
import { readClientResult, readReturn } from './hint.ts'
import { list, lookup, lookupByReference } from './lookup.ts'
import { readResponse } from './response.ts'
import { readWebhook } from './webhook.ts'

export interface CheckoutComConfig<Name extends string = 'checkout-com'>
  extends ProviderOptions<Name>,
    CheckoutComAccess {
  /** The exact `Authorization` header your workflow sends, where you gave it one; checked beside the signature. */
  readonly webhookAuthorization?: string | undefined
}

export interface CheckoutComProvider<Name extends string = 'checkout-com'> extends PaymentProvider<Name> {
  /** Reads the parsed body that answered a create call. */
  readResponse(body: unknown): Promise<PaymentReport>
}

/**
 * Checkout.com as a payment provider: five sources, one vocabulary. Throws `invalid_input` for a configuration that
 * cannot be right; what was not given fails at the call that needs it.
 *
 * @example
 * const checkout = createCheckoutCom({ secretKey: process.env.CKO_SECRET_KEY })
 * const { payment } = await checkout.lookup('sid_dszjr3brue6epfvlvyq4lv6okm')
 */
export function createCheckoutCom<const Name extends string = 'checkout-com'>(
  config: CheckoutComConfig<Name> = {},
): CheckoutComProvider<NoInfer<Name>> {
  const name = readName(config, 'checkout-com' as Name)
  const { clock, keepRaw, webhookAuthorization: authorization } = config
  const context = { provider: name, clock, keepRaw, api: createApi(config, name) }
  const webhooks = { ...context, authorization, secrets: toSecrets(config.webhookSecrets, name) }
  return defineProvider<CheckoutComProvider<Name>>({
    name,
    readClientResult: (result) => readClientResult(result, name),
    readReturn: (url) => readReturn(url, name),
    readResponse: (body) => readResponse(body, context),
    readWebhook: (delivery) => readWebhook(delivery, webhooks),
    lookup: (id, options) => lookup(context, id, options),
    lookupByReference: (reference, options) => lookupByReference(context, reference, options),
    list: (range, options) => list(context, range, options),
  })
}
