/** The query API's host, credentials, version and errors. @module */
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

/** Requests a path of the query API. */
export type Api = (
  path: string,
  query: Readonly<Record<string, string>>,
  options?: RequestOptions,
) => Promise<HttpReply>

/** Creates access to the query API. */
export function createApi(
  provider: string,
  { apiKey, ...config }: ProviderOptions & { readonly apiKey?: string | undefined },
): Api {
  const baseUrl = toBaseUrl(config.baseUrl ?? 'https://api.acme-pay.example', provider)
  const send = createHttp({ ...config, provider, describeError })
  return async (path, query, options) => {
    if (!apiKey) throw inputError(provider, '`apiKey` is missing. Set ACME_PAY_API_KEY')
    const url = `${baseUrl}${path}?${new URLSearchParams(query)}`
    return send({ method: 'GET', url, headers: { 'acme-key': apiKey } }, options)
  }
}

/** Keeps a short word of an error: any other text may hold a value. */
function describeError(body: unknown): ErrorDetails {
  return v.is(errorSchema, body) ? { providerCode: toLogSafeWord(body.error.code) } : {}
}
