import type { Context } from '../context.ts'
import { storable } from '../store/sql.ts'
import { readUnmatchedPage } from '../store/unmatched.ts'
import type { UnmatchedPage, UnmatchedQuery } from '../types/unmatched.ts'
import { fromCursor, toCursor, toLimit } from './pages.ts'

/** Returns payments that are paid, held or disputed and belong to no tracked order, oldest first. */
export async function readUnmatched(
  { database }: Context,
  { provider, cursor, limit }: UnmatchedQuery = {},
): Promise<UnmatchedPage> {
  const most = toLimit(limit)
  const after = cursor === undefined ? undefined : fromCursor(cursor)
  const rows = await readUnmatchedPage(database, {
    provider: provider && storable(provider),
    after,
    limit: most + 1,
  })
  const page = rows.slice(0, most)
  const last = page.at(-1)
  return {
    payments: page.map(({ payment }) => payment),
    ...(rows.length > most && last
      ? { cursor: toCursor(last.position, last.payment.provider, last.payment.id) }
      : {}),
  }
}
