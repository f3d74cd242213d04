import type { PaymentProvider, PaymentReport, ProviderOptions } from '@payment-status/core'
import { defineProvider, inputError, readName, toSecrets } from '@payment-status/core/kit'
import { createApi, isLiveKey, type StripeAccess } from './api.ts'
import { readClientResult, readReturn } from './hint.ts'
import { list, lookup, lookupByReference } from './lookup.ts'
import { readResponse } from './response.ts'
import { DEFAULT_TOLERANCE_IN_SECONDS, readWebhook } from './webhook.ts'

export interface StripeConfig<Name extends string = 'stripe'> extends ProviderOptions<Name>, StripeAccess {
  /** The metadata key you store your own id under. Default `order_id`. */
  readonly referenceKey?: string | undefined
  /** How many seconds old a webhook's signature may be. Default 300; 0 means 0, and `Infinity` any age. */
  readonly toleranceSeconds?: number | undefined
}

export interface StripeProvider<Name extends string = 'stripe'> extends PaymentProvider<Name> {
  /** Reads the parsed body that answered a create call. */
  readResponse(body: unknown): Promise<PaymentReport>
}

const DEFAULT_REFERENCE_KEY = 'order_id'
/** A metadata key has up to 40 characters and no brackets; quotes and backslashes would end the search's own. */
const referenceKeyPattern = /^[^'"\\[\]\p{Cc}]{1,40}$/u

/**
 * Stripe as a payment provider: five sources, one vocabulary. Throws `invalid_input` for a configuration that cannot be
 * right; what was not given fails at the call that needs it.
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
  if (typeof referenceKey !== 'string' || !referenceKeyPattern.test(referenceKey)) {
    throw inputError(name, 'referenceKey must be a metadata key, without quotes, brackets or backslashes')
  }
  if (!(Number.isInteger(toleranceSeconds) || toleranceSeconds === Infinity) || toleranceSeconds < 0) {
    throw inputError(name, 'toleranceSeconds must be a whole number from 0')
  }
  const { keepRaw, clock } = config
  const shared = { provider: name, referenceKey, keepRaw, clock }
  const context = { ...shared, api: createApi(config, name) }
  const secrets = toSecrets(config.webhookSecrets, name)
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
