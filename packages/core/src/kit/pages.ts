import { isPaymentError, PaymentError } from '../words/errors.ts'

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
 * Rows are told apart by `idOf`; what a page holds besides its rows is handed on.
 *
 * @example
 * for await (const { rows, sentAt } of readPages(
 *   async (after?: string) => {
 *     countRequest()
 *     …
 *     return { rows, next: hasMore ? rows.at(-1)?.id : undefined, sentAt }
 *   },
 *   (row) => row.id,
 * ))
 */
export async function* readPages<Row, Cursor, Read extends Page<Row, Cursor>>(
  ask: (cursor: Cursor | undefined) => Promise<Read & Page<Row, Cursor>>,
  idOf: (row: Row) => string,
): AsyncGenerator<Read, void, undefined> {
  const seen = new Set<string>()
  for (let cursor: Cursor | undefined; ; ) {
    const page = await ask(cursor)
    const known = seen.size
    for (const row of page.rows) seen.add(idOf(row))
    yield page
    if (page.next === undefined || seen.size === known) return
    cursor = page.next
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
