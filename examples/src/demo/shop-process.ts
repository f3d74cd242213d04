import type { TrackedOrder } from '@payment-status/tracker'
import { openEmbedded } from '@payment-status/tracker/pglite'
import { createPayments } from 'payment-status'
import { serve } from '../serve.ts'
import { openTrackedShop } from '../tracked-shop.ts'
import { createProviders } from './providers.ts'

/** A request to the shop's process, which answers with its stored orders. */
export type Asked =
  | { readonly kind: 'take'; readonly order: TrackedOrder }
  | { readonly kind: 'work' }
  | { readonly kind: 'show' }
  | { readonly kind: 'stop' }
export interface StoredOrder {
  readonly order: string
  /** The recorded status, `unknown` before the first report. */
  readonly status: string
  /** The number of deliveries that the handler of changes wrote. */
  readonly delivered: number
}
export type Answer = { readonly url: string } | { readonly orders: readonly StoredOrder[] }

/** A shop in a process of its own, so that it can be killed. */
const [providersUrl = '', directory = ''] = process.argv.slice(2)
const database = await openEmbedded(directory)
const payments = createPayments(createProviders(providersUrl))
const { tracker, takeOrder } = await openTrackedShop(payments, database, {
  reconcile: 'off',
  onError: () => {},
})
const server = await serve((request) => tracker.webhooks(request))
const answer = (given: Answer) => process.send?.(given)

process.on('message', async (asked: Asked) => {
  if (asked.kind === 'take') await takeOrder(asked.order)
  if (asked.kind === 'work') await tracker.work()
  if (asked.kind === 'stop') {
    await Promise.all([tracker.stop(), server.close()])
    await database.close()
    process.disconnect()
    return
  }
  answer({ orders: await readOrders() })
})
answer({ url: server.url })

async function readOrders(): Promise<StoredOrder[]> {
  const { rows } = await database.executeSql('select id as order, delivered from shop_orders order by id')
  return Promise.all(
    rows.map(async ({ order, delivered }: { order: string; delivered: number }) => {
      const status = (await tracker.order(order))?.orderStatus.status ?? 'unknown'
      return { order, status, delivered }
    }),
  )
}
