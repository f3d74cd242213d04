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

  it.each<readonly [string, Partial<Payment>, OwnRecord]>([
    ['status', {}, { status: 'refunded' }],
    ['amount', {}, { amount: { amount: 1001, currency: 'EUR' } }],
    ['amount', {}, { amount: { amount: 1000, currency: 'USD' } }],
    ['captured', { captured: 1000 }, { captured: 999 }],
    ['refunded', { refunded: 1 }, { refunded: 0 }],
    ['settlement', { settlement: { rate: '7.1' } }, { settlement: { rate: '7.2' } }],
    [
      'settlement',
      { settlement: { amount: { amount: 1, currency: 'CNY' } } },
      { settlement: { amount: { amount: 2, currency: 'CNY' } } },
    ],
  ])('finds another %s', async (field, theirs, ours) => {
    expect(await compare([{ id: 'a', ...theirs }], [{ id: 'a', ...ours }])).toEqual([`differs a ${field}`])
    expect(await compare([{ id: 'a', ...theirs }], [{ reference: 'order-1', ...ours }])).toEqual([
      `differs a ${field}`,
    ])
  })

  it('finds none where all is stated alike', async () => {
    const settlement = { amount: { amount: 7120, currency: 'CNY' }, rate: '7.12' }
    const record: OwnRecord = {
      status: 'captured',
      amount: { amount: 1000, currency: 'EUR' },
      captured: 1000,
      refunded: 0,
      settlement,
    }
    const theirs = { id: 'a', captured: 1000, refunded: 0, settlement }
    expect(await compare([theirs], [{ ...record, id: 'a' }])).toEqual([])
    expect(await compare([theirs], [{ ...record, reference: 'order-1' }])).toEqual([])
  })

  it.each([
    ['7', '7.0', true],
    ['7', '007', true],
    ['12.5', '12.50', true],
    ['0.5', '00.500', true],
    ['10', '1', false],
    ['1.05', '1.5', false],
    ['7.1', 'x7.1', false],
    ['7.1', '7.1x', false],
    ['about seven', 'about seven', true],
    ['about seven', 'about eight', false],
  ])('a rate of %s and one of %s are one: %s', async (theirs, ours, isOne) => {
    const found = await compare(
      [{ id: 'a', settlement: { rate: theirs } }],
      [{ id: 'a', settlement: { rate: ours } }],
    )
    expect(found).toEqual(isOne ? [] : ['differs a settlement'])
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

  it('a payment with an unknown status is reported unreadable, and is neither missing nor equal', async () => {
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
    ['a word that is not a status', { id: 'a', status: 'paid' }],
    ['money as a text', { id: 'a', amount: { amount: '10.00', currency: 'EUR' } }],
    ['a fraction of a minor unit', { id: 'a', captured: 0.5 }],
    ['a figure below zero', { id: 'a', refunded: -1 }],
    ['an amount below zero', { id: 'a', amount: { amount: -1, currency: 'EUR' } }],
    ['a currency that is not a string', { id: 'a', amount: { amount: 1, currency: 978 } }],
    ['a rate that is a number', { id: 'a', settlement: { rate: 7.1 } }],
    ['a reference that is a number', { id: 'a', reference: 7 }],
    ['only a text', 'order-1'],
    ['a currency that does not exist', { id: 'a', amount: { amount: 1, currency: 'EURO' } }],
    ['an id that is a number', { id: 5 }],
    ['nothing at all', null],
  ])('a record of ours with %s costs itself and not the night', async (_, record) => {
    const run = await compare([{ id: 'b' }], [record as unknown as OwnRecord, { id: 'b' }])
    expect(run).toHaveLength(1)
    expect(run[0]).toMatch(/^unreadable/)
  })

  it.each([
    undefined,
    null,
    {},
    { evidence: 'report' },
    { evidence: 'report', payment: {} },
    { payment: { id: 'b', status: 'captured' } },
  ])('a row of theirs that is not a report does not end the rest: %o', async (junk) => {
    const { summary } = await runReconcile(toList([junk as unknown as PaymentReport, listed({ id: 'b' })]), [
      { id: 'b' },
    ])
    expect(summary).toMatchObject({ theirs: 2, same: 1, differences: { unreadable: 1, only_theirs: 0 } })
  })

  it.each([undefined, null, 7, {}, 'rows'])('refuses what is no list: %o', async (odd) => {
    const refusal = {
      code: 'invalid_input',
      provider: 'payment-status',
      message: "[payment-status] reconcile takes two lists: the provider's reports, and records of your own",
    }
    await expect(reconcile(odd as never, []).next()).rejects.toMatchObject(refusal)
    await expect(reconcile(toList([]), odd as never).next()).rejects.toMatchObject(refusal)
  })
})

