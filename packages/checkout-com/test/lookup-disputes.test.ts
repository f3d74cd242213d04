import { describe, expect, it } from 'vitest'
import { collect, connect, makeId, makePayment, paymentId, type SentRequest } from './make.ts'

const range = { from: new Date('2026-03-02T00:00:00Z'), to: new Date('2026-03-03T00:00:00Z') }
const dispute = (changes: object = {}) => ({
  id: 'dsp_1',
  category: 'fraudulent',
  status: 'evidence_required',
  amount: 2500,
  currency: 'EUR',
  reason_code: '10.4',
  payment_id: paymentId,
  payment_reference: 'order-1001',
  evidence_required_by: '2026-04-01T00:00:00Z',
  received_on: '2026-03-02T11:00:00Z',
  last_update: '2026-03-02T12:00:00Z',
  ...changes,
})

/** An account with payments and disputes, which answers as Checkout.com's SDKs expect it. */
function account(disputes: readonly object[], payments: readonly object[] = [makePayment()]) {
  return ({ url, method }: SentRequest) => {
    const { pathname, searchParams } = url
    if (pathname === '/disputes') {
      const limit = Number(searchParams.get('limit'))
      const skip = Number(searchParams.get('skip'))
      return { limit, skip, total_count: disputes.length, data: disputes.slice(skip, skip + limit) }
    }
    if (method === 'POST' || pathname === '/payments') return { data: payments.slice(0, 1) }
    const found = payments.find((payment) => pathname.endsWith(String((payment as { id: string }).id)))
    return found ?? new Response(null, { status: 404 })
  }
}

describe('disputes, where they are requested', () => {
  it('come with a lookup, by its option or by the configuration', async () => {
    const wanted = {
      id: 'dsp_1',
      status: 'needs_response',
      reason: '10.4',
      amount: { amount: 2500, currency: 'EUR' },
      respondBy: '2026-04-01T00:00:00.000Z',
      updatedAt: '2026-03-02T12:00:00.000Z',
    }
    const byOption = connect(account([dispute()]))
    const report = await byOption.checkout.lookup(paymentId, { withDisputes: true })
    expect(report.payment.dispute).toEqual(wanted)
    expect(report.payment).not.toHaveProperty('disputes')
    expect(byOption.requests[1]?.url.search).toBe(`?payment_id=${paymentId}&limit=250&skip=0`)
    const byConfig = connect(account([dispute()]), { withDisputes: true })
    expect((await byConfig.checkout.lookup(paymentId)).payment.dispute).toEqual(wanted)
    const [found] = await byConfig.checkout.lookupByReference('order-1001')
    expect(found?.payment.dispute).toEqual(wanted)
    const off = await byConfig.checkout.lookup(paymentId, { withDisputes: false })
    expect(off.payment).not.toHaveProperty('dispute')
  })

  it('are not requested otherwise', async () => {
    const { checkout, requests } = connect(account([dispute()]))
    expect((await checkout.lookup(paymentId)).payment).not.toHaveProperty('dispute')
    await collect(checkout.list(range))
    expect(requests.some(({ url }) => url.pathname === '/disputes')).toBe(false)
  })

  it.each([
    ['evidence_required', undefined, 'needs_response'],
    ['evidence_under_review', undefined, 'under_review'],
    ['arbitration_under_review', undefined, 'under_review'],
    ['arb_evidence_submitted', undefined, 'under_review'],
    ['won', undefined, 'won'],
    ['arbitration_won', undefined, 'won'],
    ['lost', undefined, 'lost'],
    ['arbitration_lost', undefined, 'lost'],
    ['accepted', undefined, 'lost'],
    ['expired', undefined, 'lost'],
    ['canceled', undefined, 'closed'],
    ['resolved', 'already_refunded', 'closed'],
    ['resolved', 'rapid_dispute_resolution', 'lost'],
    ['a_word_of_tomorrow', undefined, 'unknown'],
  ])('of status %s (%s) are %s', async (status, resolved_reason, wanted) => {
    const { checkout } = connect(account([dispute({ status, resolved_reason })]), { withDisputes: true })
    expect((await checkout.lookup(paymentId)).payment.dispute?.status).toBe(wanted)
  })

  it('of several is the most pressing, with all of them beneath', async () => {
    const several = ['won', 'evidence_under_review', 'evidence_required', 'lost'].map((status, index) =>
      dispute({ id: `dsp_${index}`, status }),
    )
    const { checkout } = connect(account(several), { withDisputes: true })
    const { payment } = await checkout.lookup(paymentId)
    expect(payment.dispute?.status).toBe('needs_response')
    expect(payment.disputes?.map(({ status }) => status)).toEqual([
      'needs_response',
      'under_review',
      'lost',
      'won',
    ])
  })

  it('are read on every page', async () => {
    const many = Array.from({ length: 600 }, (_, index) => dispute({ id: `dsp_${index}` }))
    const { checkout, requests } = connect(account(many), { withDisputes: true })
    expect((await checkout.lookup(paymentId)).payment.disputes).toHaveLength(600)
    expect(requests).toHaveLength(4)
  })

  it('come with a list: of its payments, and of older ones whose dispute changed in the period', async () => {
    const older = makePayment({ id: makeId(1), requested_on: '2026-01-02T10:15:30Z' })
    const disputes = [
      dispute(),
      dispute({ id: 'dsp_2', payment_id: makeId(1) }),
      dispute({ id: 'dsp_3', payment_id: makeId(2) }),
    ]
    const { checkout, requests } = connect(account(disputes, [makePayment(), older]))
    const reports = await collect(checkout.list(range, { withDisputes: true }))
    expect(reports.map(({ payment, source }) => [payment.id, source, payment.dispute?.id])).toEqual([
      [paymentId, 'list', 'dsp_1'],
      [makeId(1), 'list', 'dsp_2'],
    ])
    const from = encodeURIComponent(range.from.toISOString())
    expect(requests[0]?.url.search).toContain(`from=${from}`)
  })

  it('that cannot be requested fail the lookup: nothing is known of them', async () => {
    const { checkout } = connect(
      ({ url }) => (url.pathname === '/disputes' ? new Response(null, { status: 403 }) : makePayment()),
      { withDisputes: true },
    )
    await expect(checkout.lookup(paymentId)).rejects.toMatchObject({ code: 'unauthorized' })
    const none = connect(
      ({ url }) => (url.pathname === '/disputes' ? new Response(null, { status: 404 }) : makePayment()),
      { withDisputes: true },
    )
    expect((await none.checkout.lookup(paymentId)).payment).not.toHaveProperty('dispute')
  })
})
