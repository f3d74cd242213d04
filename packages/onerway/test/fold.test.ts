import {
  outcomeOf,
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  resolveAttempts,
} from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerFrom, collect, connect, makeId, makePage, makeRow, march, type Row, wordsOf } from './make.ts'

type Integration = 'direct' | 'hosted'

async function list(rows: readonly Row[], integration: Integration = 'direct', pageSize = 10) {
  const { onerway } = connect(answerFrom(rows, {}, pageSize), { integration })
  return collect(onerway.list(march))
}

/** The first row opens the payment; the others follow it, each a day later. */
function makeSteps(opening: Row, ...later: readonly Row[]): Row[] {
  const following = later.map((changes, index) => ({
    transactionId: makeId(100 + index),
    originTransactionId: makeId(1),
    txnTime: `2026-03-${10 + index} 10:00:00`,
    ...changes,
  }))
  return [makeRow(opening), ...following.map(makeRow)]
}

const auth = { txnType: 'AUTH' }
const capture = (orderAmount: string, status = 'S') => ({ txnType: 'CAPTURE', orderAmount, status })
const refund = (orderAmount: string, status = 'S') => ({ txnType: 'REFUND', orderAmount, status })
const voided = (status = 'S') => ({ txnType: 'VOID', status })

/** [captured, refunded, authorized], in minor units. */
type Figures = readonly [captured?: number | undefined, refunded?: number | undefined, authorized?: number]
type Kind = readonly [what: string, steps: readonly Row[], status: PaymentStatus, figures: Figures]

