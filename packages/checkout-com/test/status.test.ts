import {
  type CheckoutComFacts,
  type checkoutComEventTypes,
  checkoutComStatuses,
  toPaymentStatus,
} from '@payment-status/checkout-com'
import type { PaymentStatus } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { isApproval } from '../src/decline.ts'
import { isDispute, toDisputeStatus } from '../src/dispute.ts'
import { toEventMeaning } from '../src/event.ts'
import { toAppearance } from '../src/hint.ts'
import { isHalfStated, isPayout, toFlowStatus, toOperationKind, toOperationStatus } from '../src/status.ts'

// Written out from the provider's documents, not derived from the code: two hands that must agree.
// With balances: none stated, nothing captured, something captured.
type Read = readonly [PaymentStatus, PaymentStatus, PaymentStatus]
type Row = readonly [status: string, approved: boolean | null, ...read: Read]

const table: readonly Row[] = [
  ['Authorized', true, 'authorized', 'authorized', 'unknown'],
  ['Authorized', false, 'unknown', 'unknown', 'unknown'],
  ['Authorized', null, 'unknown', 'unknown', 'unknown'],
  ['Card Verified', true, 'verified', 'verified', 'verified'],
  ['Card Verified', false, 'unknown', 'unknown', 'unknown'],
  ['Card Verified', null, 'unknown', 'unknown', 'unknown'],
  ['Partially Captured', true, 'partially_captured', 'unknown', 'partially_captured'],
  ['Partially Captured', false, 'unknown', 'unknown', 'unknown'],
  ['Partially Captured', null, 'unknown', 'unknown', 'unknown'],
  ['Captured', true, 'captured', 'unknown', 'partially_captured'],
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
  ['Pending', true, 'processing', 'processing', 'unknown'],
  ['Pending', false, 'processing', 'processing', 'unknown'],
  ['Pending', null, 'processing', 'processing', 'unknown'],
  ['Canceled', true, 'canceled', 'canceled', 'unknown'],
  ['Canceled', false, 'canceled', 'canceled', 'unknown'],
  ['Canceled', null, 'canceled', 'canceled', 'unknown'],
  ['Expired', true, 'expired', 'expired', 'unknown'],
  ['Expired', false, 'expired', 'expired', 'unknown'],
  ['Expired', null, 'expired', 'expired', 'unknown'],
  ['Requested', true, 'processing', 'processing', 'unknown'],
  ['Requested', false, 'processing', 'processing', 'unknown'],
  ['Requested', null, 'processing', 'processing', 'unknown'],
  ['Retry Scheduled', true, 'processing', 'processing', 'unknown'],
  ['Retry Scheduled', false, 'processing', 'processing', 'unknown'],
  ['Retry Scheduled', null, 'processing', 'processing', 'unknown'],
  ['Authentication Requested', true, 'requires_action', 'requires_action', 'unknown'],
  ['Authentication Requested', false, 'requires_action', 'requires_action', 'unknown'],
  ['Authentication Requested', null, 'requires_action', 'requires_action', 'unknown'],
  ['Paid', true, 'unknown', 'unknown', 'unknown'],
  ['Paid', false, 'unknown', 'unknown', 'unknown'],
  ['Paid', null, 'unknown', 'unknown', 'unknown'],
  ['Returned', true, 'refunded', 'unknown', 'refunded'],
  ['Returned', false, 'unknown', 'unknown', 'unknown'],
  ['Returned', null, 'refunded', 'unknown', 'refunded'],
  ['Active', true, 'unknown', 'unknown', 'unknown'],
  ['Active', false, 'unknown', 'unknown', 'unknown'],
  ['Active', null, 'unknown', 'unknown', 'unknown'],
  ['Teleported', true, 'unknown', 'unknown', 'unknown'],
  ['captured', true, 'captured', 'unknown', 'partially_captured'],
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

  const act = (type: string, response_code: string) => ({ type, response_code })
  it.each<readonly [status: string, actions: CheckoutComFacts['actions'], status: PaymentStatus]>([
    ['Captured', [act('Capture', '10000')], 'captured'],
    ['Captured', [act('Authorization', '10000')], 'captured'], // methods without a capture of their own
    ['Captured', [act('Capture', '10000'), act('Capture', '20005')], 'captured'],
    ['Captured', [act('Capture', '20005'), act('Authorization', '10000')], 'unknown'],
    ['Partially Captured', [act('Capture', '20005')], 'unknown'],
    ['Authorized', [act('Capture', '20005')], 'authorized'],
    ['Authorized', [act('Capture', '10000')], 'unknown'],
    ['Authorized', [act('Authorization', '20005')], 'unknown'],
    ['Authorized', [act('Authorization', '20005'), act('Authorization', '10000')], 'authorized'],
    ['Authorized', [act('Void', '10000')], 'unknown'],
    ['Authorized', [act('Void', '20005')], 'authorized'],
    ['Card Verified', [act('Card Verification', '20005')], 'unknown'],
    ['Refunded', [act('Refund', '20005')], 'unknown'],
    ['Refunded', [act('Refund', '20005'), act('Refund', '10000')], 'refunded'],
    ['Partially Refunded', [act('Refund', '20005')], 'unknown'],
    ['Voided', [act('Void', '20005')], 'unknown'],
    ['Voided', [act('Void', '10000')], 'canceled'],
    ['Voided', [act('Capture', '10000')], 'unknown'],
    ['Canceled', [act('Capture', '10000')], 'unknown'],
    ['Expired', [act('Capture', '10000')], 'unknown'],
  ])('%s with the actions %j is %s', (status, actions, wanted) => {
    expect(toPaymentStatus({ status, approved: true, actions })).toBe(wanted)
  })

  it('that is declined with a capture is unknown: it may hold the money', () => {
    const actions = [act('Capture', '10000')]
    expect(toPaymentStatus({ status: 'Declined', approved: false, actions })).toBe('unknown')
  })

  it.each(['Authorized', 'Captured', 'Card Verified', 'Refunded', 'Voided'])(
    '%s with a response code that declines is unknown',
    (status) => {
      expect(toPaymentStatus({ status, approved: true, response_code: '20005' })).toBe('unknown')
      expect(toPaymentStatus({ status, approved: true, response_code: '10000' })).not.toBe('unknown')
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

  it('takes balances without figures for balances that are absent', () => {
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
    ['none made yet', { attempts_made: 0, max_attempts: 4 }, 'processing'],
    ['a setting alone', { max_attempts: 4 }, 'failed'],
    ['a time for the next one', { next_attempt_on: '2026-03-05T00:00:00Z' }, 'processing'],
    [
      'a time for the next one after the last',
      { attempts_made: 4, max_attempts: 4, next_attempt_on: 'x' },
      'processing',
    ],
    ['attempts left, as text', { attempts_made: '9', max_attempts: '10' }, 'processing'],
    ['all attempts made', { attempts_made: 4, max_attempts: 4 }, 'failed'],
    ['all attempts made, as text', { attempts_made: '10', max_attempts: '10' }, 'failed'],
    ['what is no number', { max_attempts: 'many' }, 'failed'],
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
    ['from an entity of the merchant', { destination, source: { type: 'entity' } }],
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
    expect(toPaymentStatus({ ...facts, destination: null, source: undefined })).toBe('captured')
    expect(isPayout({ destination: 'src_x' as never })).toBe(false)
    expect(isPayout({})).toBe(false)
  })
})

describe('an end without money, though its funds can still be captured', () => {
  const balances = (available_to_capture: number) => ({ total_authorized: 100, available_to_capture })

  it.each([
    ['Voided', true, 'canceled'],
    ['Declined', false, 'failed'],
    ['Canceled', false, 'canceled'],
  ] as const)('%s contradicts itself', (status, approved, ended) => {
    expect(toPaymentStatus({ status, approved, balances: balances(100) })).toBe('unknown')
    expect(toPaymentStatus({ status, approved, balances: balances(0) })).toBe(ended)
    // After an overcapture.
    expect(toPaymentStatus({ status, approved, balances: balances(-1) })).toBe(ended)
  })

  it('Expired does not: time ends what was held, and no source says that the sums fall with it', () => {
    expect(toPaymentStatus({ status: 'Expired', balances: balances(100) })).toBe('expired')
    expect(toEventMeaning('payment_expired', { balances: balances(100) }).kind).toBe('payment')
  })

  it.each(['payment_declined', 'card_verification_declined', 'payment_canceled'] as const)(
    '%s is looked up',
    (type) => {
      expect(toEventMeaning(type, { balances: balances(100) }).kind).toBe('recheck')
      expect(toEventMeaning(type, { balances: balances(0) }).kind).toBe('payment')
    },
  )
})

describe('a refund, though less of it went back than its word says', () => {
  const read = (status: string, total_refunded: number | null) =>
    toPaymentStatus({ status, approved: true, balances: { total_captured: 100, total_refunded } })

  it.each([
    ['Refunded', null, 'refunded'],
    ['Refunded', 100, 'refunded'],
    ['Refunded', 101, 'refunded'],
    ['Refunded', 99, 'unknown'],
    ['Refunded', 0, 'unknown'],
    ['Partially Refunded', null, 'partially_refunded'],
    ['Partially Refunded', 1, 'partially_refunded'],
    ['Partially Refunded', 0, 'unknown'],
  ] as const)('%s with %s of 100 is %s', (status, refunded, wanted) => {
    expect(read(status, refunded)).toBe(wanted)
  })
})

describe('captured, though money went back', () => {
  it.each(['Captured', 'Partially Captured'])('%s contradicts itself', (status) => {
    const balances = { total_captured: 100, total_refunded: 100 }
    expect(toPaymentStatus({ status, approved: true, balances: { ...balances } as never })).toBe('unknown')
  })
})

describe('a word whose approved is not stated', () => {
  const half = ['Authorized', 'Card Verified', 'Partially Captured', 'Captured', 'Declined']
  const halfOfTheEnd = ['Partially Refunded', 'Refunded', 'Returned', 'Voided']

  it.each(checkoutComStatuses)('is half stated where approved decides: %s', (status) => {
    expect(isHalfStated({ status })).toBe([...half, ...halfOfTheEnd].includes(status))
    expect(isHalfStated({ status, approved: null })).toBe(isHalfStated({ status }))
    expect(isHalfStated({ status, approved: true })).toBe(false)
    expect(isHalfStated({ status, approved: false })).toBe(false)
    expect(isHalfStated({ status, destination: { type: 'bank_account', id: 'src_x' } })).toBe(false)
  })
})

describe("what a Flow session's answer says", () => {
  it.each([
    ['Approved', 'authorized'],
    ['Declined', 'failed'],
    ['Action Required', 'requires_action'],
    ['approved', 'authorized'],
    ['Captured', undefined],
    ['', undefined],
  ])('%s: %s', (word, status) => expect(toFlowStatus({ status: word })).toBe(status))
})

describe('a step', () => {
  it.each([
    ['Authorization', 'authorization'],
    ['Card Verification', 'verification'],
    ['Capture', 'capture'],
    ['Void', 'void'],
    ['Refund', 'refund'],
    ['Payout', 'other'],
    ['Return', 'refund'],
    ['Authentication', 'other'],
    ['Dispute', 'other'],
    ['capture', 'capture'],
    ['Teleportation', 'other'],
    [7, 'other'],
    [undefined, 'other'],
  ])('of type %s is a %s', (type, kind) => expect(toOperationKind(type)).toBe(kind))

  it.each([
    [{ response_code: '10000', approved: false }, 'succeeded'],
    [{ response_code: '20005', approved: true }, 'failed'],
    [{ response_code: '', approved: true }, 'succeeded'],
    [{ approved: true, status: 'Declined' }, 'succeeded'],
    [{ approved: false, status: 'Approved' }, 'failed'],
    [{ status: 'Approved' }, 'succeeded'],
    [{ status: 'pending' }, 'pending'],
    [{ status: 'DECLINED' }, 'failed'],
    [{ status: 'Teleported' }, 'unknown'],
    [{}, 'unknown'],
  ])('of %o has %s', (action, status) => expect(toOperationStatus(action as never)).toBe(status))

  it.each([
    ['10000', true],
    ['1010A', true],
    ['10', false],
    ['100000', false],
    ['20105', false],
    ['310000', false],
    ['10-00', false],
  ])('is approved with the code %s: %s', (code, approved) => expect(isApproval(code)).toBe(approved))
})

describe('an event that only a lookup explains says what it is about', () => {
  const all = { total_authorized: 2500, total_captured: 2500, total_refunded: 0, total_voided: 0 }
  it.each<readonly [(typeof checkoutComEventTypes)[number], object | undefined, string]>([
    ['payment_declined', all, 'a decline of a payment whose funds are held or captured'],
    ['card_verification_declined', all, 'a decline of a payment whose funds are held or captured'],
    ['payment_canceled', all, 'a cancellation of a payment whose funds are held or captured'],
    ['payment_expired', all, 'the expiry of a payment that was captured'],
    ['payment_captured', undefined, 'a capture of all or of a part'],
    ['payment_captured', { total_captured: 2500 }, 'a capture of all or of a part'],
    ['payment_captured', { total_authorized: 2500 }, 'a capture of all or of a part'],
    ['payment_captured', { ...all, total_refunded: 1 }, 'a capture of a payment that was refunded in part'],
    ['payment_refunded', undefined, 'a refund of all or of a part'],
    ['payment_refunded', { total_captured: 2500 }, 'a refund of all or of a part'],
    ['payment_refunded', { total_refunded: 2500 }, 'a refund of all or of a part'],
    ['payment_voided', undefined, 'a void of all or of a part'],
    ['payment_voided', { total_voided: 2500 }, 'a void of all or of a part'],
    ['payment_voided', { total_authorized: 2500 }, 'a void of all or of a part'],
    ['payment_voided', { total_authorized: 0, total_voided: 0 }, 'a void of all or of a part'],
    ['payment_voided', { total_authorized: 0, total_voided: 2500 }, 'a void of all or of a part'],
    ['payment_pending', undefined, 'it may hold a redirect the shopper must follow'],
    ['payment_capture_pending', undefined, 'a capture changed'],
    ['payment_capture_declined', undefined, 'a capture changed'],
    ['payment_void_declined', undefined, 'a void was declined'],
    ['payment_refund_pending', undefined, 'a refund changed'],
    ['payment_refund_declined', undefined, 'a refund changed'],
    ['payment_authentication_failed', undefined, '3-D Secure failed'],
    ['payment_retry_scheduled', undefined, 'Checkout.com will try a declined payment again'],
    ['payment_returned', undefined, 'a bank returned the money'],
    ['payment_paid', undefined, 'a payout was paid'],
    ['payment_authorization_incremented', undefined, 'the authorized amount changed'],
    ['payment_authorization_increment_declined', undefined, 'the authorized amount changed'],
  ])('%s with %o: %s', (type, balances, why) => {
    expect(toEventMeaning(type, { balances })).toEqual({ kind: 'recheck', why })
  })

  it.each<readonly [(typeof checkoutComEventTypes)[number], PaymentStatus, string | undefined]>([
    ['payment_approved', 'authorized', 'amount'],
    ['card_verified', 'verified', 'amount'],
    ['payment_declined', 'failed', 'amount'],
    ['payment_canceled', 'canceled', undefined],
    ['payment_expired', 'expired', undefined],
  ])('%s says %s by itself, and its amount by %s', (type, status, amountIn) => {
    expect(toEventMeaning(type, {})).toEqual({ kind: 'payment', status, amountIn })
    expect(toEventMeaning(type, { balances: null })).toEqual({ kind: 'payment', status, amountIn })
  })

  it.each<readonly [(typeof checkoutComEventTypes)[number], object, PaymentStatus]>([
    ['payment_captured', all, 'captured'],
    ['payment_captured', { ...all, total_captured: 2499 }, 'partially_captured'],
    ['payment_captured', { ...all, total_captured: 2501 }, 'captured'],
    ['payment_refunded', { ...all, total_refunded: 2500 }, 'refunded'],
    ['payment_refunded', { ...all, total_refunded: 2501 }, 'refunded'],
    ['payment_refunded', { ...all, total_refunded: 2499 }, 'partially_refunded'],
    ['payment_voided', { ...all, total_captured: 0, total_voided: 2500 }, 'canceled'],
    ['payment_voided', { total_authorized: 2500, total_voided: 2501 }, 'canceled'],
  ])('%s with %o says %s by its balances', (type, balances, status) => {
    expect(toEventMeaning(type, { balances })).toEqual({ kind: 'payment', status, amountIn: 'balances' })
  })
})

describe('a dispute by its name', () => {
  it.each([
    ['dispute_received', true, 'needs_response'],
    ['dispute_of_tomorrow', true, 'unknown'],
    ['dispute_arbitration_of_tomorrow', true, 'under_review'],
    ['payment_chargeback', true, 'needs_response'],
    ['payment_retrieval', true, 'early_warning'],
    ['payment_captured', false, 'unknown'],
    ['a_dispute_received', false, 'unknown'],
  ])('%s is one: %s, %s', (type, stated, status) => {
    expect(isDispute(type)).toBe(stated)
    expect(toDisputeStatus(type)).toBe(status)
  })
})

describe('what a browser result looks like', () => {
  it.each([
    ['Approved', 'looks_paid'],
    ['Action Required', 'looks_unfinished'],
    ['Authorized', 'looks_paid'],
    ['Captured', 'looks_paid'],
    ['Partially Captured', 'looks_paid'],
    ['Card Verified', 'looks_paid'],
    ['Declined', 'looks_refused'],
    ['Canceled', 'looks_refused'],
    ['Expired', 'looks_refused'],
    ['Pending', 'looks_unfinished'],
    ['Requested', 'looks_unfinished'],
    ['Retry Scheduled', 'looks_unfinished'],
    ['Authentication Requested', 'looks_unfinished'],
    ['Partially Refunded', undefined],
    ['Refunded', undefined],
    ['Voided', undefined],
    ['Paid', undefined],
    ['Returned', undefined],
    ['Active', undefined],
    ['captured', 'looks_paid'],
    ['Teleported', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%s: %s', (word, looks) => expect(toAppearance(word)).toBe(looks))
})
