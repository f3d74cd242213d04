import {
  decideOrder,
  type Payment,
  type PaymentReport,
  resolveAttempts,
  withoutParts,
} from '@payment-status/core'
import { describe, expect, it } from 'vitest'

const amount = { amount: 2500, currency: 'EUR' }

function reportOf(id: string, status: Payment['status'], more: Partial<Payment> = {}): PaymentReport {
  const figures = status === 'captured' ? { captured: 2500 } : {}
  const payment: Payment = { provider: 'onerway', id, status, amount, ...figures, facts: {}, ...more }
  return { evidence: 'report', source: 'lookup', payment, observedAt: '2026-03-02T10:00:00.000Z' }
}

/** A payment that a lookup has stated with an attempt and a kept card. */
const whole = (status: Payment['status']) =>
  reportOf('payment', status, {
    operations: [
      { id: 'attempt', kind: 'payment', status: 'failed' },
      { id: 'card', kind: 'verification', status: 'failed' },
    ],
  })

describe('what is an operation of another payment', () => {
  it.each(['open', 'requires_action', 'failed', 'canceled', 'verified'] as const)(
    'is left out while it is %s',
    (status) => {
      const reports = [reportOf('attempt', status), whole('failed'), reportOf('card', status)]
      expect(resolveAttempts(reports).deciding?.payment.id).toBe('payment')
      expect(withoutParts(reports, ({ payment }) => payment)).toEqual([whole('failed')])
    },
  )

  it.each(['captured', 'authorized', 'processing', 'unknown', 'refunded'] as const)(
    'stays while it is %s: its money may be a second payment',
    (status) => {
      const reports = [reportOf('attempt', status), whole('captured')]
      expect(withoutParts(reports, ({ payment }) => payment)).toEqual(reports)
    },
  )

  it('stays while it is disputed or contradicted, at another provider, or where each names the other', () => {
    const disputed = reportOf('attempt', 'failed', { dispute: { status: 'needs_response' } })
    const contradicted = reportOf('card', 'failed', {
      conflict: { status: 'captured', since: '2026-03-02T10:00:00.000Z' },
    })
    const elsewhere = reportOf('attempt', 'open', { provider: 'stripe' })
    const mutual = reportOf('attempt', 'open', {
      operations: [{ id: 'payment', kind: 'payment', status: 'pending' }],
    })
    for (const other of [disputed, contradicted, elsewhere, mutual])
      expect(withoutParts([other, whole('captured')], ({ payment }) => payment)).toHaveLength(2)
  })

  it('decides nothing about the order', () => {
    const terms = { expected: { amount }, capture: 'automatic' } as const
    const decision = decideOrder({ terms, payments: [reportOf('attempt', 'open'), whole('failed')] })
    expect(decision.step).toMatchObject({ kind: 'ask_again', newPayment: true })
  })
})
