import type { ListRange, PaymentReport } from '@payment-status/core'
import { type Context, providerOf } from '../context.ts'
import { awaitTurn } from '../poll/rate-limit.ts'
import { limits } from '../retry.ts'
import type { ComparisonKey } from '../store/comparisons.ts'
import { saveListed } from '../store/listed.ts'

/** Payments of the list that are stored at once. */
const PAGE = 200

/** The provider's list of the day, stored page by page. A list that breaks off begins again: it has no position. */
export async function listDay(
  context: Context,
  { provider, day }: ComparisonKey,
  range: ListRange,
  renew: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { database } = context
  await awaitTurn(context, provider, signal)
  let page: PaymentReport[] = []
  const store = async () => {
    await saveListed(database, { provider, day }, page)
    page = []
    await renew()
  }
  // A list may be slow: the lease is renewed whatever has come of it.
  const renewing = setInterval(() => renew().catch(context.report), limits.comparisonLease / 3)
  try {
    for await (const report of providerOf(context, provider).list(range, { signal })) {
      page.push(report)
      if (page.length >= PAGE) await store()
    }
  } finally {
    clearInterval(renewing)
  }
  await store()
}