const kinds: readonly Kind[] = [
  ['a sale', makeSteps({}), 'captured', [2500]],
  ['a sale in progress', makeSteps({ status: 'P' }), 'processing', []],
  ['a sale that was voided before it was taken', makeSteps({ status: 'P' }, voided()), 'canceled', []],
  ['a sale that is both taken and voided', makeSteps({}, voided()), 'unknown', [2500]],
  ['a sale whose void failed', makeSteps({}, voided('F')), 'captured', [2500]],
  ['a sale with a capture of a part', makeSteps({}, capture('10.00')), 'captured', [2500]],
  ['an authorization', makeSteps(auth), 'authorized', [undefined, undefined, 2500]],
  ['captured in full', makeSteps(auth, capture('25.00')), 'captured', [2500, undefined, 2500]],
  ['captured in part', makeSteps(auth, capture('24.99')), 'partially_captured', [2499, undefined, 2500]],
  [
    'captured in parts that make the whole',
    makeSteps(auth, capture('10.00'), capture('15.00')),
    'captured',
    [2500],
  ],
  [
    'captured in parts that do not',
    makeSteps(auth, capture('10.00'), capture('14.99')),
    'partially_captured',
    [2499],
  ],
  ['captured beyond what was held', makeSteps(auth, capture('25.01')), 'unknown', [2501, undefined, 2500]],
  [
    'captured in parts that are more than the whole',
    makeSteps(auth, capture('25.00'), capture('25.00')),
    'unknown',
    [5000, undefined, 2500],
  ],
  [
    'captured in part, the rest failed',
    makeSteps(auth, capture('10.00'), capture('15.00', 'F')),
    'partially_captured',
    [1000],
  ],
  [
    'a capture that failed',
    makeSteps(auth, capture('25.00', 'F')),
    'authorized',
    [undefined, undefined, 2500],
  ],
  ['a pending capture', makeSteps(auth, capture('25.00', 'P')), 'authorized', [undefined, undefined, 2500]],
  ['a capture of nothing', makeSteps(auth, capture('0.00')), 'unknown', [0]],
  ['a capture without an amount', makeSteps(auth, { txnType: 'CAPTURE', orderAmount: null }), 'unknown', []],
  [
    'a capture in another currency',
    makeSteps(auth, { ...capture('25.00'), orderCurrency: 'EUR' }),
    'unknown',
    [],
  ],
  ['a capture with an unknown word', makeSteps(auth, capture('25.00', 'Z')), 'unknown', []],
  [
    'a capture of a declined authorization',
    makeSteps({ ...auth, status: 'F' }, capture('25.00')),
    'unknown',
    [2500],
  ],
  ['voided', makeSteps(auth, voided()), 'canceled', []],
  ['a void that failed', makeSteps(auth, voided('F')), 'authorized', [undefined, undefined, 2500]],
  ['a pending void', makeSteps(auth, voided('I')), 'authorized', [undefined, undefined, 2500]],
  ['captured and voided', makeSteps(auth, capture('25.00'), voided()), 'unknown', [2500]],
  ['captured in part and voided', makeSteps(auth, capture('5.00'), voided()), 'unknown', [500]],
  ['voided and then a refund', makeSteps(auth, voided(), refund('25.00')), 'unknown', [undefined, 2500]],
  [
    'a pre-authorization captured',
    makeSteps({ txnType: 'PRE_AUTH' }, capture('25.00')),
    'captured',
    [2500, undefined, 2500],
  ],
  ['a card that was bound', makeSteps({ txnType: 'BIND_CARD', orderAmount: '0.00' }), 'verified', []],
  ['refunded in part', makeSteps({}, refund('0.01')), 'partially_refunded', [2500, 1]],
  ['refunded in parts', makeSteps({}, refund('10.00'), refund('14.99')), 'partially_refunded', [2500, 2499]],
  ['refunded in full', makeSteps({}, refund('25.00')), 'refunded', [2500, 2500]],
  ['refunded in full, in parts', makeSteps({}, refund('10.00'), refund('15.00')), 'refunded', [2500, 2500]],
  [
    'refunded beyond what was taken',
    makeSteps({}, refund('10.00'), refund('15.01')),
    'unknown',
    [2500, 2501],
  ],
  ['refunded twice over', makeSteps({}, refund('25.00'), refund('25.00')), 'unknown', [2500, 5000]],
  ['a pending refund', makeSteps({}, refund('25.00', 'P')), 'captured', [2500]],
  ['a refund that failed', makeSteps({}, refund('25.00', 'F')), 'captured', [2500]],
  ['a refund with an unknown word', makeSteps({}, refund('25.00', 'Z')), 'captured', [2500]],
  [
    'a refund in another currency',
    makeSteps({}, { ...refund('25.00'), orderCurrency: 'EUR' }),
    'unknown',
    [2500],
  ],
  ['a refund without an amount', makeSteps({}, { txnType: 'REFUND', orderAmount: null }), 'unknown', [2500]],
  ['a refund of what was only held', makeSteps(auth, refund('25.00')), 'unknown', [undefined, 2500]],
  ['a refund of what failed', makeSteps({ status: 'F' }, refund('25.00')), 'unknown', [undefined, 2500]],
  [
    'captured in part, and that refunded',
    makeSteps(auth, capture('10.00'), refund('10.00')),
    'refunded',
    [1000, 1000],
  ],
  [
    'captured in part, refunded beyond it',
    makeSteps(auth, capture('10.00'), refund('25.00')),
    'unknown',
    [1000, 2500],
  ],
  ['an unknown txnType', makeSteps({}, { txnType: 'TELEPORT' }), 'unknown', [2500]],
  // With direct, the transaction's own status decides: paymentStatus is for merchants of the payment-intent model.
  [
    'an authorization with paymentStatus S',
    makeSteps({ ...auth, paymentStatus: 'S' }),
    'authorized',
    [undefined, undefined, 2500],
  ],
  ['a sale with paymentStatus P', makeSteps({ paymentStatus: 'P' }), 'captured', [2500]],
  ['a sale with paymentStatus N', makeSteps({ paymentStatus: 'N' }), 'captured', [2500]],
  ['a sale with an unknown paymentStatus', makeSteps({ paymentStatus: 'Z' }), 'captured', [2500]],
  ['a declined sale with paymentStatus N', makeSteps({ status: 'F', paymentStatus: 'N' }), 'failed', []],
  ['a declined sale with paymentStatus O', makeSteps({ status: 'F', paymentStatus: 'O' }), 'failed', []],
  ['a declined sale with paymentStatus S', makeSteps({ status: 'F', paymentStatus: 'S' }), 'failed', []],
  [
    'a sale with an unknown status and paymentStatus S',
    makeSteps({ status: 'Z', paymentStatus: 'S' }),
    'unknown',
    [],
  ],
]

function check(payment: Payment | undefined, status: PaymentStatus, figures: Figures): void {
  expect(payment).toMatchObject({ id: makeId(1), reference: 'order-1001', status })
  expect(payment?.amount?.currency).toBe('USD')
  const [captured, refunded, authorized] = figures
  expect(payment?.captured).toBe(captured)
  expect(payment?.refunded).toBe(refunded)
  if (authorized !== undefined) expect(payment?.authorized).toBe(authorized)
}

