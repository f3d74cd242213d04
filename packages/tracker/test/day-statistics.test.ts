import { type DeclineReason, type Payment, type PaymentStatus, paymentStatuses } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { createDayCount } from '../src/upkeep/day-statistics.ts'
import { EUR } from './fake.ts'

type Parts = Partial<Payment> & { readonly hadAction?: boolean }

function count(...payments: readonly Parts[]) {
  const day = createDayCount()
  for (const { hadAction = false, ...parts } of payments) {
    day.add({ provider: 'fake', id: 'p1', status: 'captured', facts: {}, ...parts }, hadAction)
  }
  return day.read()
}

const refusedFor = (reason: DeclineReason) => ({ decline: { reason, retry: 'other_method' } }) as const
const card = { method: { kind: 'card' } } as const

describe('an attempt, and what came of it', () => {
  it.each<[PaymentStatus, 'paid' | 'notPaid' | undefined]>([
    ['open', undefined],
    ['requires_action', undefined],
    ['processing', undefined],
    ['authorized', undefined],
    ['partially_captured', 'paid'],
    ['captured', 'paid'],
    ['partially_refunded', 'paid'],
    ['refunded', 'paid'],
    ['verified', undefined],
    ['canceled', 'notPaid'],
    ['expired', 'notPaid'],
    ['failed', 'notPaid'],
    ['unknown', undefined],
  ])('%s counts as %s', (status, ending) => {
    expect(count({ status })).toMatchObject({
      payments: 1,
      statuses: { [status]: 1 },
      paid: ending === 'paid' ? 1 : 0,
      notPaid: ending === 'notPaid' ? 1 : 0,
    })
    expect(count({ status }).successRate).toBe(ending && { paid: 1, notPaid: 0 }[ending])
  })

  it('the rate is of those that ended', () => {
    const day = count(
      { status: 'captured' },
      { status: 'refunded' },
      { status: 'failed' },
      { status: 'expired' },
      { status: 'unknown' },
      { status: 'processing' },
      { status: 'authorized' },
    )
    expect(day).toMatchObject({ payments: 7, paid: 2, notPaid: 2, successRate: 0.5 })
  })
})

describe('volume', () => {
  it.each<[string, Partial<Payment>, { captured: number; refunded: number; notStated: number } | undefined]>([
    ['what was captured', { captured: 900 }, { captured: 900, refunded: 0, notStated: 0 }],
    ['the amount of what is plainly captured', {}, { captured: 1000, refunded: 0, notStated: 0 }],
    ['no guess at a part', { status: 'partially_captured' }, { captured: 0, refunded: 0, notStated: 1 }],
    [
      'what went back',
      { status: 'partially_refunded', captured: 1000, refunded: 300 },
      { captured: 1000, refunded: 300, notStated: 0 },
    ],
    [
      'all of it, where all went back',
      { status: 'refunded', captured: 1000 },
      { captured: 1000, refunded: 1000, notStated: 0 },
    ],
    [
      'no guess at what went back',
      { status: 'partially_refunded', captured: 1000 },
      { captured: 1000, refunded: 0, notStated: 1 },
    ],
    ['nothing of what is held', { status: 'authorized', authorized: 1000 }, undefined],
    ['nothing of what is not known', { status: 'unknown', captured: 1000 }, undefined],
    ['no sum that a number cannot hold', { captured: 2 ** 53 }, { captured: 0, refunded: 0, notStated: 1 }],
  ])('is %s', (_, parts, sums) => {
    const volume = sums ? [{ currency: 'EUR', payments: 1, ...sums }] : []
    expect(count({ amount: EUR(1000), ...parts }).volume).toEqual(volume)
  })

  it('is never summed over currencies', () => {
    const yen = { amount: { amount: 500, currency: 'JPY' } }
    expect(count({ amount: EUR(1000) }, yen, { amount: EUR(50) }).volume).toEqual([
      { currency: 'EUR', payments: 2, captured: 1050, refunded: 0, notStated: 0 },
      { currency: 'JPY', payments: 1, captured: 500, refunded: 0, notStated: 0 },
    ])
  })
})

