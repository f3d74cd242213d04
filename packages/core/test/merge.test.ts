import { advance, type Payment, type PaymentStatus } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { at, lookup, webhook } from './make.ts'

/** Returns the recorded payment after two webhooks in order, of two statuses, with something new. */
function merged(known: Partial<Payment>, stated: Partial<Payment>): Payment {
  return advance(webhook(known, 1), webhook({ settlement: { rate: '1.1' }, ...stated }, 2)).report.payment
}

const figures = { authorized: 1000, captured: 1000, refunded: 300 }

describe('a known figure, under a status that comes without it', () => {
  it.each<readonly [string, PaymentStatus, PaymentStatus, readonly (keyof typeof figures)[]]>([
    ['what was held stays known when it is taken', 'authorized', 'captured', ['authorized']],
    [
      'all of it, while the status is the same',
      'partially_refunded',
      'partially_refunded',
      ['authorized', 'captured', 'refunded'],
    ],
    [
      'what was captured, when part of it is refunded',
      'captured',
      'partially_refunded',
      ['authorized', 'captured'],
    ],
    ['what was captured, when all of it is refunded', 'captured', 'refunded', ['authorized', 'captured']],
    ['not a part, when the whole is captured', 'partially_captured', 'captured', ['authorized']],
    [
      'not a part, when some of more than it is refunded',
      'partially_captured',
      'partially_refunded',
      ['authorized'],
    ],
    [
      'what was captured, while that is the status',
      'captured',
      'captured',
      ['authorized', 'captured', 'refunded'],
    ],
    [
      'not a part, when all that was captured since is refunded',
      'partially_captured',
      'refunded',
      ['authorized'],
    ],
    ['not what was refunded, when more is', 'partially_refunded', 'refunded', ['authorized', 'captured']],
  ])('stays or goes: %s', (_title, was, is, kept) => {
    const { refunded: _, ...taken } = figures
    const known = was === 'authorized' ? { authorized: 1000 } : was === 'partially_captured' ? taken : figures
    const payment = merged({ status: was, ...known }, { status: is })
    expect(payment.status).toBe(is)
    expect(Object.keys(figures).filter((figure) => figure in payment)).toEqual(kept)
    for (const figure of kept) expect(payment[figure]).toBe(figures[figure])
  })

  it('gives way to the stated one', () => {
    expect(
      merged(
        { status: 'authorized', authorized: 900 },
        { status: 'captured', authorized: 1000, captured: 800 },
      ),
    ).toMatchObject({
      authorized: 1000,
      captured: 800,
    })
  })

  it.each<readonly [string, Partial<Payment>, Partial<Payment>, number | undefined]>([
    [
      'outlives a refund that was smaller',
      { status: 'refunded' },
      { status: 'partially_refunded', refunded: 300 },
      1000,
    ],
    [
      'does not outlive another capture',
      { status: 'partially_refunded' },
      { status: 'captured', refunded: 0 },
      undefined,
    ],
    [
      'does not outlive another capture of a part',
      { status: 'partially_refunded' },
      { status: 'partially_captured', refunded: 0 },
      undefined,
    ],
  ])('what was captured %s, where a list corrects', (_, was, is, captured) => {
    const known = webhook({ ...was, captured: 1000, refunded: 1000 }, 1)
    const news = advance(known, lookup(is, 2, 'list'))
    expect(news.outcome).toBe('corrected')
    expect(news.report.payment.captured).toBe(captured)
  })

  it('“nothing captured” ends with the capture', () => {
    expect(merged({ status: 'authorized', captured: 0 }, { status: 'captured' })).not.toHaveProperty(
      'captured',
    )
    expect(merged({ status: 'authorized', captured: 0 }, { status: 'canceled' })).toHaveProperty(
      'captured',
      0,
    )
  })
})

describe('what belongs to a status', () => {
  const decline = { reason: 'other', retry: 'same_method' } as const
  const action = { kind: 'sdk' } as const

  it('stays with it', () => {
    expect(merged({ status: 'open', decline }, { status: 'open', method: { kind: 'card' } })).toMatchObject({
      decline,
    })
    expect(
      merged({ status: 'requires_action', action }, { status: 'requires_action', method: { kind: 'card' } }),
    ).toMatchObject({ action })
  })

  it('goes with it', () => {
    expect(merged({ status: 'open', decline }, { status: 'processing' })).not.toHaveProperty('decline')
    expect(merged({ status: 'requires_action', action }, { status: 'processing' })).not.toHaveProperty(
      'action',
    )
  })
})