describe('a fold', () => {
  it.each(kinds)('of %s', async (_, steps, status, figures) => {
    const listed = await list(steps)
    expect(listed).toHaveLength(1)
    check(listed[0]?.payment, status, figures)
    const { onerway } = connect(answerFrom(steps))
    check((await onerway.lookup(makeId(1))).payment, status, figures)
    const [found, ...more] = await onerway.lookupByReference('order-1001')
    expect(more).toEqual([])
    check(found?.payment, status, figures)
  })

  it('dates a payment by its opening, and by its newest operation', async () => {
    const [report] = await list(makeSteps(auth, capture('5.00'), capture('20.00')).reverse())
    expect(report?.payment).toMatchObject({
      createdAt: '2026-03-02T02:15:30.000Z',
      updatedAt: '2026-03-11T02:00:00.000Z',
      facts: { txnType: 'AUTH', status: 'S', operations: 'AUTH S, CAPTURE S, CAPTURE S' },
    })
  })

  it('takes the settlement from the only capture, or from the sale', async () => {
    const settled = { txnAmount: '180.00', txnCurrency: 'HKD', settleRate: '7.2' }
    const settlement = { amount: { amount: 18000, currency: 'HKD' }, rate: '7.2' }
    const settlementOf = async (...steps: Row[]) => (await list(steps))[0]?.payment.settlement
    expect(await settlementOf(...makeSteps(settled))).toEqual(settlement)
    expect(await settlementOf(...makeSteps(auth, { ...capture('25.00'), ...settled }))).toEqual(settlement)
    const parts = [{ ...capture('5.00'), ...settled }, capture('20.00')]
    expect(await settlementOf(...makeSteps(auth, ...parts))).toBe(undefined)
    for (const txnCurrency of ['CNH', 'USDT', 'hkd', '']) {
      const uncounted = makeSteps({ ...settled, txnCurrency })
      expect(await settlementOf(...uncounted)).toEqual({ rate: '7.2' })
      expect((await list(uncounted))[0]?.payment.status).toBe('captured')
    }
  })

  it('joins a refund of a capture to the payment, though it names only the capture', async () => {
    const steps = makeSteps(auth, capture('25.00'), { ...refund('25.00'), originTransactionId: makeId(100) })
    check((await list(steps))[0]?.payment, 'refunded', [2500, 2500])
  })

  it('never joins by merchantTxnId alone', async () => {
    const strangers = makeSteps(auth, { ...capture('25.00'), originTransactionId: null })
    expect(wordsOf(await list(strangers))).toEqual([
      [makeId(1), 'authorized'],
      [makeId(100), 'unknown'],
    ])
  })

  it('reads transactions that name themselves, or each other in a circle', async () => {
    const own = makeRow({ originTransactionId: makeId(1) })
    expect(wordsOf(await list([own]))).toEqual([[makeId(1), 'captured']])
    const circle = [
      makeRow({ ...refund('1.00'), transactionId: makeId(2), originTransactionId: makeId(3) }),
      makeRow({ ...refund('1.00'), transactionId: makeId(3), originTransactionId: makeId(2) }),
    ]
    expect(wordsOf(await list(circle))).toEqual([[makeId(2), 'unknown']])
  })

  it('keeps a payment whose opening is not found, as unknown', async () => {
    const [, orphan] = makeSteps(auth, capture('25.00'))
    const reports = await list([orphan as Row])
    expect(wordsOf(reports)).toEqual([[makeId(1), 'unknown']])
    expect(reports[0]?.payment).not.toHaveProperty('amount')
    expect(reports[0]?.payment).not.toHaveProperty('captured')
  })
})

