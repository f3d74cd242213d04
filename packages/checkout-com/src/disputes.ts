import type { Dispute, PaymentReport, RequestOptions } from '@payment-status/core'
import { createRequestLimit, isFirstOf, isPaymentError, parse, readPages } from '@payment-status/core/kit'
import type { CheckoutComApi } from './api.ts'
import { readDisputeRow, sortDisputes } from './dispute.ts'
import { pageSchema } from './schema.ts'

/** Disputes by the id of their payment, the most pressing first. */
export type PaymentDisputes = ReadonlyMap<string, readonly Dispute[]>

const DISPUTE_PAGE_SIZE = 250
/** 250 000 disputes in one answer. */
const MAX_DISPUTE_PAGES = 1000

/**
 * Requests disputes, page by page (`GET /disputes`, in Checkout.com's SDKs). `from` and `to` are times of the last change.
 * A row that cannot be read throws `invalid_payload`: an unread dispute may be the one that needs an answer.
 */
export async function findDisputes(
  { api, provider }: { readonly api: CheckoutComApi; readonly provider: string },
  filter: Readonly<Record<string, string>>,
  options: RequestOptions | undefined,
): Promise<PaymentDisputes> {
  const countRequest = createRequestLimit(provider, MAX_DISPUTE_PAGES)
  const request = async (skip = 0) => {
    countRequest()
    const query = new URLSearchParams({ ...filter, limit: `${DISPUTE_PAGE_SIZE}`, skip: `${skip}` })
    const reply = await api.get(`/disputes?${query}`, options).catch((error: unknown) => {
      if (isPaymentError(error) && error.code === 'not_found') return { body: { data: [] } }
      throw error
    })
    const page = parse(pageSchema, reply.body, { provider, what: 'the list of disputes' })
    const rows = page.data.map((row) => readDisputeRow(row, provider))
    const read = skip + rows.length
    const isFull = rows.length >= Math.min(DISPUTE_PAGE_SIZE, page.limit || DISPUTE_PAGE_SIZE)
    const mayHaveMore = rows.length > 0 && (isFull || (page.total_count ?? read) > read)
    return { rows, next: mayHaveMore ? read : undefined }
  }
  const disputes = new Map<string, readonly Dispute[]>()
  const isFirst = isFirstOf<ReturnType<typeof readDisputeRow>>(({ dispute, paymentId }) =>
    String(dispute.id ?? paymentId),
  )
  for await (const { newRows } of readPages(request, isFirst, provider)) {
    for (const { dispute, paymentId } of newRows) {
      if (paymentId === undefined) continue
      disputes.set(paymentId, sortDisputes([...(disputes.get(paymentId) ?? []), dispute]))
    }
  }
  return disputes
}

/** Returns a report with the payment's disputes: the most pressing one, and all of them where there are several. */
export function addDisputes(report: PaymentReport, disputes: readonly Dispute[] | undefined): PaymentReport {
  const [dispute] = disputes ?? []
  if (!dispute || !disputes) return report
  return {
    ...report,
    payment: { ...report.payment, dispute, ...(disputes.length > 1 ? { disputes } : {}) },
  }
}
