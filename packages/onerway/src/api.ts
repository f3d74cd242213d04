import { PaymentError, type ProviderOptions, type RequestOptions } from '@payment-status/core'
import {
  createHttp,
  type ErrorDetails,
  inputError,
  parse,
  toBaseUrl,
  toInstant,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { type FoldContext, type Step, toStep } from './payment.ts'
import {
  answerSchema,
  codePattern,
  idPattern,
  pageSchema,
  refusalSchema,
  rowIdSchema,
  rowSchema,
} from './schema.ts'
import { checkSecrets, signFields } from './signature.ts'

export interface OnerwayAccess {
  readonly merchantNo: string
  readonly environment: 'sandbox' | 'production'
}

/** What a question to Onerway is answered with: the envelope's `data`, and when the question was sent. */
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

const PAGE_SIZE = 10
/** 10 000 steps of one payment: beyond that somebody invents them. */
const MAX_PAGES = 1000

type ApiConfig = Omit<ProviderOptions, 'name'> & Partial<OnerwayAccess>

/** Onerway's query API: host, signature, envelope. Throws `invalid_input` for a configuration that cannot be right. */
export function createApi(config: ApiConfig, secrets: readonly string[], provider: string): OnerwayApi {
  const { merchantNo, environment } = config
  const baseUrl = config.baseUrl ? toBaseUrl(config.baseUrl, provider) : toHost(environment, provider)
  const send = createHttp({ ...config, provider, describeError })

  return {
    async query(path, fields, options) {
      if (!merchantNo) throw inputError(provider, 'a lookup needs merchantNo, which is not configured')
      checkSecrets(secrets, provider, 'a lookup')
      if (!baseUrl) throw inputError(provider, 'a lookup needs environment, or baseUrl')
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
      if (respCode !== '20000') throw refusalError(respCode, provider)
      return { data, sentAt: reply.sentAt }
    },
  }
}

/** A respCode other than 20000, without a payment to speak of. 11xxx and 12009 are faults that may pass. */
export function refusalError(respCode: string, provider: string): PaymentError {
  const isFault = /^11\d{3}$/.test(respCode) || respCode === '12009'
  return new PaymentError({
    code: isFault ? 'unavailable' : 'rejected',
    provider,
    providerCode: codePattern.test(respCode) ? respCode : undefined,
    message: isFault
      ? 'Onerway or a channel behind it is faulty; what became of the request is not known, look it up by its reference'
      : 'Onerway refused the request (respCode is not 20000)',
  })
}

function describeError(body: unknown): ErrorDetails {
  return { providerCode: v.is(refusalSchema, body) ? body.respCode : undefined }
}

function toHost(environment: string | undefined, provider: string): string | undefined {
  if (environment === undefined) return undefined
  if (environment === 'sandbox') return 'https://sandbox-acq.onerway.com'
  if (environment === 'production') return 'https://acq.onerway.com'
  throw inputError(provider, "environment must be 'sandbox' or 'production'")
}

export interface PagingContext extends FoldContext {
  readonly api: OnerwayApi
}

/** Every page of an answer, repeated transactionIds dropped, and whether Onerway handed over as many rows as it counted. */
export async function readAll(
  context: PagingContext,
  path: string,
  fields: Readonly<Record<string, string>>,
  options: RequestOptions | undefined,
  maxPages = MAX_PAGES,
): Promise<{ readonly steps: Step[]; readonly isComplete: boolean }> {
  const { api, provider } = context
  const steps = new Map<string, Step>()
  let handedOver = 0
  let claimed = 0
  for (let current = 1; current <= maxPages; current++) {
    const { data, sentAt } = await api.query(path, { ...fields, current: `${current}` }, options)
    const page = parse(pageSchema, data, { provider, what: "the answer's data" })
    const known = steps.size
    for (const row of page.content) keep(steps, readRow(row, context, sentAt))
    claimed = Math.max(claimed, page.totalElements ?? 0)
    const isNews = steps.size > known
    if (isNews) handedOver += page.content.length
    const isFull = page.content.length >= Math.min(page.size || PAGE_SIZE, PAGE_SIZE)
    // A page that brings nothing new ends it, whatever the counts say.
    if (!isNews || !(isFull || handedOver < claimed)) {
      return { steps: [...steps.values()], isComplete: handedOver >= claimed }
    }
  }
  throw new PaymentError({
    code: 'invalid_payload',
    provider,
    message: `an answer does not end after ${maxPages} pages`,
  })
}

/** A row of a list as a step; one with an id that cannot be read otherwise is kept, and makes its payment unclear. */
function readRow(row: unknown, context: FoldContext, observedAt: string): Step {
  try {
    return toStep(parse(rowSchema, row, { provider: context.provider, what: 'a row' }), context, observedAt)
  } catch (error) {
    if (!v.is(rowIdSchema, row)) throw error
    const loose = row as Readonly<Record<string, unknown>>
    const textOf = (name: string) => (typeof loose[name] === 'string' ? loose[name] || undefined : undefined)
    const idOf = (name: string) => (idPattern.test(textOf(name) ?? '') ? textOf(name) : undefined)
    return {
      id: row.transactionId,
      txnType: textOf('txnType') ?? '',
      status: textOf('status') ?? null,
      paymentStatus: textOf('paymentStatus') ?? null,
      paymentId: idOf('paymentId'),
      origin: idOf('originTransactionId'),
      reference: textOf('merchantTxnId'),
      amount: undefined,
      currency: undefined,
      txnAmount: undefined,
      txnCurrency: undefined,
      settleRate: undefined,
      decline: undefined,
      time: toInstant(textOf('txnTime') ?? '', textOf('txnTimeZone') ?? context.timeZone),
      readable: false,
      observedAt,
    }
  }
}

/** Keeps one row of a step: the one asked for later; where two differ at one moment, nobody knows which is true. */
function keep(steps: Map<string, Step>, step: Step): void {
  const known = steps.get(step.id)
  if (!known || known.observedAt !== step.observedAt) steps.set(step.id, step)
  else if (wordsOf(known) !== wordsOf(step)) {
    const one = wordsOf(known) > wordsOf(step) ? known : step
    steps.set(step.id, { ...one, readable: false })
  }
}

function wordsOf({ readable: _, ...words }: Step): string {
  return JSON.stringify(words)
}
