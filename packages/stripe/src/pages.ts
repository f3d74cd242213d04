import type { ProviderOptions, RequestOptions } from '@payment-status/core'
import { createRequestLimit, type HttpReply, isFirstOf, parse, readPages } from '@payment-status/core/kit'
import type * as v from 'valibot'
import type { StripeApi } from './api.ts'

export const PAGE_SIZE = '100'
/** Ten million payments in one period: an answer with more pages never ends. */
const MAX_LIST_PAGES = 100_000

export type Query = Readonly<Record<string, string | readonly string[]>>

/** List of the API, and the schema of its pages. */
export interface ListRequest<Row> {
  readonly path: string
  readonly query: Query
  readonly schema: v.GenericSchema<unknown, { data: Row[]; has_more?: boolean | null | undefined }>
  readonly what: string
}

/** Reads the rows of a list, each once. An empty page ends it; one that repeats rows and has more is an incomplete list. */
export async function* readRows<Row extends { readonly id: string }>(
  { api, provider }: { readonly api: StripeApi; readonly provider: string } & ProviderOptions,
  { path, query, schema, what }: ListRequest<Row>,
  options: RequestOptions | undefined,
): AsyncGenerator<{ readonly row: Row; readonly reply: HttpReply }, void, undefined> {
  const countRequest = createRequestLimit(provider, MAX_LIST_PAGES)
  const pages = readPages(
    async (after?: string) => {
      countRequest()
      const cursor = after === undefined ? {} : { starting_after: after }
      const reply = await api.get(path, { ...query, limit: PAGE_SIZE, ...cursor }, options)
      const { data, has_more } = parse(schema, reply.body, { provider, what })
      return { rows: data, next: has_more ? data.at(-1)?.id : undefined, reply }
    },
    isFirstOf(({ id }) => id),
    provider,
  )
  for await (const { newRows, reply } of pages) for (const row of newRows) yield { row, reply }
}
