import type { ListRange, PaymentReport, RequestOptions } from '@payment-status/core'
import { isPaymentError, isWithin, parse, toReport } from '@payment-status/core/kit'
import { DISPUTES, type LookupContext, REFUNDS, withDispute, withRefunds } from './details.ts'
import { INTENTS, readWhole, toRowPayment } from './lookup.ts'
import { type Query, readRows } from './pages.ts'
import { pageSchema, rowsSchema, toIntentId, touchSchema } from './schema.ts'
import { isOfShop } from './shop.ts'

/**
 * Lists the payments created in `[from, to)`, then the older ones of which a refund or a dispute was created in it, each once
 * and whole. Stripe's clock has whole seconds, so the request covers a little more and the rest is left out here.
 */
export async function* list(
  context: LookupContext,
  range: ListRange,
  options?: RequestOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  if (range.from >= range.to) return
  const period = {
    'created[gte]': `${Math.max(0, Math.floor(range.from.getTime() / 1000))}`,
    'created[lt]': `${Math.max(0, Math.ceil(range.to.getTime() / 1000))}`,
  }
  const listed = new Set<string>()
  const expand = ['data.latest_charge', 'data.latest_charge.refunds', 'data.review']
  const query = { ...period, 'expand[]': expand }
  const what = 'the list of PaymentIntents'
  for await (const { row, reply } of readRows(
    context,
    { path: INTENTS, query, schema: pageSchema, what },
    options,
  )) {
    const payment = toRowPayment(row, context)
    if (!isWithin(payment, range)) continue
    listed.add(payment.id)
    if (!isOfShop(row, context.shop)) continue
    const disputed = await withDispute(payment, context, options)
    const whole = await withRefunds(disputed, row, context, options)
    yield toReport(whole, { source: 'list', observedAt: reply.sentAt }, row, context)
  }
  for (const path of [REFUNDS, DISPUTES]) {
    for await (const id of findTouched(context, path, period, range, options)) {
      if (listed.has(id)) continue
      listed.add(id)
      const report = await readWhole(context, id, 'list', options)
      if (report) yield report
    }
  }
}

/** Finds the payments of the refunds or disputes created in a period. */
async function* findTouched(
  context: LookupContext,
  path: string,
  query: Query,
  { from, to }: ListRange,
  options: RequestOptions | undefined,
): AsyncGenerator<string, void, undefined> {
  const what = path === REFUNDS ? 'the list of refunds' : 'the list of disputes'
  try {
    for await (const { row } of readRows(context, { path, query, schema: rowsSchema, what }, options)) {
      const { payment_intent, created } = parse(touchSchema, row, { provider: context.provider, what })
      const time = typeof created === 'number' ? created * 1000 : from.getTime()
      const id = toIntentId(payment_intent)
      if (id !== undefined && time >= from.getTime() && time < to.getTime()) yield id
    }
  } catch (error) {
    // Stripe has these lists. A stand-in that has only payments answers 404.
    if (!isPaymentError(error) || error.code !== 'not_found') throw error
  }
}