describe('two sales of one order', () => {
  const second = makeRow({ transactionId: makeId(2), txnTime: '2026-03-02 11:00:00' })

  it('that both succeeded are two payments, and the order is paid twice', async () => {
    const linked = { ...second, originTransactionId: makeId(1) }
    for (const other of [second, linked]) {
      const reports = await list([makeRow(), other])
      expect(wordsOf(reports)).toEqual([
        [makeId(1), 'captured'],
        [makeId(2), 'captured'],
      ])
      expect(resolveAttempts(reports).paidTwice).toBe(true)
    }
  })

  it('of which one was declined are two payments, and the order is paid', async () => {
    const reports = await list([makeRow({ status: 'F' }), second])
    expect(wordsOf(reports)).toEqual([
      [makeId(1), 'failed'],
      [makeId(2), 'captured'],
    ])
    expect(resolveAttempts(reports)).toMatchObject({ status: 'captured', paidTwice: false })
  })

  it('are two payments with direct, even under one paymentId', async () => {
    const shared = { paymentId: '77' }
    const refused = makeRow({ ...shared, status: 'F', paymentStatus: 'S' })
    const paid = { ...second, ...shared, paymentStatus: 'S' }
    const loose = makeRow({ ...shared, ...refund('5.00'), transactionId: makeId(3) })
    expect(wordsOf(await list([refused, paid, loose]))).toEqual([
      [makeId(1), 'failed'],
      [makeId(2), 'partially_refunded'],
    ])
  })
})

