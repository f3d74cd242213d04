import type { Dispute, RequestOptions } from '@payment-status/core'
import { isPaymentError, parse, readOrUnknown } from '@payment-status/core/kit'
import type { PayPalApi } from './api.ts'
import { toDispute } from './dispute.ts'
import { disputePageSchema, disputeSchema } from './schema.ts'

interface DisputeContext {
  readonly provider: string
  readonly api: PayPalApi
}

const DISPUTES = '/v1/customer/disputes'
const PAGE_SIZE = '50'

/**
 * Reads the disputes of captures; `undefined` without captures. An app that may not read disputes, or an
 * answer that cannot be read, leaves them out; a failure that passes is thrown.
 */
export async function readDisputesOf(
  captures: readonly string[],
  context: DisputeContext,
  options: RequestOptions | undefined,
): Promise<readonly Dispute[] | undefined> {
  if (captures.length === 0) return undefined
  try {
    const all: Dispute[] = []
    for (const capture of captures) all.push(...(await readDisputes(capture, context, options)))
    return [...new Map(all.map((dispute) => [dispute.id, dispute])).values()]
  } catch (error) {
    if (!isPaymentError(error) || error.retryable) throw error
    return undefined
  }
}

async function readDisputes(
  capture: string,
  context: DisputeContext,
  options: RequestOptions | undefined,
): Promise<readonly Dispute[]> {
  const { api, provider } = context
  const query = { disputed_transaction_id: capture, page_size: PAGE_SIZE }
  const { body } = await api.get(DISPUTES, query, options)
  const { items } = parse(disputePageSchema, body, { provider, what: 'the list of disputes' })
  return Promise.all((items ?? []).map((item) => readWhole(item, context, options)))
}

/** A row of the list may lack the outcome, which decides what a resolved dispute means. */
async function readWhole(
  item: { readonly dispute_id: string },
  context: DisputeContext,
  options: RequestOptions | undefined,
): Promise<Dispute> {
  const dispute = read(item, item.dispute_id, context)
  const { status } = item as { readonly status?: unknown }
  if (status !== 'RESOLVED' || dispute.status !== 'unknown') return dispute
  // Where the outcome may not be read, the dispute may be lost: an unknown end keeps the shop from delivering.
  return (await requestDispute(item.dispute_id, context, options)) ?? dispute
}

/** Requests one dispute. `undefined` where the app may not read it; a failure that passes is thrown. */
export async function requestDispute(
  id: string,
  context: DisputeContext,
  options: RequestOptions | undefined,
): Promise<Dispute | undefined> {
  try {
    const { body } = await context.api.get(`${DISPUTES}/${encodeURIComponent(id)}`, {}, options)
    const dispute = read(body, id, context)
    return dispute.id === id ? dispute : undefined
  } catch (error) {
    if (!isPaymentError(error) || error.retryable) throw error
    return undefined
  }
}

function read(body: unknown, id: string, { provider }: DisputeContext): Dispute {
  return readOrUnknown<unknown, Dispute>(body, {
    read: (data) => toDispute(parse(disputeSchema, data, { provider, what: 'a dispute' }), provider),
    toUnknown: () => ({ id, status: 'unknown' }),
  })
}
