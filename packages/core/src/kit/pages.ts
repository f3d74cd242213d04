import { isPaymentError, PaymentError } from '../model/errors.ts'

/**
 * Limits the requests of one query: call the returned function before each. It throws `invalid_payload` after `max` of
 * them, so that a page that always names a next one ends.
 */
export function createRequestLimit(provider: string, max: number): () => void {
  let requests = 0
  return () => {
    if (requests >= max) {
      throw new PaymentError({
        code: 'invalid_payload',
        provider,
        message: `the query is not complete after ${max} requests: each answer names a next page`,
      })
    }
    requests++
  }
}

/** Page of an answer. */
export interface Page<Row, Cursor> {
  readonly rows: readonly Row[]
  /** Cursor of the next page. Absent after the last one. */
  readonly next?: Cursor | undefined
}

/**
 * Yields page after page until one names no next page, or has no rows, because counts and cursors can be wrong. A page that
 * only repeats rows and names a next page is an incomplete list: it throws `invalid_payload`. Without `provider` it ends the
 * list, for a caller that checks by itself whether the list is complete. `isNew` is called once for each row, in order.
 * Other members of a page are passed through.
 *
 * @example
 * for await (const { rows, newRows, sentAt } of readPages(
 *   async (after?: string) => {
 *     countRequest()
 *     …
 *     return { rows, next: hasMore ? rows.at(-1)?.id : undefined, sentAt }
 *   },
 *   isFirstOf((row) => row.id),
 *   provider,
 * ))
 */
export async function* readPages<Row, Cursor, Read extends Page<Row, Cursor>>(
  ask: (cursor: Cursor | undefined) => Promise<Read & Page<Row, Cursor>>,
  isNew: (row: Row) => boolean,
  provider?: string,
): AsyncGenerator<Read & { readonly newRows: readonly Row[] }, void, undefined> {
  for (let cursor: Cursor | undefined; ; ) {
    const page = await ask(cursor)
    const newRows = page.rows.filter((row) => isNew(row))
    yield { ...page, newRows }
    if (page.next === undefined || page.rows.length === 0) return
    if (newRows.length === 0) {
      if (provider === undefined) return
      throw new PaymentError({
        code: 'invalid_payload',
        provider,
        message: 'the list is incomplete: a page repeats the rows before it and names a next page. Try again',
      })
    }
    cursor = page.next
  }
}

/** Creates a function that returns whether a row is the first of its id. */
export function isFirstOf<Row>(idOf: (row: Row) => string): (row: Row) => boolean {
  const seen = new Set<string>()
  return (row) => {
    const known = seen.size
    return seen.add(idOf(row)).size > known
  }
}

/**
 * Returns a row as `read` reads it. A row that cannot be read does not end the page: it becomes what `toUnknown` returns for
 * its members. Where that returns nothing, the error of `read` is thrown.
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
