import type { PaymentErrorCode, ProviderOptions, RequestOptions } from '@payment-status/core'
import {
  type AccessToken,
  createAccessToken,
  createHttp,
  type ErrorDetails,
  type HttpReply,
  inputError,
  parse,
  toBase64,
  toBaseUrl,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { errorSchema, type PayPalError, tokenSchema } from './schema.ts'

export interface PayPalAccess {
  /** Client id and secret of the REST app: each request uses a token that both are exchanged for. */
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  /** Environment that the app and its webhooks belong to. Credentials do not show it, so there is no default. */
  readonly environment: 'sandbox' | 'production'
}

export interface PayPalApi {
  readonly hasCredentials: boolean
  get(path: string, query?: Readonly<Record<string, string>>, options?: RequestOptions): Promise<HttpReply>
  /** Sends a JSON text as it is. Only for requests that may be repeated. */
  post(path: string, body: string, options?: RequestOptions): Promise<HttpReply>
  /** Reads a certificate's text from the certificate host, without credentials. */
  getCertificate(path: string, options?: RequestOptions): Promise<string>
}

const hosts = {
  production: { api: 'https://api-m.paypal.com', certificates: 'https://api.paypal.com' },
  sandbox: { api: 'https://api-m.sandbox.paypal.com', certificates: 'https://api.sandbox.paypal.com' },
} as const

const TOKEN = '/v1/oauth2/token'
const SECOND_IN_MILLISECONDS = 1000
/** A chain of certificates takes less than 10 KiB. */
const LONGEST_CERTIFICATE_IN_BYTES = 64 * 1024

/** Returns the host that the environment's certificates come from. */
export function certificateHostOf(environment: PayPalAccess['environment']): string {
  return new URL(hosts[environment].certificates).host
}

/**
 * Creates a client for PayPal's API: hosts, access token, errors. `baseUrl` replaces both hosts. Throws `invalid_input` for
 * a configuration that cannot be right.
 */
export function createApi(config: PayPalAccess & ProviderOptions, provider: string): PayPalApi {
  const { environment, clientId, clientSecret, clock = Date.now } = config
  for (const [name, value] of Object.entries({ clientId, clientSecret })) {
    if (value && !/^[\x21-\x7e]+$/.test(value)) {
      throw inputError(provider, `${name} must be a text of visible ASCII characters without spaces`)
    }
  }
  if (clientId?.includes(':')) throw inputError(provider, 'clientId must not hold a colon')
  if (!Object.hasOwn(hosts, environment)) {
    throw inputError(provider, "environment must be 'sandbox' or 'production'")
  }
  const baseUrl = config.baseUrl ? toBaseUrl(config.baseUrl, provider) : undefined
  const apiUrl = baseUrl ?? hosts[environment].api
  const certificateUrl = baseUrl ?? hosts[environment].certificates
  const send = createHttp({ ...config, provider, describeError })

  async function requestToken(): Promise<AccessToken> {
    if (!clientId || !clientSecret) {
      throw inputError(provider, 'clientId and clientSecret are missing: a request to PayPal needs both')
    }
    const credentials = toBase64(new TextEncoder().encode(`${clientId}:${clientSecret}`))
    const reply = await send({
      method: 'POST',
      url: apiUrl + TOKEN,
      headers: {
        authorization: `Basic ${credentials}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    })
    const token = parse(tokenSchema, reply.body, { provider, what: 'the token response' })
    return { token: token.access_token, expiresAt: clock() + token.expires_in * SECOND_IN_MILLISECONDS }
  }

  const withToken = createAccessToken({ provider, clock, request: requestToken })
  return {
    hasCredentials: !!clientId && !!clientSecret,
    get(path, query = {}, options) {
      const parameters = new URLSearchParams(query)
      const url = `${apiUrl}${path}${parameters.size > 0 ? `?${parameters}` : ''}`
      return withToken(
        (token) => send({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } }, options),
        options,
      )
    },
    post(path, body, options) {
      return withToken((token) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
        return send({ method: 'POST', url: apiUrl + path, headers, body }, options)
      }, options)
    },
    async getCertificate(path, options) {
      const url = certificateUrl + path
      const maxBytes = LONGEST_CERTIFICATE_IN_BYTES
      const { body } = await send({ method: 'GET', url, headers: {}, answer: 'text', maxBytes }, options)
      return String(body)
    },
  }
}

/** Words that state more than the HTTP status. A 404 without one of them is usually a wrong path. */
const codes: Readonly<Partial<Record<string, PaymentErrorCode>>> = {
  RESOURCE_NOT_FOUND: 'not_found',
  INVALID_RESOURCE_ID: 'not_found',
  RATE_LIMIT_REACHED: 'rate_limited',
}

/** Reads `{ name, debug_id, details: [{ issue }] }` of an error response; never a description, which can repeat what was sent. */
export function describeError(body: unknown, _headers: Headers, httpStatus: number): ErrorDetails {
  const error = v.is(errorSchema, body) ? v.parse(errorSchema, body) : undefined
  const [issue, name] = [toWord(issueOf(error)), toWord(error?.name ?? error?.error)]
  // A server that fails states nothing about an order, whatever it names.
  const words = httpStatus < 500 ? [issue, name] : []
  const stated = words.flatMap((word) => {
    return word !== undefined && Object.hasOwn(codes, word) ? (codes[word] ?? []) : []
  })[0]
  return {
    providerCode: issue ?? name,
    requestId: error?.debug_id ?? undefined,
    ...(stated ? { code: stated } : httpStatus === 404 ? wrongPath : {}),
  }
}

/** Returns the first issue of an error. */
export function issueOf(error: PayPalError | undefined): string | undefined {
  return error?.details?.find(({ issue }) => issue)?.issue ?? undefined
}

function toWord(text: string | null | undefined): string | undefined {
  return text && /^\w*[A-Za-z]\w*$/.test(text) && text.length <= 64 ? text : undefined
}

const wrongPath: ErrorDetails = {
  code: 'rejected',
  message: 'the provider has no such path (404). Check baseUrl and environment.',
}
