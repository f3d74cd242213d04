import type { ProviderOptions, RequestOptions } from '@payment-status/core'
import {
  createHttp,
  type ErrorDetails,
  type HttpReply,
  inputError,
  toBaseUrl,
  toLogSafeWord,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { errorSchema } from './schema.ts'

export interface StripeAccess {
  /** `sk_…`, or a restricted key `rk_…` that may read PaymentIntents, Charges and Refunds, Disputes, Reviews and Checkout Sessions. */
  readonly secretKey?: string | undefined
  /**
   * `Stripe-Version` of every request. Default `2026-07-29.dahlia`; must be `2025-03-31.basil` or later, because a partial
   * capture looked like a refund before.
   */
  readonly apiVersion?: string | undefined
}

export interface StripeApi {
  /** Sends a request. A parameter with several values is sent once for each. */
  get(
    path: string,
    query: Readonly<Record<string, string | readonly string[]>>,
    options?: RequestOptions,
  ): Promise<HttpReply>
}

const DEFAULT_API_VERSION = '2026-07-29.dahlia'
// https://docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow
const OLDEST_API_VERSION = '2025-03-31.basil'
const HOST = 'https://api.stripe.com'

const secretKeyPattern = /^[sr]k_\w+$/
const apiVersionPattern = /^\d{4}-\d{2}-\d{2}\.[a-z]+$/

/** Creates the client of Stripe's query API: host, authorization, version, errors. Throws `invalid_input` for a bad configuration. */
export function createApi(config: StripeAccess & ProviderOptions, provider: string): StripeApi {
  const { secretKey, apiVersion = DEFAULT_API_VERSION } = config
  if (secretKey && !secretKeyPattern.test(secretKey)) {
    throw inputError(
      provider,
      'secretKey must be a secret or restricted key: sk_ or rk_, then letters and digits',
    )
  }
  // Versions are dates, so they sort as text.
  if (!apiVersionPattern.test(apiVersion) || apiVersion.slice(0, 10) < OLDEST_API_VERSION.slice(0, 10)) {
    throw inputError(
      provider,
      `apiVersion must be ${OLDEST_API_VERSION} or later, because a partial capture looks like a refund before it`,
    )
  }
  const baseUrl = config.baseUrl ? toBaseUrl(config.baseUrl, provider) : HOST
  const send = createHttp({ ...config, provider, describeError })

  return {
    async get(path, query, options) {
      if (!secretKey)
        throw inputError(provider, 'secretKey is missing. Set it to a key (sk_… or rk_…) to look payments up')
      const headers = { authorization: `Bearer ${secretKey}`, 'stripe-version': apiVersion }
      const parameters = Object.entries(query).flatMap(([name, value]) =>
        [value].flat().map((one) => [name, one] as [string, string]),
      )
      const search = parameters.length === 0 ? '' : `?${new URLSearchParams(parameters)}`
      const url = `${baseUrl}${path}${search}`
      return send({ method: 'GET', url, headers }, options)
    },
  }
}

/** Returns whether a key reads live payments and not those of test mode, by its prefix (https://docs.stripe.com/keys). */
export function isLiveKey(secretKey: string | undefined): boolean {
  return /^[sr]k_(org_)?live_/.test(secretKey ?? '')
}

/** Reads `{ error: { type, code, decline_code } }` and `Request-Id`. The message is left out, because it can repeat the request. */
export function describeError(body: unknown, headers: Headers): ErrorDetails {
  const error = v.is(errorSchema, body) ? body.error : undefined
  const words = [error?.code, error?.decline_code, error?.type]
  return {
    providerCode: words.find((word) => isCode(word)) ?? undefined,
    requestId: headers.get('request-id') ?? undefined,
  }
}

/** Stripe's codes are words in snake case; any other text may hold a value. */
function isCode(word: string | null | undefined): boolean {
  return !!word && /^[a-z][a-z\d_]{0,63}$/.test(word) && toLogSafeWord(word) !== undefined
}
