import {
  type OwnRecord,
  type Payment,
  PaymentError,
  type PaymentReport,
  reconcile,
} from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { inWords, listed, runReconcile, toList } from './make.ts'

const compare = async (theirs: readonly Partial<Payment>[], ours: readonly OwnRecord[]) =>
  inWords(await runReconcile(toList(theirs.map(listed)), ours))

describe('a comparison with one’s own records', () => {
  it('finds what only one side has, and what both have and say differently', async () => {
    const { found, summary } = await runReconcile(
      toList([
        listed({ id: 'same', captured: 1000 }),
        listed({ id: 'ahead', reference: 'order-2', status: 'refunded', refunded: 1000 }),
        listed({ id: 'theirs', reference: 'order-3' }),
      ]),
      [
        { id: 'same', reference: 'order-1', status: 'captured', captured: 1000 },
        { id: 'ahead', status: 'captured', amount: { amount: 1000, currency: 'USD' }, refunded: 0 },
        { id: 'ours', status: 'captured' },
      ],
    )
    expect(inWords({ found, summary })).toEqual([
      'differs ahead status,amount,refunded',
      'only_ours ours',
      'only_theirs theirs',
    ])
    expect(found.find(({ kind }) => kind === 'differs')).toMatchObject({
      theirs: { payment: { id: 'ahead' } },
      ours: { id: 'ahead', refunded: 0 },
    })
    expect(summary).toEqual({
      theirs: 3,
      ours: 3,
      same: 1,
      differences: { only_theirs: 1, only_ours: 1, differs: 1, unreadable: 0 },
      complete: true,
    })
  })

  it('what one side does not state is no difference', async () => {
    expect(await compare([{ id: 'a', captured: 1000 }], [{ id: 'a' }])).toEqual([])
    expect(
      await compare(
        [{ id: 'a' }],
        [{ id: 'a', captured: 1000, refunded: 0, settlement: { rate: '7.1' }, status: 'unknown' }],
      ),
    ).toEqual([])
    const absent = {
      id: 'a',
      captured: null,
      amount: null,
      status: '',
      reference: '',
    } as unknown as OwnRecord
    expect(await compare([{ id: 'a', captured: 1000 }], [absent])).toEqual([])
  })

  it('compares what was settled, and a rate by its value', async () => {
    const settlement = { amount: { amount: 7120, currency: 'CNY' }, rate: '7.1200' }
    const theirs = [{ id: 'a', settlement }]
    expect(await compare(theirs, [{ id: 'a', settlement: { rate: '07.12' } }])).toEqual([])
    expect(await compare(theirs, [{ id: 'a', settlement: { rate: '7.121' } }])).toEqual([
      'differs a settlement',
    ])
    expect(
      await compare(theirs, [{ id: 'a', settlement: { amount: { amount: 7120, currency: 'HKD' } } }]),
    ).toEqual(['differs a settlement'])
  })

  it('a payment whose status nobody can read is said to be unreadable, and is neither missing nor equal', async () => {
    const theirs = [
      { id: 'a', status: 'unknown' },
      { id: 'b', status: 'unknown' },
    ] as const
    const { found, summary } = await runReconcile(toList(theirs.map(listed)), [
      { id: 'a', status: 'captured' },
    ])
    expect(inWords({ found, summary })).toEqual(['unreadable a', 'unreadable b'])
    expect(found.find(({ theirs: report }) => report?.payment.id === 'a')?.ours).toEqual({
      id: 'a',
      status: 'captured',
    })
    expect(summary).toMatchObject({ same: 0, differences: { unreadable: 2 } })
  })

  it.each([
    ['neither an id nor a reference', { status: 'captured' }],
    ['a word that is no status', { id: 'a', status: 'paid' }],
    ['money as a text', { id: 'a', amount: { amount: '10.00', currency: 'EUR' } }],
    ['a fraction of a minor unit', { id: 'a', captured: 0.5 }],
    ['a currency that is none', { id: 'a', amount: { amount: 1, currency: 'EURO' } }],
    ['an id that is a number', { id: 5 }],
    ['nothing at all', null],
  ])('a record of ours with %s costs itself and not the night', async (_, record) => {
    const run = await compare([{ id: 'b' }], [record as unknown as OwnRecord, { id: 'b' }])
    expect(run).toHaveLength(1)
    expect(run[0]).toMatch(/^unreadable/)
  })

  it('a row of theirs that is no report costs itself', async () => {
    const junk = undefined as unknown as PaymentReport
    expect(inWords(await runReconcile(toList([junk, listed({ id: 'b' })]), [{ id: 'b' }]))).toEqual([
      'unreadable ?',
    ])
  })

  it('refuses what is no list', async () => {
    const nothing = undefined as unknown as AsyncIterable<PaymentReport>
    await expect(reconcile(nothing, []).next()).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('several payments of one reference', () => {
  const attempts: readonly Partial<Payment>[] = [
    { id: 'refused', reference: 'order-1', status: 'failed' },
    { id: 'paid', reference: 'order-1', status: 'captured' },
  ]

  it('are told apart by their ids', async () => {
    const ours: OwnRecord[] = [
      { id: 'refused', reference: 'order-1', status: 'failed' },
      { id: 'paid', reference: 'order-1', status: 'captured' },
    ]
    expect(await compare(attempts, ours)).toEqual([])
    expect(await compare(attempts.toReversed(), ours)).toEqual([])
  })

  it('the one that agrees is the one a record without an id means', async () => {
    const ours: OwnRecord[] = [{ reference: 'order-1', status: 'captured' }]
    expect(await compare(attempts, ours)).toEqual(['only_theirs refused'])
    expect(await compare(attempts.toReversed(), ours)).toEqual(['only_theirs refused'])
  })

  it('where none agrees, the nearest is compared; of equals, the one that decides the order', async () => {
    expect(await compare(attempts, [{ reference: 'order-1', status: 'refunded' }])).toEqual([
      'differs paid status',
      'only_theirs refused',
    ])
    const near: OwnRecord = {
      reference: 'order-1',
      status: 'failed',
      amount: { amount: 999, currency: 'EUR' },
    }
    expect(await compare(attempts, [near])).toEqual(['differs refused amount', 'only_theirs paid'])
  })

  it('an id claims its payment also when a record without one came first', async () => {
    const ours: OwnRecord[] = [{ reference: 'order-1' }, { id: 'refused', reference: 'order-1' }]
    expect(await compare(attempts, ours)).toEqual([])
  })

  it('a record with another id is another payment, whatever its reference', async () => {
    expect(
      await compare([{ id: 'theirs', reference: 'order-1' }], [{ id: 'ours', reference: 'order-1' }]),
    ).toEqual(['only_ours ours', 'only_theirs theirs'])
  })

  it('one payment more of an order is seen, on either side', async () => {
    const twice = [{ id: 'one' }, { id: 'two' }]
    expect(await compare(twice, [{ reference: 'order-1' }])).toHaveLength(1)
    expect(await compare([{ id: 'one' }], [{ reference: 'order-1' }, { reference: 'order-1' }])).toEqual([
      'only_ours order-1',
    ])
    expect(await compare([{ id: 'one' }], [{ id: 'one' }, { id: 'one' }])).toEqual(['only_ours one'])
  })

  it('a payment that is listed twice is no payment more', async () => {
    const { found, summary } = await runReconcile(
      toList([listed({ id: 'a' }), listed({ id: 'a' })]),
      toList([{ id: 'a', status: 'captured' }]),
    )
    expect(found).toEqual([])
    expect(summary).toMatchObject({ theirs: 2, same: 1 })
  })
})

describe('a list that breaks off', () => {
  const error = new PaymentError({
    code: 'unavailable',
    provider: 'test-pay',
    message: 'the provider is away',
  })

  it('theirs: what it gave is compared, and nothing is said to be missing from it', async () => {
    const theirs = [listed({ id: 'a', status: 'refunded' }), listed({ id: 'b' }), listed({ id: 'c' })]
    const { found, summary } = await runReconcile(toList(theirs, error), [
      { id: 'a', status: 'captured' },
      { id: 'b' },
      { id: 'not-reached' },
      { reference: 'not-reached' },
    ])
    expect(inWords({ found, summary })).toEqual(['differs a status', 'only_theirs c'])
    expect(summary).toMatchObject({ theirs: 3, ours: 4, same: 1, complete: false, error })
  })

  it('ours: the same, the other way round', async () => {
    const { found, summary } = await runReconcile(
      toList([listed({ id: 'a' }), listed({ id: 'b', status: 'unknown' })]),
      toList([{ id: 'not-theirs' }], error),
    )
    expect(inWords({ found, summary })).toEqual(['only_ours not-theirs', 'unreadable b'])
    expect(summary).toMatchObject({ complete: false, error })
  })

  it('at once: an empty summary, and no exception', async () => {
    const { found, summary } = await runReconcile(toList([], error), [{ id: 'a' }])
    expect(found).toEqual([])
    expect(summary).toMatchObject({ theirs: 0, complete: false, error })
  })
})

describe('the two lists', () => {
  it('are let go when nobody reads on', async () => {
    const closed: string[] = []
    async function* forever<T>(name: string, make: (index: number) => T): AsyncGenerator<T> {
      try {
        for (let index = 0; ; index++) yield make(index)
      } finally {
        closed.push(name)
      }
    }
    const comparison = reconcile(
      forever('theirs', (index) => listed({ id: `pay_${index}`, status: 'failed' })),
      forever('ours', (index) => ({ id: `pay_${index}`, status: 'captured' as const })),
    )
    for await (const { kind } of comparison) {
      expect(kind).toBe('differs')
      break
    }
    expect(closed.toSorted()).toEqual(['ours', 'theirs'])
  })

  it('are held no longer than their other half is missing', async () => {
    // The short side decides: of 5,000 rows of theirs no more than a few batches may wait for 10 of ours.
    let handedOver = 0
    let atFirstDifference = 0
    async function* theirs(): AsyncGenerator<PaymentReport> {
      for (; handedOver < 5_000; handedOver++) yield listed({ id: `pay_${handedOver}` })
    }
    const ours = Array.from({ length: 10 }, (_, index) => ({ id: `pay_${index}` }))
    for await (const _ of reconcile(theirs(), ours)) atFirstDifference ||= handedOver
    expect(atFirstDifference).toBeLessThan(1000)
    expect(handedOver).toBe(5_000)
  })
})
