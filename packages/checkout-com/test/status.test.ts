import { type CheckoutComFacts, checkoutComStatuses, toPaymentStatus } from '@payment-status/checkout-com'
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
  ['Pending', true, 'processing', 'processing', 'processing'],
  ['Pending', false, 'processing', 'processing', 'processing'],
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
  ['captured', true, 'captured', 'unknown', 'captured'],
  ['CARD verified', true, 'verified', 'verified', 'verified'],
  ['partially_captured', true, 'unknown', 'unknown', 'unknown'],
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

  it.each([true, false])('is that whatever approved says: %s', (approved) => {
    expect(toPaymentStatus({ status: 'Pending', approved })).toBe('processing')
    expect(toPaymentStatus({ status: 'Pending', approved, _links: redirect })).toBe('requires_action')
  })

  it.each([
    ['a reference of Multibanco', { source: { type: 'multibanco', payment_reference: '999999919' } }],
    ["Multibanco's page", { _links: { 'multibanco:static-reference-page': { href: 'https://m.example' } } }],
    ['a reference number of Fawry', { source: { type: 'fawry', reference_number: 9_292_223 } }],
    ['a QR code of BenefitPay', { source: { type: 'benefitpay', qr_data: '000201' } }],
  ])('waits for the shopper with %s', (_, facts) => {
    expect(toPaymentStatus({ status: 'Pending', ...facts })).toBe('requires_action')
  })
})

describe('a refusal with a plan to try again', () => {
  const declined = (retry: CheckoutComFacts['retry']) =>
    toPaymentStatus({ status: 'Declined', approved: false, retry })

  it.each([
    ['attempts left', { attempts_made: 1, max_attempts: 4 }, 'processing'],
    ['none made yet', { max_attempts: 4 }, 'processing'],
    ['a time for the next one', { next_attempt_on: '2026-03-05T00:00:00Z' }, 'processing'],
    [
      'a time for the next one after the last',
      { attempts_made: 4, max_attempts: 4, next_attempt_on: 'x' },
      'processing',
    ],
    ['all attempts made', { attempts_made: 4, max_attempts: 4 }, 'failed'],
    ['nothing in it', {}, 'failed'],
    ['null in it', { attempts_made: null, max_attempts: null, next_attempt_on: null }, 'failed'],
  ] as const)('of %s is %s', (_, retry, wanted) => {
    expect(declined(retry)).toBe(wanted)
  })

  it('says nothing of a payment that was not refused', () => {
    const retry = { attempts_made: 1, max_attempts: 4 }
    expect(toPaymentStatus({ status: 'Captured', approved: true, retry })).toBe('captured')
    expect(toPaymentStatus({ status: 'Declined', retry })).toBe('unknown')
  })
})

describe('a payout', () => {
  const destination = { type: 'bank_account', id: 'src_x' }

  it.each([
    ['from nowhere', { destination }],
    ["from the merchant's own account", { destination, source: { type: 'currency_account' } }],
  ])('%s is never a payment, whatever it says', (_, facts) => {
    for (const status of checkoutComStatuses) {
      for (const approved of [true, false, undefined]) {
        expect(toPaymentStatus({ status, approved, ...facts })).toBe('unknown')
      }
    }
  })

  it('is not what a payment with a source of its own is', () => {
    const facts = { status: 'Captured', approved: true, source: { type: 'card' } }
    expect(toPaymentStatus({ ...facts, destination })).toBe('captured')
    expect(toPaymentStatus({ ...facts, destination: null })).toBe('captured')
  })
})

describe('captured, though money went back', () => {
  it.each(['Captured', 'Partially Captured'])('%s contradicts itself', (status) => {
    const balances = { total_captured: 100, total_refunded: 100 }
    expect(toPaymentStatus({ status, approved: true, balances: { ...balances } as never })).toBe('unknown')
  })
})