describe('what comes one by one', () => {
  it('is joined: an authorization code, then an acquirer’s number', () => {
    const payment = merged(
      { status: 'authorized', trace: { authorizationCode: 'A1' }, authentication: { eci: '05' } },
      { status: 'captured', trace: { acquirerReference: 'R1' }, authentication: { version: '2.2.0' } },
    )
    expect(payment.trace).toEqual({ authorizationCode: 'A1', acquirerReference: 'R1' })
    expect(payment.authentication).toEqual({ eci: '05', version: '2.2.0' })
  })

  it('is kept where it is not stated again', () => {
    const known = {
      trace: { authorizationCode: 'A1' },
      authentication: { eci: '05' },
      method: { kind: 'card' },
    } as const
    expect(merged({ status: 'authorized', ...known }, { status: 'captured' })).toMatchObject(known)
  })

  it('is joined for one kind of method, and not across two', () => {
    const known = { status: 'authorized', method: { kind: 'card', brand: 'visa' } } as const
    expect(merged(known, { status: 'captured', method: { kind: 'card', last4: '4242' } }).method).toEqual({
      kind: 'card',
      brand: 'visa',
      last4: '4242',
    })
    expect(merged(known, { status: 'captured', method: { kind: 'wallet' } }).method).toEqual({
      kind: 'wallet',
    })
  })
})

describe('steps', () => {
  const step = (id: string, at?: string) =>
    ({ id, kind: 'capture', status: 'pending', ...(at ? { at } : {}) }) as const
  const [noon, one, two] = ['2026-11-20T12:00:00Z', '2026-11-20T13:00:00Z', '2026-11-20T14:00:00Z']

  it('are joined by id, oldest first, the newer statement of each', () => {
    const payment = merged(
      { status: 'authorized', operations: [step('b', two), { ...step('a', noon), amount: 5 }] },
      {
        status: 'captured',
        operations: [step('b', two), step('c', one), { ...step('a', noon), status: 'succeeded' }],
      },
    )
    expect(payment.operations).toEqual([
      { ...step('a', noon), amount: 5, status: 'succeeded' },
      step('c', one),
      step('b', two),
    ])
  })

  it('keep their places where the last one has no time', () => {
    const payment = merged(
      { status: 'authorized', operations: [step('b', two)] },
      { status: 'captured', operations: [step('b', two), step('c', noon), step('a')] },
    )
    expect(payment.operations?.map(({ id }) => id)).toEqual(['b', 'c', 'a'])
  })

  it('of older evidence add what is not known, and change nothing that is', () => {
    const known = webhook({ status: 'captured', operations: [{ ...step('a', one), status: 'succeeded' }] }, 5)
    const older = webhook({ status: 'authorized', operations: [step('a', one), step('b', noon)] }, 1)
    expect(advance(known, older).report.payment.operations).toEqual([
      step('b', noon),
      { ...step('a', one), status: 'succeeded' },
    ])
  })

  it('keep their places where one has no time', () => {
    const payment = merged(
      { status: 'authorized', operations: [step('b', two), step('a')] },
      { status: 'captured', operations: [step('c', noon), step('a'), step('b', two)] },
    )
    expect(payment.operations?.map(({ id }) => id)).toEqual(['b', 'a', 'c'])
  })
})

describe('what does not count', () => {
  const outcomeOf = (known: object, stated: object) =>
    advance(webhook(known as Partial<Payment>, 1), webhook(stated as Partial<Payment>, 2)).outcome

  it.each<readonly [string, object, object]>([
    ['that it does not say when it was created', { createdAt: at(0) }, {}],
    ['an unreadable moment, written alike', { createdAt: 'soon' }, { createdAt: 'soon' }],
    ['a member that holds undefined', { captured: 1000 }, { captured: undefined }],
    ['a part of what is known', { method: { kind: 'card', last4: '4242' } }, { method: { kind: 'card' } }],
  ])('%s', (_, known, stated) => expect(outcomeOf(known, stated)).toBe('repeated'))

  it.each<readonly [string, object, object]>([
    ['another moment', { createdAt: at(0) }, { createdAt: at(1) }],
    ['an unreadable moment', { createdAt: at(0) }, { createdAt: 'soon' }],
    ['null, where there was something', { method: { kind: 'card' } }, { method: null }],
    ['something, where there was null', { method: null }, { method: { kind: 'card' } }],
    ['a text, where there was an object', { method: { kind: 'card' } }, { method: '' }],
    ['more than was known', { method: { kind: 'card' } }, { method: { kind: 'card', last4: '4242' } }],
  ])('nor is it %s', (_, known, stated) => expect(outcomeOf(known, stated)).toBe('applied'))
})
