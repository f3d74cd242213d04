import { isPaymentError, PaymentError } from '../model/errors.ts'

/**
 * Counts the requests of one question: call what it returns before each. It throws `invalid_payload` after `max` of them:
 * an answer that always leads to another one never ends, whoever made it up.
 */
export function createRequestLimit(provider: string, max: number): () => void {
  let requests = 0
  return () => {
    if (requests >= max) {
      throw new PaymentError({
        code: 'invalid_payload',
        provider,
        message: `a question is not answered after ${max} requests: each answer leads to another one`,
      })
    }
    requests++
  }
}

/** One page of an answer. */
export interface Page<Row, Cursor> {
  readonly rows: readonly Row[]
  /** How to ask for the page behind it; absent after the last one. */
  readonly next?: Cursor | undefined
}

/**
 * Page after page, until one leads to no other. A page without a row that is new ends it too: counts and cursors can lie.
 * `isNew` is asked about each row once, in their order; what a page holds besides its rows is handed on.
 *
 * @example
 * for await (const { rows, news, sentAt } of readPages(
 *   async (after?: string) => {
 *     countRequest()
 *     …
 *     return { rows, next: hasMore ? rows.at(-1)?.id : undefined, sentAt }
 *   },
 *   isFirstOf((row) => row.id),
 * ))
 */
export async function* readPages<Row, Cursor, Read extends Page<Row, Cursor>>(
  ask: (cursor: Cursor | undefined) => Promise<Read & Page<Row, Cursor>>,
  isNew: (row: Row) => boolean,
): AsyncGenerator<Read & { readonly news: readonly Row[] }, void, undefined> {
  for (let cursor: Cursor | undefined; ; ) {
    const page = await ask(cursor)
    const news = page.rows.filter((row) => isNew(row))
    yield { ...page, news }
    if (page.next === undefined || news.length === 0) return
    cursor = page.next
  }
}

/** Whether a row is the first of its id; it remembers the ids of those it was asked about. */
export function isFirstOf<Row>(idOf: (row: Row) => string): (row: Row) => boolean {
  const seen = new Set<string>()
  return (row) => {
    const known = seen.size
    return seen.add(idOf(row)).size > known
  }
}

/**
 * A row as `read` reads it. One that cannot be read spoils no page: it is what `toUnknown` makes of its members, which can
 * be anything. Where that can make nothing of it, it throws what `read` threw.
 */
export function readOrUnknown<Row, Result>(
  row: Row,
  {
    read,
    toUnknown,
  }: {
    read(row: Row): Result
    toUnknown(members: Readonly<Record<string, unknown>>): Result | undefined
  },
): Result {
  try {
    return read(row)
  } catch (error) {
    const isObject = typeof row === 'object' && row !== null
    const unknown =
      isPaymentError(error) && isObject ? toUnknown(row as Readonly<Record<string, unknown>>) : undefined
    if (unknown === undefined) throw error
    return unknown
  }
}
