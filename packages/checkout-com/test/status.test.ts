import { checkoutComStatuses, toPaymentStatus } from '@payment-status/checkout-com'
import type { PaymentStatus } from '@payment-status/core'
import { describe, expect, it } from 'vitest'

// Written out from the provider's documents, not derived from the code: two hands that must agree.
// With balances: none told, nothing captured, something captured.
type Read = readonly [PaymentStatus, PaymentStatus, PaymentStatus]
type Row = readonly [status: string, approved: boolean | null, ...read: Read]

const table: readonly Row[] = [
  ['Authorized', true, 'authorized', 'authorized', 'authorized'],
  ['Authorized', false, 'unknown', 'unknown', 'unknown'],
  ['Authorized', null, 'unknown', 'unknown', 'unknown'],
  ['Card Verified', true, 'verified', 'verified', 'verified'],
  ['Card Verified', false, 'unknown', 'unknown', 'unknown'],
  ['Card Verified', null, 'unknown', 'unknown', 'unknown'],
  ['Partially Captured', true, 'partially_captured', 'unknown', 'partially_captured'],
  ['Partially Captured', false, 'unknown', 'unknown', 'unknown'],
  ['Partially Captured', null, 'unknown', 'unknown', 'unknown'],
  ['Captured', true, 'captured', 'unknown', 'captured'],
  ['Captured', false, 'unknown', 'unknown', 'unknown'],
  ['Captured', null, 'unknown', 'unknown', 'unknown'],
  ['Declined', true, 'unknown', 'unknown', 'unknown'],
  ['Declined', false, 'failed', 'failed', 'unknown'],
  ['Declined', null, 'unknown', 'unknown', 'unknown'],
  ['Partially Refunded', true, 'partially_refunded', 'unknown', 'partially_refunded'],
  ['Partially Refunded', false, 'unknown', 'unknown', 'unknown'],
  ['Partially Refunded', null, 'unknown', 'unknown', 'unknown'],
  ['Refunded', true, 'refunded', 'unknown', 'refunded'],
  ['Refunded', false, 'unknown', 'unknown', 'unknown'],
  ['Refunded', null, 'unknown', 'unknown', 'unknown'],
  ['Voided', true, 'canceled', 'canceled', 'unknown'],
  ['Voided', false, 'unknown', 'unknown', 'unknown'],
  ['Voided', null, 'unknown', 'unknown', 'unknown'],
  ['Pending', true, 'unknown', 'unknown', 'unknown'],
  ['Pending', false, 'unknown', 'unknown', 'unknown'],
  ['Pending', null, 'processing', 'processing', 'processing'],
  ['Canceled', true, 'canceled', 'canceled', 'unknown'],
  ['Canceled', false, 'canceled', 'canceled', 'unknown'],
  ['Canceled', null, 'canceled', 'canceled', 'unknown'],
  ['Expired', true, 'expired', 'expired', 'unknown'],
  ['Expired', false, 'expired', 'expired', 'unknown'],
  ['Expired', null, 'expired', 'expired', 'unknown'],
  ['Requested', true, 'processing', 'processing', 'processing'],
  ['Requested', false, 'processing', 'processing', 'processing'],
  ['Requested', null, 'processing', 'processing', 'processing'],
  ['Retry Scheduled', true, 'processing', 'processing', 'processing'],
  ['Retry Scheduled', false, 'processing', 'processing', 'processing'],
  ['Retry Scheduled', null, 'processing', 'processing', 'processing'],
  ['Authentication Requested', true, 'requires_action', 'requires_action', 'requires_action'],
  ['Authentication Requested', false, 'requires_action', 'requires_action', 'requires_action'],
  ['Authentication Requested', null, 'requires_action', 'requires_action', 'requires_action'],
  ['Paid', true, 'unknown', 'unknown', 'unknown'],
  ['Paid', false, 'unknown', 'unknown', 'unknown'],
  ['Paid', null, 'unknown', 'unknown', 'unknown'],
  ['Returned', true, 'unknown', 'unknown', 'unknown'],
  ['Returned', false, 'unknown', 'unknown', 'unknown'],
  ['Returned', null, 'unknown', 'unknown', 'unknown'],
  ['Active', true, 'unknown', 'unknown', 'unknown'],
  ['Active', false, 'unknown', 'unknown', 'unknown'],
  ['Active', null, 'unknown', 'unknown', 'unknown'],
  ['Teleported', true, 'unknown', 'unknown', 'unknown'],
  ['captured', true, 'unknown', 'unknown', 'unknown'],
  ['Captured ', true, 'unknown', 'unknown', 'unknown'],
  ['', true, 'unknown', 'unknown', 'unknown'],
  ['toString', true, 'unknown', 'unknown', 'unknown'],
]

