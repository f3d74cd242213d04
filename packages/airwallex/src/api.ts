import type { PaymentErrorCode, ProviderOptions, RequestOptions } from '@payment-status/core'
import {
  type AccessToken,
  createAccessToken,
  createHttp,
  type ErrorDetails,
  type HttpReply,
  inputError,
  parse,
  payloadError,
  toBaseUrl,
  toInstant,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { errorSchema, loginSchema } from './schema.ts'

export interface AirwallexAccess {
  /** Client id and API key of the account: each lookup uses a token that both are exchanged for. */
  readonly clientId?: string | undefined
  readonly apiKey?: string | undefined
  /** Host the keys belong to; a key does not show it. Default `production`. */
  readonly environment?: 'sandbox' | 'production' | undefined
  /** Version every request is sent with (`x-api-version`). Default `2025-06-30`. */
  readonly apiVersion?: string | undefined
  /** Account to log in as (`x-login-as`), where a key may use several accounts. */
  readonly loginAs?: string | undefined
  /** Connected account to request for (`x-on-behalf-of`), for platforms. */
  readonly onBehalfOf?: string | undefined
}

export interface AirwallexApi {
  readonly hasCredentials: boolean
  get(path: string, query?: Readonly<Record<string, string>>, options?: RequestOptions): Promise<HttpReply>
}

const DEFAULT_API_VERSION = '2025-06-30'
const hosts = {
  production: 'https://api.airwallex.com',
  sandbox: 'https://api-demo.airwallex.com',
} as const
const LOGIN = '/api/v1/authentication/login'

/** Visible ASCII: what an HTTP header can hold. */
const headerPattern = /^[\x21-\x7e]+$/

/**
 * Creates a client for Airwallex's query API: host, access token, version, errors. Throws `invalid_input` for a
 * configuration that cannot be right.
 */
export function createApi(config: AirwallexAccess & ProviderOptions, provider: string): AirwallexApi {
  const { environment = 'production', apiVersion = DEFAULT_API_VERSION, clock } = config
  const { clientId, apiKey, loginAs, onBehalfOf } = config
  for (const [name, value] of Object.entries({ clientId, apiKey, loginAs, onBehalfOf })) {
    if (value && !headerPattern.test(value)) {
      throw inputError(provider, `${name} must be a text of visible ASCII characters without spaces`)
    }
  }
  if (!Object.hasOwn(hosts, environment)) {
    throw inputError(provider, "environment must be 'sandbox' or 'production'")
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(apiVersion)) {
    throw inputError(provider, 'apiVersion must be a date such as 2025-06-30')
  }
  const baseUrl = config.baseUrl ? toBaseUrl(config.baseUrl, provider) : hosts[environment]
  const send = createHttp({ ...config, provider, describeError })

  async function logIn(): Promise<AccessToken> {
    if (!clientId || !apiKey)
      throw inputError(provider, 'clientId and apiKey are missing: a lookup needs both')
    const headers = {
      'content-type': 'application/json',
      'x-client-id': clientId,
      'x-api-key': apiKey,
      ...(loginAs ? { 'x-login-as': loginAs } : {}),
    }
    const reply = await send({ method: 'POST', url: baseUrl + LOGIN, headers })
    const login = parse(loginSchema, reply.body, { provider, what: 'the login response' })
    const expiresAt = toInstant(login.expires_at)
    if (expiresAt === undefined) throw payloadError(provider, 'expires_at', 'a timestamp')
    return { token: login.token, expiresAt: Date.parse(expiresAt) }
  }

  const withToken = createAccessToken({ provider, clock, request: logIn })
  return {
    hasCredentials: !!clientId && !!apiKey,
    get(path, query = {}, options) {
      const parameters = new URLSearchParams(query)
      const url = `${baseUrl}${path}${parameters.size > 0 ? `?${parameters}` : ''}`
      return withToken((token) => {
        const headers = {
          authorization: `Bearer ${token}`,
          'x-api-version': apiVersion,
          ...(onBehalfOf ? { 'x-on-behalf-of': onBehalfOf } : {}),
        }
        return send({ method: 'GET', url, headers }, options)
      }, options)
    },
  }
}

/** Codes that state more than the HTTP status: a missing id may be a 400, and a 404 is usually a wrong path. */
const codes: Readonly<Partial<Record<string, PaymentErrorCode>>> = {
  resource_not_found: 'not_found',
  internal_error: 'unavailable',
  service_unavailable: 'unavailable',
  provider_unavailable: 'unavailable',
}

/** Reads `{ code, trace_id }` of an error response; never the message, which can repeat what was sent. */
export function describeError(body: unknown, _headers: Headers, httpStatus: number): ErrorDetails {
  const error = v.is(errorSchema, body) ? v.parse(errorSchema, body) : undefined
  const isCode = error && /^\w*[a-z]\w*$/.test(error.code) && error.code.length <= 64
  const stated = isCode && Object.hasOwn(codes, error.code) ? codes[error.code] : undefined
  return {
    providerCode: isCode ? error.code : undefined,
    requestId: error?.trace_id ?? undefined,
    ...(stated ? { code: stated } : httpStatus === 404 ? wrongPath : {}),
  }
}

const wrongPath: ErrorDetails = {
  code: 'rejected',
  message: 'the provider has no such path (404). Check baseUrl and environment.',
}
