import type { ProviderOptions, RequestOptions } from '@payment-status/core'
import {
  createHttp,
  type ErrorDetails,
  type HttpReply,
  inputError,
  PaymentError,
  toBaseUrl,
  untilAborted,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { errorSchema } from './schema.ts'

export interface CheckoutComAccess {
  /** Secret key (`sk_…`). Its shape states the environment and how it is sent. */
  readonly secretKey?: string | undefined
  /** Called before each request for an OAuth access token with the scope `gateway:payment-details`. */
  readonly accessToken?: (() => Promise<string>) | undefined
  /** Required with `accessToken`. With `secretKey` it follows from the key. */
  readonly environment?: 'sandbox' | 'production' | undefined
  /** Your account's own API host: the `prefix` of `https://{prefix}.api.checkout.com`. */
  readonly subdomain?: string | undefined
}

export interface CheckoutComApi {
  get(path: string, options?: RequestOptions): Promise<HttpReply>
  /** Sends a search. It only reads, so it may be retried. */
  post(path: string, body: unknown, options?: RequestOptions): Promise<HttpReply>
}

type Environment = NonNullable<CheckoutComAccess['environment']>

const TOKEN_TIMEOUT_IN_MILLISECONDS = 10_000

/** A key of the previous platform holds a GUID and is sent without `Bearer`. */
const previousPlatformPattern = /^sk_(test_)?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
const secretKeyPattern = /^sk_[\w*#$=-]+$/

/** Creates the client of Checkout.com's query API. Throws `invalid_input` for a configuration that is not valid. */
export function createApi(config: CheckoutComAccess & ProviderOptions, provider: string): CheckoutComApi {
  const { secretKey, accessToken, subdomain } = config
  if (secretKey && !secretKeyPattern.test(secretKey)) {
    throw inputError(provider, 'secretKey must be a secret key (sk_…)')
  }
  if (subdomain && !/^[a-z\d][a-z\d-]*$/i.test(subdomain)) {
    throw inputError(provider, 'subdomain must be the prefix of your API host: letters, digits and hyphens')
  }
  const environment = findEnvironment(config, provider)
  const baseUrl = config.baseUrl
    ? toBaseUrl(config.baseUrl, provider)
    : environment && toHost(environment, subdomain)
  const send = createHttp({ ...config, provider, describeError })

  async function authorize(signal: AbortSignal | undefined): Promise<string> {
    if (accessToken) return `Bearer ${await readToken(accessToken, signal, provider)}`
    if (!secretKey)
      throw inputError(provider, '`secretKey` is missing. Set CKO_SECRET_KEY, or give `accessToken`')
    return previousPlatformPattern.test(secretKey) ? secretKey : `Bearer ${secretKey}`
  }

  async function request(
    {
      method,
      path,
      body,
      headers,
    }: { method: 'GET' | 'POST'; path: string; body?: string; headers?: Record<string, string> },
    options: RequestOptions | undefined,
  ): Promise<HttpReply> {
    const authorization = await authorize(options?.signal)
    if (!baseUrl)
      throw inputError(
        provider,
        "`environment` is missing. With `accessToken`, give 'sandbox' or 'production', or `baseUrl`",
      )
    return send({ method, url: baseUrl + path, headers: { ...headers, authorization }, body }, options)
  }

  return {
    get: (path, options) => request({ method: 'GET', path }, options),
    post: (path, body, options) =>
      request(
        {
          method: 'POST',
          path,
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        },
        options,
      ),
  }
}

/** Reads `{ request_id, error_type, error_codes }`; the body may be empty on 401, 404 and 502. */
export function describeError(body: unknown, headers: Headers): ErrorDetails {
  const error = v.is(errorSchema, body) ? body : undefined
  return {
    providerCode: error?.error_codes?.[0] ?? error?.error_type ?? undefined,
    requestId: headers.get('cko-request-id') ?? error?.request_id ?? undefined,
  }
}

function toHost(environment: Environment, subdomain: string | undefined): string {
  const prefix = subdomain ? `${subdomain}.` : ''
  return environment === 'sandbox'
    ? `https://${prefix}api.sandbox.checkout.com`
    : `https://${prefix}api.checkout.com`
}

function findEnvironment(
  { secretKey, environment }: CheckoutComAccess,
  provider: string,
): Environment | undefined {
  if (!secretKey) return environment
  const ofKey = /^sk_(sbox|test)_/.test(secretKey) ? 'sandbox' : 'production'
  if (environment && environment !== ofKey) {
    throw inputError(
      provider,
      `\`secretKey\` belongs to the ${ofKey} environment, but \`environment\` names the other one. Leave \`environment\` out`,
    )
  }
  return ofKey
}

async function readToken(
  accessToken: () => Promise<string>,
  signal: AbortSignal | undefined,
  provider: string,
): Promise<string> {
  signal?.throwIfAborted()
  let token: unknown
  try {
    // Without a token there is no answer from the provider.
    const timeout = AbortSignal.timeout(TOKEN_TIMEOUT_IN_MILLISECONDS)
    const limits = signal ? AbortSignal.any([signal, timeout]) : timeout
    token = await untilAborted(Promise.resolve(accessToken()), limits)
  } catch {
    signal?.throwIfAborted()
    throw new PaymentError({
      code: 'unavailable',
      provider,
      message: 'accessToken() failed',
    })
  }
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token
  throw inputError(provider, '`accessToken` must resolve to a token')
}
