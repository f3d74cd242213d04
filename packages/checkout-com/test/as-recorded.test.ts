import { signWebhook } from '@payment-status/checkout-com'
import { advance, type NextStep, nextStep, type PaymentReport } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { collect, connect, makeId, makePayment, paymentId, type SentRequest, webhookSecret } from './make.ts'

// Payments that live as Checkout.com's published examples and SDK tests show them; ids and names are made up here.

const order = {
  expected: { amount: { amount: 2500, currency: 'EUR' }, reference: 'order-1001' },
  capture: 'automatic',
} as const

const data = { id: paymentId, reference: 'order-1001', amount: 2500, currency: 'EUR', response_code: '10000' }
const balancesOf = (captured: number) => ({
  total_authorized: 2500,
  total_voided: 0,
  available_to_void: 2500 - captured,
  total_captured: captured,
  available_to_capture: 2500 - captured,
  total_refunded: 0,
  available_to_refund: captured,
})

interface Stated {
  readonly type: string
  readonly at: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The event, read half a minute after it happened. */
async function deliver(
  { type, at, data: stated }: Stated,
  answer: (requests: SentRequest) => unknown = () => ({}),
) {
  const clock = () => Date.parse(at) + 30_000
  const { checkout, requests } = connect(answer, { webhookSecrets: webhookSecret, clock })
  const body = {
    id: `evt_${type}_${at}`,
    type,
    version: '1.0.29',
    created_on: at,
    data: { ...data, ...stated },
  }
  const event = await checkout.readWebhook(await signWebhook(JSON.stringify(body), webhookSecret))
  return { checkout, requests, event }
}

/** A shop that stores what it should and asks when it should: every step it would have taken, and what it requests. */
async function live(events: readonly Stated[], answers: readonly unknown[] = []) {
  const steps: NextStep['kind'][] = []
  let stored: PaymentReport | undefined
  let lookups = 0
  for (const stated of events) {
    const { checkout, event } = await deliver(stated, () => answers[lookups++])
    const look = async () => checkout.lookup(paymentId)
    let news = event.kind === 'payment' ? event.report : event.kind === 'recheck' ? await look() : undefined
    while (news) {
      const { report, recheck } = advance(stored, news)
      stored = report
      news = recheck && news.source !== 'lookup' ? await look() : undefined
      const step = nextStep(report, order).kind
      steps.push(step)
      if (!news && step === 'look_up') news = await look()
    }
  }
  return { steps, stored, lookups }
}

describe('a refusal that Checkout.com tries again by itself', () => {
  const retry = {
    attempts_made: 1,
    max_attempts: 10,
    ends_on: '2026-03-20T10:15:30.9871232Z',
    next_attempt_on: '2026-03-05T10:15:30.2965834Z',
  }
  const refusal = { response_code: '20051', response_summary: 'Insufficient funds', retry }
  const declined = makePayment({ status: 'Declined', approved: false, amount: 2500, ...refusal })
  const events: readonly Stated[] = [
    { type: 'payment_declined', at: '2026-03-02T10:15:31Z', data: refusal },
    { type: 'payment_retry_scheduled', at: '2026-03-02T10:16:32Z', data: refusal },
    { type: 'payment_approved', at: '2026-03-05T10:15:31Z', data: { balances: balancesOf(0) } },
    { type: 'payment_captured', at: '2026-03-05T10:15:32Z', data: { balances: balancesOf(2500) } },
  ]

  it('never asks for a new payment, and is delivered once it is captured', async () => {
    const { steps, stored } = await live(events, [declined])
    expect(steps).toEqual(['wait', 'wait', 'wait', 'fulfill'])
    expect(stored?.payment).toMatchObject({ status: 'captured', captured: 2500, reference: 'order-1001' })
  })

  it('says why it was refused while it waits', async () => {
    const { stored } = await live(events.slice(0, 2), [declined])
    expect(stored?.payment).toMatchObject({
      status: 'processing',
      decline: { code: '20051', reason: 'insufficient_funds' },
      facts: { status: 'Declined', attempts_made: 1, max_attempts: 10 },
    })
  })

  it('asks for a new payment only once the plan is spent', async () => {
    const spent = { ...refusal, retry: { attempts_made: 10, max_attempts: 10 } }
    const last: Stated = { type: 'payment_declined', at: '2026-03-20T10:15:31Z', data: spent }
    expect((await live([...events.slice(0, 1), last])).steps).toEqual(['wait', 'ask_again'])
  })
})

describe('a capture that overtakes its approval', () => {
  const approved: Stated = {
    type: 'payment_approved',
    at: '2026-03-02T10:15:31.1182739Z',
    data: { balances: balancesOf(0) },
  }
  const captured: Stated = {
    type: 'payment_captured',
    at: '2026-03-02T10:15:31.9362846Z',
    data: { balances: balancesOf(2500) },
  }

  it('is fulfilled by its balances, without a lookup, and stays so', async () => {
    const { steps, lookups, stored } = await live([captured, approved])
    expect(steps).toEqual(['fulfill', 'fulfill'])
    expect([lookups, stored?.payment.status]).toEqual([0, 'captured'])
  })

  it('is fulfilled in the right order too, and by a refund no more', async () => {
    expect(await live([approved, captured])).toMatchObject({ steps: ['wait', 'fulfill'], lookups: 0 })
    const refunded: Stated = {
      type: 'payment_refunded',
      at: '2026-03-03T10:15:31Z',
      data: { balances: { ...balancesOf(2500), total_refunded: 2500 } },
    }
    const { steps, stored } = await live([approved, captured, refunded])
    expect(steps.at(-1)).toBe('stop')
    expect(stored?.payment).toMatchObject({ status: 'refunded', captured: 2500, refunded: 2500 })
  })

  it('of a part is not fulfilled', async () => {
    const part = { ...captured, data: { balances: balancesOf(1000) } }
    const now = makePayment({ status: 'Partially Captured', balances: balancesOf(1000) })
    expect((await live([part], [now])).steps).toEqual(['wait'])
  })
})

describe('a search of 2,500 payments', () => {
  const from = new Date('2026-03-01T00:00:00Z')
  const to = new Date('2026-03-02T00:00:00Z')
  const next = 'https://api.checkout.com/payments/search/nGd7-altGkOfSl3fJptLxA'
  const rows = Array.from({ length: 2500 }, (_, index) => ({
    id: makeId(index),
    requested_on: new Date(from.getTime() + index * 30_000).toISOString(),
    source: {
      type: 'card',
      expiry_month: '04',
      scheme: 'Visa',
      last4: '3131',
      bin: '313131',
      name: 'Jia Tsang',
    },
    amount: 2500,
    amount_requested: 2500,
    currency: 'EUR',
    payment_type: 'regular',
    reference: `order-${index}`,
    status: index % 5 === 0 ? 'captured' : index % 5 === 1 ? 'pending' : 'canceled',
    balances: { total_authorized: 2500, total_captured: index % 5 === 0 ? 2500 : 0, total_refunded: 0 },
    '3ds': { eci: '02', version: '2.1.0' },
    risk: { flagged: false, score: '22' },
    actions: [
      { id: 'act_capture222222222222222222', type: 'Capture', processed_on: '2026-03-01T00:00:26.34+00:00' },
      { id: 'sid_session222222222222222222', type: 'Authentication', processed_on: '2026-03-01T00:3448464Z' },
    ],
  }))

  /** Pages of a size, each with a link to the next one at their production host, as recorded. */
  function answer(size: number) {
    return ({ method, url }: SentRequest) => {
      if (/^\/payments\/pay_/.test(url.pathname)) {
        return { ...rows[Number(url.pathname.match(/\d+$/)?.[0])], status: 'Captured', approved: true }
      }
      if (method === 'POST' ? url.pathname !== '/payments/search' : !url.href.includes(next.slice(24))) {
        return new Response(null, { status: 404 })
      }
      const start = Number(url.searchParams.get('token') ?? 0)
      const end = start + size
      const _links = end < rows.length ? { next: { href: `${next}?token=${end}` } } : {}
      return { data: rows.slice(start, end), _links }
    }
  }

  it.each([
    [1000, 3],
    [100, 25],
  ])(
    'in pages of %i takes %i requests, and a lookup of each row that says too little',
    async (size, pages) => {
      const { checkout, requests } = connect(answer(size))
      const reports = await collect(checkout.list({ from, to }))
      const lookups = requests.filter(({ url }) => url.pathname.startsWith('/payments/pay_'))
      expect([requests.length - lookups.length, lookups.length]).toEqual([pages, 500])
      expect(new Set(requests.map(({ url }) => url.host))).toEqual(new Set(['api.sandbox.checkout.com']))
      expect(reports.map(({ payment }) => payment.id)).toEqual(rows.map(({ id }) => id))
      expect(reports.slice(0, 3).map(({ payment }) => payment.status)).toEqual([
        'captured',
        'requires_action',
        'canceled',
      ])
      expect(reports.every(({ source }) => source === 'list')).toBe(true)
    },
  )
})

describe('the events of a payout', () => {
  // Checkout.com's page on payment_paid: it comes from the merchant's own account, and goes to a bank account.
  const payout = {
    source: { type: 'currency_account', card_on_file: false, id: 'ca_dahxygoevpze3gmv6fwmzbv4ea' },
    destination: { type: 'bank_account', id: 'src_xsixrbhp6a6ezov67533cw7quq' },
    instruction: { value_date: '2026-03-14T00:00:00+00:00' },
  }

  it.each(['payment_approved', 'payment_paid', 'payment_declined', 'payment_returned', 'payment_pending'])(
    '%s is acknowledged, and never a payment of ours',
    async (type) => {
      for (const stated of [payout, { ...payout, source: undefined }]) {
        const { event } = await deliver({ type, at: '2026-03-12T17:56:40.889Z', data: stated })
        expect(event).toMatchObject({ kind: 'unrelated', reply: { status: 200 } })
      }
    },
  )

  it('is unknown when it is looked up, and carries no method', async () => {
    const { checkout } = connect(() => makePayment({ status: 'Paid', ...payout }))
    const { payment } = await checkout.lookup(paymentId)
    expect(payment.status).toBe('unknown')
    expect(payment).not.toHaveProperty('method')
  })

  it('by the type of its own names no payment', async () => {
    const { event } = await deliver({
      type: 'payout_paid',
      at: '2026-03-12T14:43:29.546848Z',
      data: { id: undefined, payout_id: paymentId },
    })
    expect(event.kind).toBe('unrelated')
  })
})

describe('a voucher', () => {
  const pending = (changes: object) =>
    makePayment({ status: 'Pending', approved: undefined, ...changes }) as object
  const vouchers: ReadonlyArray<readonly [name: string, body: object, action: object]> = [
    [
      'Multibanco',
      { source: { type: 'multibanco', service_supplier_id: '11854', payment_reference: '999999919' } },
      { kind: 'show', what: 'voucher', text: '11854 999999919' },
    ],
    [
      'Fawry',
      { source: { type: 'fawry', reference_number: '929222370', expires_on: '2026-03-05T00:00:00Z' } },
      { kind: 'show', what: 'voucher', text: '929222370', expiresAt: '2026-03-05T00:00:00.000Z' },
    ],
    [
      'BenefitPay',
      { source: { type: 'benefitpay', integration_type: 'web', qr_data: '00020101021226' } },
      { kind: 'show', what: 'qr_code', text: '00020101021226' },
    ],
  ]

  it.each(vouchers)('of %s is shown on the shopper’s page', async (_, body, action) => {
    const { checkout } = connect(() => pending(body))
    const report = await checkout.lookup(paymentId)
    expect(report.payment).toMatchObject({ status: 'requires_action', action })
    expect(nextStep(report, { ...order, webhookOnly: true })).toEqual({ kind: 'show_shopper', action })
    const { payment } = await checkout.readResponse(pending({ ...body, approved: true }))
    expect(payment.action).toEqual(action)
  })

  it('of Multibanco is a page to go to until its reference is stated', async () => {
    const href = 'https://r.girogate.de/ti/simmultibanco?tx=512308296'
    const body = {
      id: paymentId,
      status: 'Pending',
      _links: { 'multibanco:static-reference-page': { href } },
    }
    const { checkout } = connect(() => body)
    const report = await checkout.readResponse(body)
    expect(report.payment.action).toEqual({ kind: 'redirect', url: href })
    const stated = pending({ ...body, source: { payment_reference: '999999919' } })
    expect((await checkout.readResponse(stated)).payment.action).toEqual({
      kind: 'show',
      what: 'voucher',
      text: '999999919',
      url: href,
    })
  })

  it('that redirects is followed', async () => {
    const body = pending({
      source: { type: 'fawry', reference_number: '929222370' },
      _links: { redirect: { href: 'https://fawry.example/' } },
    })
    const { checkout } = connect(() => body)
    expect((await checkout.lookup(paymentId)).payment.action).toEqual({
      kind: 'redirect',
      url: 'https://fawry.example/',
    })
  })
})
