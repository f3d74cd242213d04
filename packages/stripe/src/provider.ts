import type { PaymentProvider, PaymentReport, ProviderOptions } from '@payment-status/core'
import { defineProvider, inputError, readName } from '@payment-status/core/kit'
import { createApi, isLiveKey, type StripeAccess } from './api.ts'
import { readClientResult, readReturn } from './hint.ts'
import { list } from './list.ts'
import { lookup, lookupByReference } from './lookup.ts'
import { readResponse } from './response.ts'
import { toWebhookSecrets } from './secrets.ts'
import { checkShop, metadataKeyPattern, type StripeShop } from './shop.ts'
import { DEFAULT_TOLERANCE_IN_SECONDS } from './signature.ts'
import { readWebhook } from './webhook.ts'

export interface StripeConfig<Name extends string = 'stripe'> extends ProviderOptions<Name>, StripeAccess {
  /** Metadata key you store your own order id under. Default `order_id`. */
  readonly referenceKey?: string | undefined
  /**
   * Metadata entry of this shop, where several shops share one account: `{ key: 'shop', value: 'shop-a' }`. Set it in every
   * create call. A payment without it is another shop's: its webhook is `unrelated`, and no lookup returns it.
   */
  readonly shop?: StripeShop | undefined
  /** Seconds a webhook's signature may be old. Default 300; 0 means 0, and `Infinity` any age. */
  readonly toleranceSeconds?: number | undefined
}

export interface StripeProvider<Name extends string = 'stripe'> extends PaymentProvider<Name> {
  /** Reads the parsed body that answered a create call. */
  readResponse(body: unknown): Promise<PaymentReport>
}

const DEFAULT_REFERENCE_KEY = 'order_id'

/**
 * Creates the Stripe provider: five sources, one vocabulary. Throws `invalid_input` for a configuration that cannot be
 * right. A missing option fails at the call that needs it.
 *
 * @example
 * const stripe = createStripe({ secretKey: process.env.STRIPE_SECRET_KEY })
 * const { payment } = await stripe.lookup('pi_3MtwBwLkdIwHu7ix28a3tqPa')
 */
export function createStripe<const Name extends string = 'stripe'>(
  config: StripeConfig<Name> = {},
): StripeProvider<NoInfer<Name>> {
  const name = readName(config, 'stripe' as Name)
  const { referenceKey = DEFAULT_REFERENCE_KEY, toleranceSeconds = DEFAULT_TOLERANCE_IN_SECONDS } = config
  if (typeof referenceKey !== 'string' || !metadataKeyPattern.test(referenceKey)) {
    throw inputError(
      name,
      'referenceKey must be a metadata key of up to 40 characters, without quotes, brackets or backslashes',
    )
  }
  if (!(Number.isInteger(toleranceSeconds) || toleranceSeconds === Infinity) || toleranceSeconds < 0) {
    throw inputError(name, 'toleranceSeconds must be a whole number of seconds from 0, or Infinity')
  }
  const { keepRaw, clock } = config
  const shop = checkShop(config.shop, name)
  const shared = { provider: name, referenceKey, shop, keepRaw, clock }
  const context = { ...shared, api: createApi(config, name) }
  const secrets = toWebhookSecrets(config.webhookSecrets, name)
  const webhooks = { ...shared, toleranceSeconds, secrets, isLive: isLiveKey(config.secretKey) }
  return defineProvider<StripeProvider<Name>>({
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
