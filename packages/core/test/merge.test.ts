import { advance, type Payment, type PaymentStatus } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { webhook } from './make.ts'

/** What is known after a payment in one status was told as another, by two webhooks in order. */
function merged(known: Partial<Payment>, told: Partial<Payment>): Payment {
  return advance(webhook(known, 1), webhook(told, 2)).report.payment
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
      'what was captured, when part of it is given back',
      'captured',
      'partially_refunded',
      ['authorized', 'captured'],
    ],
    ['what was captured, when all of it is given back', 'captured', 'refunded', ['authorized', 'captured']],
    ['not a part, when the whole is captured', 'partially_captured', 'captured', ['authorized']],
    [
      'not a part, when some of more than it is given back',
      'partially_captured',
      'partially_refunded',
      ['authorized'],
    ],
    ['not what was given back, when more is', 'partially_refunded', 'refunded', ['authorized', 'captured']],
  ])('stays or goes: %s', (_title, was, is, kept) => {
    const { refunded: _, ...taken } = figures
    const known = was === 'authorized' ? { authorized: 1000 } : was === 'partially_captured' ? taken : figures
    const payment = merged({ status: was, ...known }, { status: is })
    expect(payment.status).toBe(is)
    expect(Object.keys(figures).filter((figure) => figure in payment)).toEqual(kept)
    for (const figure of kept) expect(payment[figure]).toBe(figures[figure])
  })

  it('gives way to the one that is told', () => {
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

  it('is kept where it is not told anew', () => {
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

  it('are joined by id, oldest first, the newer telling of each', () => {
    const payment = merged(
      { status: 'authorized', steps: [step('b', two), { ...step('a', noon), amount: 5 }] },
      {
        status: 'captured',
        steps: [step('b', two), step('c', one), { ...step('a', noon), status: 'succeeded' }],
      },
    )
    expect(payment.steps).toEqual([
      { ...step('a', noon), amount: 5, status: 'succeeded' },
      step('c', one),
      step('b', two),
    ])
  })

  it('keep their places where one has no time', () => {
    const payment = merged(
      { status: 'authorized', steps: [step('b', two), step('a')] },
      { status: 'captured', steps: [step('c', noon), step('a'), step('b', two)] },
    )
    expect(payment.steps?.map(({ id }) => id)).toEqual(['b', 'a', 'c'])
  })
})