describe('several payments of one reference', () => {
  const attempts: readonly Partial<Payment>[] = [
    { id: 'refused', reference: 'order-1', status: 'failed' },
    { id: 'paid', reference: 'order-1', status: 'captured' },
  ]

  it('are matched by their ids', async () => {
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

  it('one that differs in everything is still the one its reference names', async () => {
    const settlement = { rate: '7.1' }
    const theirs = { id: 'a', captured: 1000, refunded: 0, settlement }
    const record: OwnRecord = {
      reference: 'order-1',
      status: 'refunded',
      amount: { amount: 1, currency: 'EUR' },
      captured: 1,
      refunded: 1,
      settlement: { rate: '7.2' },
    }
    expect(await compare([theirs], [record])).toEqual([
      'differs a status,amount,captured,refunded,settlement',
    ])
  })

  it('one payment answers for one record: of two that differ from it, one is ours alone', async () => {
    const ours: OwnRecord[] = [
      { reference: 'order-1', status: 'refunded' },
      { reference: 'order-1', status: 'failed', amount: { amount: 1, currency: 'EUR' } },
    ]
    const { found, summary } = await runReconcile(toList([listed({ id: 'a' })]), ours)
    expect(found.map(({ kind }) => kind).toSorted()).toEqual(['differs', 'only_ours'])
    expect(summary).toMatchObject({ theirs: 1, ours: 2, same: 0 })
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
  it('are closed when they are no longer read', async () => {
    let closed = false
    async function* forever(): AsyncGenerator<PaymentReport> {
      try {
        for (let index = 0; ; index++) yield listed({ id: `pay_${index}`, status: 'failed' })
      } finally {
        closed = true
      }
    }
    const ours = [{ id: 'pay_0', status: 'captured' as const }]
    for await (const { kind } of reconcile(forever(), ours)) {
      expect(kind).toBe('differs')
      break
    }
    expect(closed).toBe(true)
  })

  const many = 1_000
  const row = (index: number) => ({ id: `pay_${index}`, reference: `order-${index}` })
  const rows = Array.from({ length: many }, (_, index) => row(index))
  const last = { ...row(many - 1), status: 'captured' } as const

  it.each<readonly [string, readonly Partial<Payment>[], readonly OwnRecord[], object]>([
    [
      'the last of ours, by its id',
      [last],
      rows,
      { same: 1, differences: { only_ours: many - 1, only_theirs: 0 } },
    ],
    [
      'the last of ours, by its reference',
      [last],
      rows.map(({ reference }) => ({ reference })),
      { same: 1, differences: { only_ours: many - 1, only_theirs: 0 } },
    ],
    [
      'the last of theirs, by its id',
      rows,
      [last],
      { same: 1, differences: { only_ours: 0, only_theirs: many - 1 } },
    ],
    [
      'the last of theirs, by its reference',
      rows,
      [{ reference: last.reference }],
      { same: 1, differences: { only_ours: 0, only_theirs: many - 1 } },
    ],
    [
      'the last of theirs, which differs',
      rows,
      [{ reference: last.reference, status: 'failed' }],
      { same: 0, differences: { only_theirs: many - 1, differs: 1 } },
    ],
    [
      'the last of ours, which differs',
      [last],
      rows.map(({ reference }) => ({ reference, status: 'failed' as const })),
      { same: 0, differences: { only_ours: many - 1, differs: 1 } },
    ],
    ['none of ours', [], rows, { same: 0, differences: { only_ours: many } }],
    [
      'none of ours by reference',
      [{ id: 'other', reference: undefined as never }],
      rows.map(({ reference }) => ({ reference })),
      { same: 0, differences: { only_ours: many, only_theirs: 1 } },
    ],
  ])('meet wherever in them the other half is: %s', async (_, theirs, ours, wanted) => {
    const { summary } = await runReconcile(toList(theirs.map(listed)), ours)
    expect(summary).toMatchObject(wanted)
    expect(summary).toMatchObject({ theirs: theirs.length, ours: ours.length })
  })

  it('are let go only where they are not over', async () => {
    const closed: string[] = []
    const iterate = <T>(name: string, items: readonly T[]) => {
      let index = 0
      const next = async () =>
        index < items.length
          ? { done: false as const, value: items[index++] as T }
          : { done: true as const, value: undefined }
      const close = async () => {
        closed.push(name)
        return { done: true as const, value: undefined }
      }
      return { [Symbol.asyncIterator]: () => ({ next, return: close }) }
    }
    await runReconcile(iterate('theirs', [listed({ id: 'a' })]), iterate('ours', [{ id: 'a' }]))
    expect(closed).toEqual([])
  })

  it.each(['theirs', 'theirs, of one reference'])(
    'are held no longer than their other half is missing: %s',
    async (side) => {
      let handedOver = 0
      let seen = 0
      let mostWaiting = 0
      async function* count<T>(make: (index: number) => T): AsyncGenerator<T> {
        for (; handedOver < 5_000; handedOver++) yield make(handedOver)
      }
      const few = Array.from({ length: 10 }, (_, index) => ({
        id: `short_${index}`,
        reference: `short-${index}`,
      }))
      const comparison =
        side === 'theirs'
          ? reconcile(
              count((index) => listed(row(index))),
              few,
            )
          : reconcile(
              count((index) => listed({ ...row(index), reference: 'order-1' })),
              [{ reference: 'order-1' }],
            )
      for await (const _ of comparison) mostWaiting = Math.max(mostWaiting, handedOver - ++seen)
      expect(handedOver).toBe(5_000)
      expect(seen).toBe(side === 'theirs, of one reference' ? 4_999 : 5_010)
      expect(mostWaiting).toBeLessThan(100)
    },
  )
})
