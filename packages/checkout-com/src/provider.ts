import type { ListRange, PaymentProvider, PaymentReport, ProviderOptions } from '@payment-status/core'
import { defineProvider, readName, toSecrets } from '@payment-status/core/kit'
import { type CheckoutComAccess, createApi } from './api.ts'
import { checkChannel } from './channel.ts'
import { readClientResult, readReturn } from './hint.ts'
import { list } from './list.ts'
import {
  type CheckoutComListOptions,
  type CheckoutComLookupOptions,
  lookup,
  lookupByReference,
} from './lookup.ts'
import { readResponse } from './response.ts'
import { readWebhook } from './webhook.ts'

export interface CheckoutComConfig<Name extends string = 'checkout-com'>
  extends ProviderOptions<Name>,
    CheckoutComAccess {
  /** Exact `Authorization` header your workflow sends, where you configured one. It is checked with the signature. */
  readonly webhookAuthorization?: string | undefined
  /**
   * Processing channel of this shop (`pc_…`), where several shops share one account. A payment of another channel is
   * `unrelated` in a webhook, `not_found` in a lookup, and left out of lists.
   */
  readonly processingChannelId?: string | undefined
  /** Requests disputes too, in lookups and lists. Default false. */
  readonly withDisputes?: boolean | undefined
}

export interface CheckoutComProvider<Name extends string = 'checkout-com'> extends PaymentProvider<Name> {
  /** Reads the parsed body that answered a create call. */
  readResponse(body: unknown): Promise<PaymentReport>
  /** Looks up one payment by its `pay_` id or the `sid_` of its session; with its disputes where requested. */
  lookup(id: string, options?: CheckoutComLookupOptions): Promise<PaymentReport>
  /** Looks up all payments of one reference, newest first; with their disputes where requested. */
  lookupByReference(reference: string, options?: CheckoutComListOptions): Promise<readonly PaymentReport[]>
  /** Lists the payments created in `[from, to)`, and where requested those whose dispute changed in it. */
  list(range: ListRange, options?: CheckoutComListOptions): AsyncIterable<PaymentReport>
}

/**
 * Creates the provider for Checkout.com. Throws `invalid_input` for a configuration that is not valid. An option that is
 * missing fails at the call that needs it.
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
  const channel = checkChannel(config.processingChannelId, name)
  const base = { provider: name, clock, keepRaw, channel }
  const queries = { ...base, api: createApi(config, name), withDisputes: config.withDisputes === true }
  const webhooks = { ...base, authorization, secrets: toSecrets(config.webhookSecrets, name) }
  return defineProvider<CheckoutComProvider<Name>>({
    name,
    readClientResult: (result) => readClientResult(result, name),
    readReturn: (url) => readReturn(url, name),
    readResponse: (body) => readResponse(body, base),
    readWebhook: (delivery) => readWebhook(delivery, webhooks),
    lookup: (id, options) => lookup(queries, id, options),
    lookupByReference: (reference, options) => lookupByReference(queries, reference, options),
    list: (range, options) => list(queries, range, options),
  })
}
