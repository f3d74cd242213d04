import type { ProviderOptions, RequestOptions } from '@payment-status/core'
import {
  createHttp,
  type ErrorDetails,
  inputError,
  PaymentError,
  parse,
  toBaseUrl,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { answerSchema, codePattern, errorBodySchema } from './schema.ts'
import { checkSecrets, signFields } from './signature.ts'

export interface OnerwayAccess {
  /** Your merchant number. Every request carries it. */
  readonly merchantNo: string | undefined
  readonly environment: 'sandbox' | 'production'
}

/** Answer of Onerway: the `data` of its envelope, and when the request was sent. */
export interface OnerwayAnswer {
  readonly data: unknown
  readonly sentAt: string
}

export interface OnerwayApi {
  /** Signs and sends a query. It is a POST that reads, so it is retried. */
  query(
    path: string,
    fields: Readonly<Record<string, string>>,
    options?: RequestOptions,
  ): Promise<OnerwayAnswer>
}

type ApiConfig = Omit<ProviderOptions, 'name'> & Partial<OnerwayAccess>

/** Creates Onerway's query API: host, signature, envelope. Throws `invalid_input` for a configuration that is not valid. */
export function createApi(config: ApiConfig, secrets: readonly string[], provider: string): OnerwayApi {
  const { merchantNo, environment } = config
  const baseUrl = config.baseUrl ? toBaseUrl(config.baseUrl, provider) : toHost(environment, provider)
  const send = createHttp({ ...config, provider, describeError })

  return {
    async query(path, fields, options) {
      if (!merchantNo)
        throw inputError(
          provider,
          '`merchantNo` is missing. Set it to your merchant number: every lookup sends it',
        )
      checkSecrets(secrets, provider, 'a lookup')
      if (!baseUrl)
        throw inputError(
          provider,
          "`environment` is missing. Set it to 'sandbox' or 'production', or give `baseUrl`",
        )
      const signed = { merchantNo, ...fields }
      const sign = await signFields(signed, secrets[0] ?? '')
      const reply = await send(
        {
          method: 'POST',
          url: baseUrl + path,
          headers: { 'content-type': 'application/json' }, // exactly: a charset is documented as wrong
          body: JSON.stringify({ ...signed, sign }),
        },
        options,
      )
      const { respCode, data } = parse(answerSchema, reply.body, { provider, what: 'the answer' })
      if (respCode !== '20000') throw rejectedError(respCode, provider)
      return { data, sentAt: reply.sentAt }
    },
  }
}

/** Returns the error for a respCode other than 20000. 11xxx and 12009 are faults that may pass. */
export function rejectedError(respCode: string, provider: string): PaymentError {
  const isFault = /^11\d{3}$/.test(respCode) || respCode === '12009'
  return new PaymentError({
    code: isFault ? 'unavailable' : 'rejected',
    provider,
    providerCode: codePattern.test(respCode) ? respCode : undefined,
    message: isFault
      ? 'Onerway or a channel behind it failed. The result of the request is not known: look it up by its reference'
      : 'Onerway rejected the request (respCode is not 20000)',
  })
}

function describeError(body: unknown): ErrorDetails {
  return { providerCode: v.is(errorBodySchema, body) ? body.respCode : undefined }
}

function toHost(environment: string | undefined, provider: string): string | undefined {
  if (environment === undefined) return undefined
  if (environment === 'sandbox') return 'https://sandbox-acq.onerway.com'
  if (environment === 'production') return 'https://acq.onerway.com'
  throw inputError(provider, "`environment` must be 'sandbox' or 'production'")
}