describe('refusals', () => {
  it.each<[Partial<Payment>, string | undefined]>([
    [{ status: 'failed', ...refusedFor('insufficient_funds') }, 'insufficient_funds'],
    [{ status: 'failed' }, 'not_stated'],
    [{ status: 'open', ...refusedFor('do_not_honor') }, 'do_not_honor'],
    [{ status: 'open' }, undefined],
    [{ status: 'canceled', ...refusedFor('canceled_by_shopper') }, 'canceled_by_shopper'],
    [{ status: 'canceled' }, undefined],
    [{ status: 'expired' }, undefined],
    [{ status: 'requires_action', ...refusedFor('do_not_honor') }, undefined],
    [{ status: 'processing', ...refusedFor('do_not_honor') }, undefined],
    [{ status: 'captured', ...refusedFor('do_not_honor') }, undefined],
    [{ status: 'unknown', ...refusedFor('do_not_honor') }, undefined],
  ])('%j is refused for %s', (parts, reason) => {
    expect(count(parts).refusals).toEqual(reason ? [{ reason, count: 1 }] : [])
  })

  it('the most frequent reason comes first', () => {
    const failed = (reason: DeclineReason) => ({ status: 'failed', ...refusedFor(reason) }) as const
    const day = count(failed('do_not_honor'), failed('card_expired'), failed('do_not_honor'))
    expect(day.refusals.map(({ reason }) => reason)).toEqual(['do_not_honor', 'card_expired'])
  })
})

describe('3-D Secure', () => {
  it.each<[Parts, 'passed' | 'failed' | 'timedOut' | 'unfinished' | undefined]>([
    [{ status: 'captured', ...card }, undefined],
    [{ status: 'captured', ...card, hadAction: true }, 'passed'],
    [{ status: 'authorized', authentication: { version: '2.2.0' } }, 'passed'],
    [{ status: 'captured', authentication: { eci: '07' } }, undefined],
    [{ status: 'captured', authentication: { eci: '00' } }, undefined],
    [{ status: 'captured', authentication: { eci: '05' } }, 'passed'],
    [{ status: 'captured', authentication: { eci: '01' } }, 'passed'],
    [{ status: 'requires_action', ...card }, 'unfinished'],
    [{ status: 'requires_action', method: { kind: 'voucher' } }, undefined],
    [{ status: 'captured', method: { kind: 'bank_redirect' }, hadAction: true }, undefined],
    [{ status: 'failed', ...refusedFor('authentication_failed') }, 'failed'],
    [{ status: 'open', ...refusedFor('authentication_timed_out') }, 'timedOut'],
    [{ status: 'failed', ...card, hadAction: true, ...refusedFor('insufficient_funds') }, 'passed'],
    [{ status: 'failed', ...card, hadAction: true, ...refusedFor('other') }, 'unfinished'],
    [{ status: 'expired', ...card, hadAction: true }, 'unfinished'],
    [{ status: 'unknown', ...card, hadAction: true }, 'unfinished'],
    [{ status: 'unknown', ...refusedFor('authentication_failed') }, undefined],
  ])('%j: %s', (parts, outcome) => {
    const none = { asked: 0, passed: 0, failed: 0, timedOut: 0, unfinished: 0 }
    const { successRate: _, ...counts } = count(parts).threeDSecure
    expect(counts).toEqual(outcome ? { ...none, asked: 1, [outcome]: 1 } : none)
  })

  it('the rate is of those that passed or did not, not of those who left', () => {
    const passed = { status: 'captured', ...card, hadAction: true } as const
    const failed = { status: 'failed', ...refusedFor('authentication_failed') } as const
    const left = { status: 'requires_action', ...card } as const
    expect(count(passed, passed, passed, failed, left).threeDSecure.successRate).toBe(0.75)
  })
})

it('every payment is counted once', () => {
  const given = paymentStatuses.flatMap((status) => [
    { status, ...card },
    { status, ...card, hadAction: true },
  ])
  const { statuses, threeDSecure, ...day } = count(...given)
  expect(Object.values(statuses)).toEqual(paymentStatuses.map(() => 2))
  expect([day.paid, day.notPaid]).toEqual([8, 6])
  const { asked, passed, failed, timedOut, unfinished } = threeDSecure
  expect(passed + failed + timedOut + unfinished).toBe(asked)
})
