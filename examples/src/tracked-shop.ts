import { createTracker, type Database, type TrackedOrder, type TrackerOptions } from '@payment-status/tracker'
import type { Payments } from 'payment-status'

const tables = `
  create table if not exists shop_orders (id text primary key, status text not null default 'unknown',
    delivered int not null default 0, to_capture boolean not null default false, to_investigate text);
  create table if not exists shop_news (number bigint generated always as identity, key text primary key,
    order_id text not null, status text not null, step text, report jsonb not null);
  create table if not exists shop_disputes (key text primary key, order_id text, status text not null);`

/** A shop whose orders live in the same database as the tracker: what it writes with `tx` happens exactly once. */
export async function openTrackedShop(
  payments: Payments,
  database: Database,
  options: Partial<TrackerOptions> = {},
) {
  await database.executeSql(tables)
  const tracker = await createTracker({
    payments,
    database,
    async onChange({ key, order, report, orderStatus, step }, tx) {
      const { status } = report.payment
      const change = [key, order, status, step?.kind ?? null, JSON.stringify(report)]
      await tx.executeSql(
        'insert into shop_news (key, order_id, status, step, report) values ($1, $2, $3, $4, $5::text::jsonb)',
        change,
      )
      await tx.executeSql('update shop_orders set status = $2 where id = $1', [order, orderStatus.status])
      if (step?.kind === 'fulfill')
        await tx.executeSql('update shop_orders set delivered = delivered + 1 where id = $1', [order])
      if (step?.kind === 'capture')
        await tx.executeSql('update shop_orders set to_capture = true where id = $1', [order])
      if (step?.kind === 'investigate')
        await tx.executeSql('update shop_orders set to_investigate = $2 where id = $1', [order, step.why])
    },
    async onDispute({ key, order, dispute }, tx) {
      const values = [key, order ?? null, dispute.status]
      await tx.executeSql('insert into shop_disputes (key, order_id, status) values ($1, $2, $3)', values)
    },
    ...options,
  })

  return {
    tracker,
    /** Stores an order and tracks it in one transaction, before the shopper is sent to pay. */
    async takeOrder(order: TrackedOrder): Promise<void> {
      const { db, commit, rollback } = await database.beginTransaction()
      try {
        await db.executeSql('insert into shop_orders (id) values ($1) on conflict do nothing', [order.order])
        await tracker.watch(order, db)
        await commit()
      } finally {
        await rollback()
      }
    },
  }
}
