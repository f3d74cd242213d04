import type { PaymentProvider, ProviderOptions } from '@payment-status/core'
import { defineProvider, inputError, isOneOf, readName } from '@payment-status/core/kit'
import { readClientResult, readReturn } from './hint.ts'
import { readResponse } from './response.ts'
import { type BasicAuth, toKeys } from './signature.ts'
import { type AdyenCaptureMode, adyenCaptureModes } from './vocabulary.ts'
import { readWebhook, type WebhookContext } from './webhook.ts'

export interface AdyenConfig<Name extends string = 'adyen'> extends ProviderOptions<Name> {
  /** Code of your merchant account, or several. A webhook of another account is unrelated. */
  readonly merchantAccount?: string | readonly (string | undefined)[] | undefined
  /**
   * How your merchant account captures, or a function of the order's reference that returns it, where requests override the
   * account's setting. No webhook states it, so it has no default.
   */
  readonly capture?: AdyenCaptureMode | ((reference: string | undefined) => AdyenCaptureMode) | undefined
  /** True where several captures of one payment are enabled. Without them, a part capture releases the rest. No default. */
  readonly multipleCaptures?: boolean | undefined
  /** Environment of the webhooks. One of the other environment is `unreadable`. Default: both are read. */
  readonly environment?: 'test' | 'live' | undefined
  /** Username and password that the webhook is configured with. Deliveries without them are refused. */
  readonly basicAuth?: BasicAuth | undefined
  /**
   * Payment methods that are paid at once although the account captures later, such as `ideal`. `paymentMethod` is not signed,
   * so this requires `basicAuth`.
   */
  readonly immediateMethods?: readonly string[] | undefined
  /** Query parameter of your `returnUrl` that holds the order's reference: Adyen's own parameters name no payment. */
  readonly returnParameter?: string | undefined
}

export type AdyenProvider<Name extends string = 'adyen'> = PaymentProvider<Name>

/**
 * Creates Adyen as a payment provider. Adyen cannot be asked for the status of a payment: lookups and lists reject with
 * `unsupported`, and everything is learned from webhooks and responses. Throws `invalid_input` for a configuration that cannot
 * be right; an option that is missing fails at the call that needs it.
 *
 * @example
 * const adyen = createAdyen({
 *   merchantAccount: 'ExampleShopECOM',
 *   webhookSecrets: process.env.ADYEN_HMAC_KEY,
 *   capture: 'immediate',
 * })
 * const event = await adyen.readWebhook({ rawBody, headers })
 */
export function createAdyen<const Name extends string = 'adyen'>(
  config: AdyenConfig<Name> = {},
): AdyenProvider<NoInfer<Name>> {
  const name = readName(config, 'adyen' as Name)
  const context = toContext(config, name)
  const { returnParameter } = config
  const none = async (): Promise<never> => {
    throw inputError(name, 'Adyen has no such query')
  }
  return defineProvider<AdyenProvider<Name>>({
    name,
    answers: { lookup: 'none', byReference: 'none', list: 'none' },
    readClientResult: (result) => readClientResult(result, name),
    readReturn: (url) => readReturn(url, { provider: name, returnParameter }),
    readResponse: (body, sent) => readResponse(body, sent, context),
    readWebhook: (delivery) => readWebhook(delivery, context),
    lookup: none,
    lookupByReference: none,
    list: () => ({ [Symbol.asyncIterator]: () => ({ next: none }) }),
  })
}

function toContext(config: AdyenConfig<string>, provider: string): WebhookContext {
  const { capture, multipleCaptures, environment, basicAuth, immediateMethods = [], keepRaw, clock } = config
  const given = Array.isArray(config.merchantAccount) ? config.merchantAccount : [config.merchantAccount]
  const merchantAccounts = given.filter((account) => account !== undefined && account !== '') as string[]
  if (!merchantAccounts.every((account) => typeof account === 'string' && /^[^\s:]+$/.test(account)))
    throw inputError(provider, 'merchantAccount must be the code of an account, without colons and spaces')
  if (capture !== undefined && typeof capture !== 'function' && !isOneOf(adyenCaptureModes, capture))
    throw inputError(
      provider,
      "capture must be 'immediate', 'delayed' or 'manual', or a function that returns one",
    )
  if (multipleCaptures !== undefined && typeof multipleCaptures !== 'boolean')
    throw inputError(provider, 'multipleCaptures must be true or false')
  if (environment !== undefined && environment !== 'test' && environment !== 'live')
    throw inputError(provider, "environment must be 'test' or 'live'")
  if (basicAuth !== undefined && !(isFilled(basicAuth?.username) && isFilled(basicAuth.password)))
    throw inputError(provider, 'basicAuth must be { username, password }, two texts that are not empty')
  if (!Array.isArray(immediateMethods) || !immediateMethods.every(isFilled))
    throw inputError(provider, 'immediateMethods must be a list of payment methods')
  if (immediateMethods.length > 0 && !basicAuth)
    throw inputError(provider, 'immediateMethods requires basicAuth, because `paymentMethod` is not signed')
  const keys = toKeys(config.webhookSecrets, provider)
  return {
    provider,
    keys,
    merchantAccounts,
    capture,
    multipleCaptures,
    environment,
    basicAuth,
    immediateMethods,
    keepRaw,
    clock,
  }
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