describe('with hosted', () => {
  const attempt = (index: number, changes: Row) =>
    makeRow({
      transactionId: makeId(index),
      paymentId: '77',
      txnTime: `2026-03-02 10:${10 + index}:00`,
      ...changes,
    })
  const refused = { status: 'F', reason: '{"respCode":"70002","respMsg":"Declined"}' }
  const wordsFor = async (...rows: Row[]) => wordsOf(await list(rows, 'hosted'))

  it('a declined attempt is open, with its decline', async () => {
    const [report] = await list([attempt(1, refused)], 'hosted')
    expect(report?.payment).toMatchObject({
      id: '77',
      status: 'open',
      decline: { code: '70002', reason: 'other', retry: 'other_method', message: 'Declined' },
    })
    const [silent] = await list([attempt(1, { status: 'F', paymentStatus: 'O' })], 'hosted')
    expect(silent?.payment).toMatchObject({ status: 'open', decline: { reason: 'other' } })
    const [untouched] = await list([attempt(1, { status: 'U' })], 'hosted')
    expect(untouched?.payment.status).toBe('open')
    expect(untouched?.payment).not.toHaveProperty('decline')
  })

  it('the attempt that succeeded is the payment, whichever came last', async () => {
    const paid = attempt(2, {})
    expect(await wordsFor(attempt(1, refused), paid)).toEqual([['77', 'captured']])
    expect(await wordsFor(paid, attempt(3, refused))).toEqual([['77', 'captured']])
    const [report] = await list([attempt(1, refused), paid, attempt(3, { status: 'Z' })], 'hosted')
    expect(report?.payment).toMatchObject({ status: 'captured', createdAt: '2026-03-02T02:11:00.000Z' })
    expect(report?.payment).not.toHaveProperty('decline')
  })

  it('of attempts that did not succeed the newest counts', async () => {
    expect(await wordsFor(attempt(1, refused), attempt(2, { status: 'P' }))).toEqual([['77', 'processing']])
    expect(await wordsFor(attempt(1, { status: 'P' }), attempt(2, refused))).toEqual([['77', 'open']])
    expect(await wordsFor(attempt(1, { status: 'Z' }), attempt(2, refused))).toEqual([['77', 'unknown']])
  })

  it('a second success is a payment of its own: it was paid twice', async () => {
    const reports = await list([attempt(1, {}), attempt(2, {}), attempt(3, refused)], 'hosted')
    expect(wordsOf(reports)).toEqual([
      ['77', 'captured'],
      [makeId(2), 'captured'],
    ])
    expect(resolveAttempts(reports).paidTwice).toBe(true)
  })

  it('later transactions belong to the attempt or the payment that they name', async () => {
    const steps = [
      attempt(1, refused),
      attempt(2, auth),
      attempt(3, { ...capture('25.00'), originTransactionId: makeId(2) }),
      attempt(4, { ...refund('5.00'), merchantTxnId: null }),
    ]
    const [report, ...more] = await list(steps, 'hosted')
    expect(more).toEqual([])
    expect(report?.payment).toMatchObject({
      id: '77',
      status: 'partially_refunded',
      authorized: 2500,
      captured: 2500,
      refunded: 500,
    })
  })

  it('later transactions belong to the payment they name, though another has the same paymentId', async () => {
    const second = { originTransactionId: makeId(2), orderAmount: '5.00' }
    const steps = [
      attempt(1, auth),
      attempt(2, { ...auth, orderAmount: '5.00' }),
      attempt(3, { ...second, txnType: 'CAPTURE' }),
      attempt(4, { ...second, txnType: 'REFUND', originTransactionId: makeId(3) }),
    ]
    expect(await wordsFor(...steps)).toEqual([
      ['77', 'authorized'],
      [makeId(2), 'refunded'],
    ])
    expect(wordsOf(await list(steps))).toEqual([
      [makeId(1), 'authorized'],
      [makeId(2), 'refunded'],
    ])
  })

  it('later transactions without an origin belong to their paymentId', async () => {
    const sales = [attempt(1, {}), attempt(2, { paymentId: '78', originTransactionId: makeId(1) })]
    const refunded = attempt(3, { ...refund('25.00'), paymentId: '78' })
    for (const integration of ['direct', 'hosted'] as const) {
      const words = wordsOf(await list([...sales, refunded], integration)).map(([, status]) => status)
      expect(words).toEqual(['captured', 'refunded'])
    }
  })

  it('a payment without a paymentId has that of its later transactions', async () => {
    const steps = [
      attempt(1, { ...auth, paymentId: null }),
      attempt(2, { ...capture('25.00'), originTransactionId: makeId(1) }),
    ]
    expect(await wordsFor(...steps)).toEqual([['77', 'captured']])
  })

  it('of two attempts in one second the one with the larger id is the newer', async () => {
    const at = { txnTime: '2026-03-02 10:00:00' }
    const steps = [
      attempt(1, { ...at, transactionId: '100', status: 'P' }),
      attempt(2, { ...at, ...refused, transactionId: '99' }),
    ]
    expect(await wordsFor(...steps)).toEqual([['77', 'processing']])
  })

  it('a capture of a refused attempt contradicts itself', async () => {
    const steps = [
      attempt(1, { ...auth, ...refused }),
      attempt(2, { ...capture('25.00'), originTransactionId: makeId(1) }),
    ]
    expect(await wordsFor(...steps)).toEqual([['77', 'unknown']])
  })

  it('what was taken although the payment is called closed is unknown', async () => {
    expect(await wordsFor(attempt(1, { paymentStatus: 'N' }))).toEqual([['77', 'unknown']])
    expect(await wordsFor(attempt(1, { ...auth, paymentStatus: 'N' }))).toEqual([['77', 'canceled']])
    // The paymentStatus of a declined attempt says that another attempt was paid.
    expect(await wordsFor(attempt(1, { ...refused, paymentStatus: 'S' }))).toEqual([['77', 'captured']])
  })

  it('a card that is kept while paying is an operation of the payment, never the payment', async () => {
    const kept = (status: string) => attempt(2, { txnType: 'BIND_CARD', status, orderAmount: '0.00' })
    const tries = [
      [{ status: 'P' }, 'processing'],
      [{ status: 'R' }, 'requires_action'],
      [refused, 'open'],
      [{ ...refused, paymentStatus: 'N' }, 'canceled'],
      [{}, 'captured'],
      [auth, 'authorized'],
    ] as const
    for (const [changes, status] of tries) {
      for (const word of ['S', 'F', 'P', 'Z']) {
        const [report, ...others] = await list([attempt(1, changes), kept(word)], 'hosted')
        expect([changes, word, report?.payment.status]).toEqual([changes, word, status])
        expect(report?.payment).toMatchObject({ id: '77', amount: { amount: 2500, currency: 'USD' } })
        expect(report?.payment.operations?.map(({ kind }) => kind)).toContain('verification')
        expect(others).toEqual([])
      }
    }
    expect(await wordsFor(kept('S'))).toEqual([['77', 'verified']])
  })

  it('two paymentIds are two payments, though one names the other', async () => {
    const bound = attempt(1, { txnType: 'BIND_CARD', paymentId: '76', orderAmount: '0.00' })
    const sale = attempt(2, { originTransactionId: makeId(1) })
    expect(await wordsFor(bound, sale)).toEqual([
      ['76', 'verified'],
      ['77', 'captured'],
    ])
    const failed = attempt(3, { ...refused, paymentId: null, originTransactionId: makeId(1) })
    expect(await wordsFor(bound, failed)).toEqual([
      ['76', 'verified'],
      [makeId(3), 'open'],
    ])
  })
})

