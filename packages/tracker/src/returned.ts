import { isPaymentError, outcomeOf, waitForOutcome } from '@payment-status/core'
import { type Context, providerOf } from './context.ts'
import { notFoundError } from './errors.ts'
import { toHandleKey } from './hear.ts'
import { ask } from './looks.ts'
import type { HandleKey } from './rows.ts'
import { query } from './sql.ts'
import type { OrderView } from './types.ts'
import { readOrder } from './views.ts'

// As long as a shopper waits for a page.
const WAITS_IN_MILLISECONDS = [700, 1_300, 2_000]

/** What the shopper who comes back may be shown: looked up now, and again for a few seconds. */
export async function readReturned(
  context: Context,
  provider: string,
  url: string | URL,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<OrderView> {
  const hint = providerOf(context, provider).readReturn(url)
  if (!hint.key) throw notFoundError('the return URL names no payment: look at your order by its own id')
  const key = toHandleKey(provider, hint.key)
  const { value } = await waitForOutcome(
    async (stop) => {
      try {
        await ask(context, key, stop)
      } catch (error) {
        // What is believed is shown all the same; the planned looks go on.
        if (stop.aborted || !isPaymentError(error)) throw error
      }
      return readOrderOf(context, key)
    },
    {
      until: (view) =>
        view !== undefined &&
        outcomeOf(view.orderStatus.status) !== 'undecided' &&
        view.orderStatus.deciding !== undefined,
      schedule: WAITS_IN_MILLISECONDS,
      signal,
    },
  )
  if (!value) throw notFoundError('the payment of the return URL belongs to no watched order')
  return value
}

/** Asks about all of an order's payments, now. */
export async function lookAtOrder(context: Context, order: string, signal: AbortSignal): Promise<void> {
  const handles = await query<HandleKey>(
    context.database,
    `select provider, kind, value from ${context.schema}.handles where order_id = $1 order by provider, kind, value`,
    [order],
  )
  if (handles.length === 0) throw notFoundError('no order of this name was ever watched')
  for (const { provider, kind, value } of handles) {
    await ask(context, { provider, kind, value }, signal).catch((error: unknown) => {
      if (!isPaymentError(error) || error.code !== 'not_found') throw error
    })
  }
}

async function readOrderOf(
  { database, schema }: Context,
  { provider, kind, value }: HandleKey,
): Promise<OrderView | undefined> {
  const [row] = await query<{ order_id: string | null }>(
    database,
    `select order_id from ${schema}.handles where provider = $1 and kind = $2 and value = $3`,
    [provider, kind, value],
  )
  return row?.order_id ? readOrder(database, schema, row.order_id) : undefined
}
