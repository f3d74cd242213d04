import {
  PaymentError,
  type PaymentProvider,
  type PaymentReport,
  type ProviderOptions,
} from '@payment-status/core'
import {
  checkRange,
  checkReference,
  createFind,
  createHttp,
  newestFirst,
  now,
  omitUndefined,
  parse,
  readParameter,
  readQuery,
  toBaseUrl,
  toRaw,
  toSecrets,
} from '@payment-status/core/kit'
import { idPattern, pageSchema, toPayment } from './vocabulary.ts'
import { readWebhook } from './webhook.ts'

export interface AcmePayConfig extends ProviderOptions {
  readonly apiKey: string
}

/** Acme Pay, a provider that does not exist: what a package outside this repository would look like. */
export function createAcmePay(config: AcmePayConfig): PaymentProvider {
  const provider = config.name ?? 'acme-pay'
  const baseUrl = toBaseUrl(config.baseUrl ?? 'https://api.acme-pay.example', provider)
  const secrets = toSecrets(config.webhookSecrets, provider)
  const send = createHttp({ ...config, provider, describeError: () => ({}) })
  const headers = { 'acme-key': config.apiKey }

  const lookups: Pick<PaymentProvider, 'lookup' | 'lookupByReference'> = {
    async lookup(id, options) {
      if (typeof id !== 'string' || !idPattern.test(id)) {
        throw new PaymentError({ code: 'invalid_input', provider, message: 'a charge has an id with ch_' })
      }
      const { body, sentAt } = await send(
        { method: 'GET', url: `${baseUrl}/charges/${id}`, headers },
        options,
      )
      return toReport('lookup', body, sentAt)
    },
    async lookupByReference(reference, options) {
      const reports = await search('lookup', { order: checkReference(reference, provider) }, options)
      return newestFirst(reports.filter(({ payment }) => payment.reference === reference))
    },
  }

  async function search(
    source: 'lookup' | 'list',
    query: Record<string, string>,
    options: Parameters<typeof send>[1],
  ): Promise<PaymentReport[]> {
    const url = `${baseUrl}/charges?${new URLSearchParams(query)}`
    const { body, sentAt } = await send({ method: 'GET', url, headers }, options)
    const { items } = parse(pageSchema, body, { provider, what: 'the page of charges' })
    return items.map((charge) => toReport(source, charge, sentAt))
  }

  function toReport(source: PaymentReport['source'], charge: unknown, observedAt: string): PaymentReport {
    const payment = toPayment(charge, provider)
    const raw = toRaw(charge, config) // only where the configuration says so
    return omitUndefined<PaymentReport>({ evidence: 'report', source, payment, observedAt, raw })
  }

  return {
    name: provider,
    ...lookups,
    find: createFind(provider, lookups),
    async *list(range, options) {
      checkRange(range, provider)
      yield* await search('list', { from: range.from.toISOString(), to: range.to.toISOString() }, options)
    },
    readClientResult: () => ({ evidence: 'hint', provider, source: 'client' }), // there is no browser SDK
    readReturn(url) {
      const id = readParameter(readQuery(url, provider), 'charge', idPattern, provider)
      const key = id === undefined ? undefined : { id }
      return omitUndefined({ evidence: 'hint' as const, provider, source: 'return_url' as const, key })
    },
    readResponse: async (body) => toReport('response', body, now()),
    readWebhook: (delivery) => readWebhook(delivery, { ...config, provider, secrets }),
  }
}