describe('any fold', () => {
  const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000
  // Midnight where Onerway's clock is.
  const year = { from: new Date('2026-01-01T00:00:00+08:00'), to: new Date('2026-10-01T00:00:00Z') }

  const wordly = {
    txnType: fc.constantFrom(
      'SALE',
      'AUTH',
      'PRE_AUTH',
      'BIND_CARD',
      'CAPTURE',
      'VOID',
      'REFUND',
      'TELEPORT',
    ),
    status: fc.constantFrom('S', 'S', 'S', 'F', 'P', 'R', 'N', 'I', 'U', 'Z', null),
    paymentStatus: fc.constantFrom(null, null, null, 'S', 'A', 'P', 'O', 'N', 'Z'),
    paymentId: fc.constantFrom(null, null, '70', '71'),
    origin: fc.option(fc.nat({ max: 7 })),
    orderAmount: fc.constantFrom('25.00', '25.00', '10.00', '15.00', '0.00', 'much', null),
    orderCurrency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
    merchantTxnId: fc.constantFrom('order-1', 'order-2', null),
    day: fc.nat({ max: 250 }),
    hasTime: fc.constantFrom(true, true, true, false),
  }
  const rows: fc.Arbitrary<Row[]> = fc.array(fc.record(wordly), { maxLength: 14 }).map((steps) =>
    steps.map(({ origin, day, hasTime, ...row }, index) => {
      const time = new Date(Date.UTC(2026, 0, 1 + day)).toISOString()
      return makeRow({
        ...row,
        transactionId: makeId(index),
        originTransactionId: origin === null ? null : makeId(origin),
        txnTime: hasTime ? time.slice(0, 19).replace('T', ' ') : null,
      })
    }),
  )

  async function payments(
    all: readonly Row[],
    { integration, pageSize, from }: { integration: Integration; pageSize: number; from: Date },
  ): Promise<Payment[]> {
    const { onerway } = connect(answerFrom(all, {}, pageSize), { integration })
    const reports: PaymentReport[] = await collect(onerway.list({ from, to: year.to }))
    return reports.map(({ payment }) => payment).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  const cuts = fc.record({
    integration: fc.constantFrom<Integration>('direct', 'hosted'),
    pageSize: fc.integer({ min: 1, max: 10 }),
    days: fc.nat({ max: 89 }),
  })

  it('gives the same payments in whatever order, page cut and window cut its rows come', async () => {
    const shuffled = rows.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    )
    const property = fc.asyncProperty(
      shuffled,
      cuts,
      async ([all, other], { integration, pageSize, days }) => {
        const wanted = await payments(all, { integration, pageSize: 10, from: year.from })
        const from = new Date(year.from.getTime() - days * DAY_IN_MILLISECONDS)
        expect(await payments(other, { integration, pageSize, from })).toEqual(wanted)
      },
    )
    await fc.assert(property, { numRuns: 120 })
  })

  it('of a lookup is the same in whatever order the order query and the payment query answer', async () => {
    const said = fc.record({
      paymentId: fc.constantFrom('70', '70', '71'),
      paymentStatus: fc.constantFrom('S', 'O', 'N', 'A', 'P', 'Z', null),
      transactionId: fc.nat({ max: 7 }).map(makeId),
      txnType: fc.constantFrom('SALE', 'AUTH', 'BIND_CARD', undefined),
    })
    const all = fc.tuple(rows, fc.array(said, { minLength: 1, maxLength: 4 }))
    const shuffled = all.chain(([steps, wholes]) =>
      fc.tuple(
        fc.constant([steps, wholes] as const),
        fc.shuffledSubarray(steps, { minLength: steps.length }),
        fc.shuffledSubarray(wholes, { minLength: wholes.length }),
      ),
    )
    async function lookup(steps: readonly Row[], wholes: readonly Row[]) {
      const { onerway } = connect(
        (question) =>
          question.url.pathname.endsWith('queryPayments')
            ? makePage(wholes.filter(({ paymentId }) => paymentId === question.fields.paymentId))
            : answerFrom(steps)(question),
        { integration: 'hosted' },
      )
      return (await onerway.lookup('70')).payment
    }
    const property = fc.asyncProperty(shuffled, async ([[steps, wholes], otherSteps, otherWholes]) => {
      fc.pre(wholes.some(({ paymentId }) => paymentId === '70'))
      expect(await lookup(otherSteps, otherWholes)).toEqual(await lookup(steps, wholes))
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it('has every row in one payment, and no payment twice', async () => {
    const property = fc.asyncProperty(rows, cuts, async (all, { integration }) => {
      const folded = await payments(all, { integration, pageSize: 10, from: year.from })
      const steps = folded.flatMap(({ facts }) => String(facts.operations).split(', '))
      const wanted = all.map(({ txnType, status }) => `${txnType} ${status ?? '-'}`)
      expect(steps.toSorted()).toEqual(wanted.toSorted())
      expect(new Set(folded.map(({ id }) => id)).size).toBe(folded.length)
    })
    await fc.assert(property, { numRuns: 120 })
  })

  it('never says paid without money taken, nor refunds more than was taken', async () => {
    const property = fc.asyncProperty(rows, cuts, async (all, { integration }) => {
      const tookMoney = (row: Row) =>
        row.paymentStatus === 'S' || (row.status === 'S' && ['SALE', 'CAPTURE'].includes(String(row.txnType)))
      for (const payment of await payments(all, { integration, pageSize: 10, from: year.from })) {
        const { status, captured, refunded = 0, amount } = payment
        const outcome = outcomeOf(status)
        if (outcome === 'paid' || outcome === 'returned') expect(all.some(tookMoney)).toBe(true)
        if (!all.some(({ txnType, status: word }) => txnType === 'REFUND' && word === 'S')) {
          expect(refunded).toBe(0)
          expect(['partially_refunded', 'refunded']).not.toContain(status)
        }
        if (status === 'unknown') continue
        if (refunded > 0) expect(refunded).toBeLessThanOrEqual(captured ?? amount?.amount ?? -1)
        if (status === 'refunded') expect(refunded).toBe(captured ?? amount?.amount)
        if (status === 'partially_captured') expect(captured).toBeLessThan(amount?.amount ?? 0)
      }
    })
    await fc.assert(property, { numRuns: 120 })
  })

  it('of one payment says paid exactly where a step took money and none contradicts it', async () => {
    const following = fc.record({
      txnType: fc.constantFrom('CAPTURE', 'CAPTURE', 'VOID', 'REFUND'),
      status: fc.constantFrom('S', 'S', 'F', 'P'),
      cents: fc.integer({ min: 1, max: 2600 }),
    })
    const property = fc.asyncProperty(
      fc.constantFrom('SALE', 'AUTH'),
      fc.array(following, { maxLength: 5 }),
      async (txnType, later) => {
        const toDecimal = (cents: number) => (cents / 100).toFixed(2)
        const steps = makeSteps(
          { txnType },
          ...later.map(({ cents, ...step }) => ({ ...step, orderAmount: toDecimal(cents) })),
        )
        const total = (type: string) =>
          later
            .filter((step) => step.txnType === type && step.status === 'S')
            .reduce((sum, { cents }) => sum + cents, 0)
        const taken = txnType === 'SALE' ? 2500 : total('CAPTURE')
        const isVoided = total('VOID') > 0
        const back = total('REFUND')
        // The facts' order: the sale, or the sum of captures, else the void, else the authorization; refunds last.
        const base =
          taken === 0
            ? isVoided
              ? 'canceled'
              : 'authorized'
            : taken < 2500
              ? 'partially_captured'
              : 'captured'
        const isUnclear = (taken > 0 && isVoided) || back > taken || taken > 2500
        const refundedWord = back === 0 ? base : back === taken ? 'refunded' : 'partially_refunded'
        const [report] = await list(steps)
        expect(report?.payment.status).toBe(isUnclear ? 'unknown' : refundedWord)
      },
    )
    await fc.assert(property, { numRuns: 200 })
  })
})

describe('a void that did not succeed', () => {
  it('leaves the authorization as it is, whatever the paymentStatus', async () => {
    const [report] = await list(makeSteps(auth, { ...voided('F'), paymentStatus: 'N' }))
    expect(report?.payment.status).toBe('authorized')
  })

  it('one that succeeded ends a refused authorization too', async () => {
    const [report] = await list(makeSteps({ ...auth, status: 'F' }, voided()))
    expect(report?.payment.status).toBe('canceled')
  })
})