const nothing = { total_authorized: 2500, total_captured: 0 }
const something = { total_authorized: 2500, total_captured: 1 }

describe('the status of a payment', () => {
  it.each(table)(
    '%s with approved %s is %s; %s with nothing captured, %s with something',
    (status, approved, ...wanted) => {
      const read = [undefined, nothing, something].map((balances) =>
        toPaymentStatus({ status, approved, balances }),
      )
      expect(read).toEqual(wanted)
    },
  )

  it('is the same for an approved that is null and one that is absent', () => {
    for (const status of checkoutComStatuses) {
      expect(toPaymentStatus({ status })).toBe(toPaymentStatus({ status, approved: null }))
      expect(toPaymentStatus({ status, approved: undefined })).toBe(toPaymentStatus({ status }))
    }
  })

  it('has a row here for every word times true, false and absent', () => {
    const rows = table.map(([status, approved]) => `${status} ${approved}`)
    const wanted = checkoutComStatuses.flatMap((status) => [
      `${status} true`,
      `${status} false`,
      `${status} null`,
    ])
    expect(rows.filter((row) => wanted.includes(row)).toSorted()).toEqual(wanted.toSorted())
    expect(checkoutComStatuses).toHaveLength(17)
  })

  it('takes balances without figures for balances that were not told', () => {
    for (const balances of [null, undefined, {}, { total_captured: null }]) {
      expect(toPaymentStatus({ status: 'Captured', approved: true, balances })).toBe('captured')
      expect(toPaymentStatus({ status: 'Voided', approved: true, balances })).toBe('canceled')
    }
  })
})

describe('a pending payment', () => {
  const redirect = { redirect: { href: 'https://3ds.example/' } }

  it.each([
    ['with a redirect', { _links: redirect }, 'requires_action'],
    ['with a 3ds block that has no answer yet', { '3ds': {} }, 'requires_action'],
    ['with a 3ds answer that is null', { '3ds': { authentication_response: null } }, 'requires_action'],
    ['with both', { '3ds': {}, _links: redirect }, 'requires_action'],
    ['with a 3ds answer', { '3ds': { authentication_response: 'Y' } }, 'processing'],
    [
      'with a 3ds answer and links without a redirect',
      { '3ds': { authentication_response: 'Y' }, _links: {} },
      'processing',
    ],
    ['without either', {}, 'processing'],
    ['with both of them null', { '3ds': null, _links: null }, 'processing'],
  ] as const)('%s is as it should be', (_, facts, wanted) => {
    expect(toPaymentStatus({ status: 'Pending', ...facts })).toBe(wanted)
  })

  it('is unknown when it is said to be approved or refused already, redirect or not', () => {
    for (const approved of [true, false]) {
      expect(toPaymentStatus({ status: 'Pending', approved, _links: redirect })).toBe('unknown')
    }
  })
})

describe('captured, though money went back', () => {
  it.each(['Captured', 'Partially Captured'])('%s contradicts itself', (status) => {
    const balances = { total_captured: 100, total_refunded: 100 }
    expect(toPaymentStatus({ status, approved: true, balances: { ...balances } as never })).toBe('unknown')
  })
})
