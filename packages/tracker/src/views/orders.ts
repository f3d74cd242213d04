import type { Context } from '../context.ts'
import { inputError } from '../errors.ts'
import { readOrderRows } from '../store/order-rows.ts'
import { storable } from '../store/sql.ts'
import type { OrderPage, OrderQuery } from '../types/order.ts'
import { toViews } from './order.ts'
import { fromCursor, isStorable, toCursor, toLimit } from './pages.ts'

/** Returns a page of orders, newest first. */
export async function readOrders(context: Context, asked: OrderQuery = {}): Promise<OrderPage> {
  const { cursor, since, until, search, payment, provider, ...filter } = asked
  const limit = toLimit(asked.limit)
  const [at, id] = cursor === undefined ? [] : fromCursor(cursor)
  const rows = await readOrderRows(
    context.database,
    {
      ...filter,
      search: search && storable(search),
      payment: payment && storable(payment),
      provider: provider && storable(provider),
      since: toInstant(since, 'since'),
      until: toInstant(until, 'until'),
      after: at === undefined || id === undefined ? undefined : [at, id],
    },
    limit + 1,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    orders: await toViews(context, page),
    ...(rows.length > limit && last ? { cursor: toCursor(last.position, last.id) } : {}),
  }
}

function toInstant(text: string | undefined, name: 'since' | 'until'): string | undefined {
  if (text === undefined) return undefined
  if (isStorable(text)) return new Date(text).toISOString()
  throw inputError(`\`${name}\` must be an ISO 8601 instant, such as new Date().toISOString()`)
}
