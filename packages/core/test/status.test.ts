import { isDecided, type Outcome, outcomeOf, type PaymentStatus, paymentStatuses } from '@payment-status/core'
import { expect, it } from 'vitest'

const table: Readonly<Record<PaymentStatus, readonly [Outcome, decided: boolean]>> = {
  open: ['undecided', false],
  requires_action: ['undecided', false],
  processing: ['undecided', false],
  authorized: ['held', false],
  partially_captured: ['paid', true],
  captured: ['paid', true],
  partially_refunded: ['paid', true],
  refunded: ['returned', true],
  verified: ['verified', true],
  canceled: ['not_paid', true],
  expired: ['not_paid', true],
  failed: ['not_paid', true],
  unknown: ['unclear', false],
}

it('has thirteen statuses, in the order a payment goes through them', () => {
  expect(paymentStatuses).toEqual(Object.keys(table))
})

it.each(paymentStatuses)('%s has its outcome, and is decided or not', (status) => {
  expect([outcomeOf(status), isDecided(status)]).toEqual(table[status])
})

it('a word that is not a status has no outcome', () => {
  expect(() => outcomeOf('paid' as PaymentStatus)).toThrow()
})
