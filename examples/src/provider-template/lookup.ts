/** Lookups by id, by reference and by period. @module */
import type { PaymentProvider, PaymentReport, RequestOptions } from '@payment-status/core'
import {
  checkAnswer,
  createRequestLimit,
  inputError,
  isFirstOf,
  isWithin,
  newestFirst,
  parse,
  readPages,
  toReport,
} from '@payment-status/core/kit'
import type { Api } from './api.ts'
import { toPayment } from './payment.ts'
import type { ReadContext } from './response.ts'
import { idPattern, pageSchema } from './schema.ts'

type Lookups = Pick<PaymentProvider, 'lookup' | 'lookupByReference' | 'list'>
type Query = Readonly<Record<string, string>>

const MAX_REQUESTS = 1000

/** Creates the three queries. */
export function createLookups(api: Api, context: ReadContext): Lookups {
  const { provider } = context

  async function* search(
    source: 'lookup' | 'list',
    query: Query,
    options?: RequestOptions,
  ): AsyncGenerator<PaymentReport, void, undefined> {
    const countRequest = createRequestLimit(provider, MAX_REQUESTS)
    const ask = async (after: string | undefined) => {
      countRequest()
      const page = after === undefined ? query : { ...query, after }
      const { body, sentAt: observedAt } = await api('/charges', page, options)
      const { items, next } = parse(pageSchema, body, { provider, what: 'the page of charges' })
      const rows = items.map((item) =>
        toReport(toPayment(item, provider), { source, observedAt }, item, context),
      )
      return { rows, next: next ?? undefined }
    }
    const isNew = isFirstOf((report: PaymentReport) => report.payment.id)
    for await (const { newRows } of readPages(ask, isNew, provider)) yield* newRows
  }

  return {
    async lookup(id, options) {
      // Checked before it becomes part of a URL, and again in the answer.
      if (typeof id !== 'string' || !idPattern.test(id)) {
        throw inputError(provider, 'the id must be the id of a charge (chg_…)')
      }
      const { body, sentAt: observedAt } = await api(`/charges/${id}`, {}, options)
      const payment = checkAnswer(toPayment(body, provider), id)
      return toReport(payment, { source: 'lookup', observedAt }, body, context)
    },
    async lookupByReference(reference, options) {
      const reports: PaymentReport[] = []
      for await (const report of search('lookup', { order: reference }, options)) {
        if (report.payment.reference === reference) reports.push(report)
      }
      return newestFirst(reports)
    },
    async *list(range, options) {
      const query = { from: range.from.toISOString(), to: range.to.toISOString() }
      for await (const report of search('list', query, options)) {
        if (isWithin(report.payment, range)) yield report
      }
    },
  }
}
