import { readFileSync } from 'node:fs'
import { outcomeOf, paymentStatuses } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import {
  type StripeFacts,
  stripeCancellationReasons,
  stripeDisputeStatuses,
  stripeEventTypes,
  stripeFormerStatuses,
  stripeMethodTypes,
  stripeNextActionTypes,
  stripeRefundStatuses,
  stripeStatuses,
  toPaymentStatus,
} from '../src/index.ts'
import {
  toActionMeaning,
  toAppearance,
  toChargeOperationStatus,
  toDisputeStatus,
  toEventMeaning,
  toMethodKind,
  tookMoney,
  toRedirectAppearance,
  toRefundOperationStatus,
} from '../src/status.ts'

const none = { amount: 2500, amount_received: 0, latest_charge: null }
const all = { status: 'succeeded', amount: 2500, amount_received: 2500 }
const charge = (amount_captured: number, amount_refunded: number, facts = {}) => ({
  latest_charge: { amount_captured, amount_refunded, disputed: false, ...facts },
})

const rows: ReadonlyArray<readonly [facts: StripeFacts, status: string]> = [
  [{ status: 'requires_payment_method', ...none }, 'open'],
  [{ status: 'requires_confirmation', ...none }, 'processing'], // the shop has to confirm it
  [{ status: 'requires_source', ...none }, 'open'],
  [{ status: 'requires_source_action', ...none }, 'requires_action'],
  [{ status: 'requires_action', ...none }, 'requires_action'],
  [{ status: 'processing', ...none }, 'processing'],
  [{ status: 'requires_capture', ...none }, 'authorized'],
  [{ status: 'requires_capture', ...none, amount_received: 1 }, 'partially_captured'],
  [{ status: 'requires_capture', ...none, ...charge(0, 0) }, 'authorized'],
  [{ status: 'canceled', ...none }, 'canceled'],
  [{ status: 'canceled', ...none, cancellation_reason: 'expired' }, 'expired'],
  [{ status: 'canceled', ...none, cancellation_reason: 'a_new_reason' }, 'canceled'],
  // Before API 2025-03-31.basil a canceled authorization looked like this.
  [{ status: 'canceled', ...none, ...charge(0, 2500, { refunded: true }) }, 'canceled'],
  [{ status: 'canceled', ...none, ...charge(2500, 2500), cancellation_reason: 'expired' }, 'expired'],
  [all, 'captured'],
  [{ ...all, latest_charge: 'ch_1' }, 'captured'],
  [{ ...all, latest_charge: null }, 'captured'],
  [{ ...all, ...charge(2500, 0) }, 'captured'],
  [{ ...all, ...charge(2500, 1) }, 'partially_refunded'],
  [{ ...all, ...charge(2500, 2499) }, 'partially_refunded'],
  [{ ...all, ...charge(2500, 2500) }, 'refunded'],
  [{ ...all, ...charge(2500, 2501) }, 'refunded'],
  [{ ...all, ...charge(1000, 1000) }, 'refunded'], // a refund is measured by what the charge captured
  [{ ...all, amount_received: 2499, latest_charge: 'ch_1' }, 'partially_captured'],
  [{ ...all, amount_received: 1000, ...charge(1000, 0) }, 'partially_captured'],
  [{ ...all, amount_received: 1000, ...charge(1000, 400) }, 'partially_refunded'],
  [{ ...all, amount_received: 1000, ...charge(1000, 1000) }, 'refunded'],
  [{ ...all, amount_received: 3000 }, 'captured'], // more than asked can be captured, where the card allows it
  [{ ...all, latest_charge: { amount_refunded: 2500 } }, 'refunded'],
  [{ ...all, latest_charge: {} }, 'captured'],
  // Without amount_received, the charge states what was captured.
  [{ status: 'succeeded', amount: 2500, ...charge(1000, 0) }, 'partially_captured'],
  [{ status: 'succeeded', amount: 2500, amount_received: null, ...charge(2500, 0) }, 'captured'],
  [{ status: 'requires_capture', amount: 2500, ...charge(1000, 0) }, 'partially_captured'],
]

const contradictions: ReadonlyArray<readonly [why: string, facts: StripeFacts]> = [
  ['succeeded with nothing received', { ...all, amount_received: 0 }],
  ['nothing received, though the charge captured', { ...all, amount_received: 0, ...charge(2500, 0) }],
  ['succeeded over nothing', { ...all, amount: 0, amount_received: 0 }],
  ['a refund of an unknown amount', { status: 'succeeded', latest_charge: { amount_refunded: 1 } }],
  ['succeeded with a charge that captured nothing', { ...all, ...charge(0, 0) }],
  ['succeeded with a charge that failed', { ...all, ...charge(2500, 0, { status: 'failed' }) }],
  ['succeeded with a charge still pending', { ...all, ...charge(2500, 0, { status: 'pending' }) }],
  ['succeeded with another sum captured than received', { ...all, ...charge(1000, 0) }],
  ['succeeded with a charge that only holds', { ...all, ...charge(2500, 0, { captured: false }) }],
  ['succeeded with a charge that is not paid', { ...all, ...charge(2500, 0, { paid: false }) }],
  ['refunded by its word and not by its sum', { ...all, ...charge(2500, 0, { refunded: true }) }],
  ['refunded by its word, with no sum', { ...all, latest_charge: { refunded: true } }],
  ['open, and yet captured', { status: 'requires_payment_method', amount: 2500, ...charge(1, 0) }],
  ['open, and yet received', { status: 'requires_payment_method', ...none, amount_received: 1 }],
  ['unconfirmed, and yet received', { status: 'requires_confirmation', ...none, amount_received: 1 }],
  ['canceled, and yet received', { status: 'canceled', ...none, amount_received: 1 }],
  ['a negative amount', { ...all, amount_received: -1 }],
  ['a fraction', { ...all, amount: 0.5 }],
  ['a negative capture', { ...all, ...charge(-1, 0) }],
  ['succeeded over nothing, with nothing else said', { status: 'succeeded', amount: 0 }],
  ['a negative refund', { ...all, ...charge(2500, -1) }],
]

describe('toPaymentStatus', () => {
  it.each(rows)('reads %o as %s', (facts, status) => {
    expect(toPaymentStatus(facts)).toBe(status)
  })

  it.each(contradictions)('calls it unknown: %s', (_, facts) => {
    expect(toPaymentStatus(facts)).toBe('unknown')
  })

  it.each(stripeStatuses)('calls %s unknown with an invalid amount', (status) => {
    for (const amount_received of [-1, 0.5, 2 ** 53, Number.NaN, '0' as unknown as number]) {
      expect(toPaymentStatus({ status, amount: 2500, amount_received })).toBe('unknown')
    }
  })

  it.each(['', 'Succeeded', 'paid', 'failed', 'constructor', 'requires_sources'])(
    'does not know %j',
    (status) => {
      expect(toPaymentStatus({ ...all, status })).toBe('unknown')
    },
  )

  it('has a row for every status', () => {
    expect(new Set(rows.map(([facts]) => facts.status))).toEqual(
      new Set([...stripeStatuses, ...stripeFormerStatuses]),
    )
  })

  it.each(stripeCancellationReasons)('never calls an intent canceled for %s paid', (cancellation_reason) => {
    const status = toPaymentStatus({ status: 'canceled', ...none, cancellation_reason })
    expect(status).toBe(cancellation_reason === 'expired' ? 'expired' : 'canceled')
  })
})

describe('toEventMeaning', () => {
  const kinds = {
    payment_intent: 'payment',
    'charge.dispute': 'dispute',
    charge: 'recheck',
    refund: 'recheck',
    review: 'recheck',
    'radar.early_fraud_warning': 'warning',
    'checkout.session': 'recheck',
    customer_cash_balance_transaction: 'cash_balance',
  }
  it.each(stripeEventTypes)('%s', (type) => {
    const family = /^(charge\.dispute|radar\.early_fraud_warning|checkout\.session)\./.exec(type)?.[1]
    expect(toEventMeaning(type).kind).toBe(kinds[(family ?? type.split('.')[0]) as keyof typeof kinds])
  })

  it.each([
    ['payment_intent.invented_tomorrow', 'payment'],
    ['charge.dispute.invented_tomorrow', 'dispute'],
    ['charge.invented_tomorrow', 'recheck'],
    ['charge.refund.invented_tomorrow', 'recheck'],
    ['refund.invented_tomorrow', 'recheck'],
    ['review.invented_tomorrow', 'recheck'],
    ['customer.created', 'unrelated'],
    ['payment_intents.succeeded', 'unrelated'],
    ['payment_intent', 'unrelated'],
    ['setup_intent.succeeded', 'unrelated'],
    ['application_fee.refunded', 'unrelated'],
    ['issuing_dispute.created', 'unrelated'],
    ['radar.early_fraud_warning.invented_tomorrow', 'warning'],
    ['checkout.session.invented_tomorrow', 'recheck'],
    ['radar.invented_tomorrow', 'unrelated'],
    ['issuing_authorization.created', 'unrelated'],
  ])('%s is %s', (type, kind) => {
    expect(toEventMeaning(type).kind).toBe(kind)
  })
})

describe('an event that only a lookup explains', () => {
  it.each([
    ['charge.captured', 'a charge changed: it is one attempt and not the payment'],
    ['refund.created', 'a refund changed, in full or in part'],
    ['review.opened', 'a review was opened or closed'],
    ['checkout.session.completed', 'a Checkout Session changed: it names its payment and does not hold it'],
  ])('%s states why: %s', (type, why) => {
    expect(toEventMeaning(type)).toEqual({ kind: 'recheck', why })
  })
})

describe('a charge', () => {
  it.each([
    ['succeeded', 'succeeded'],
    ['pending', 'pending'],
    ['failed', 'failed'],
    ['invented_tomorrow', 'unknown'],
    [null, 'unknown'],
    [undefined, 'unknown'],
  ])('that is %s is an operation that is %s', (status, wanted) => {
    expect(toChargeOperationStatus(status)).toBe(wanted)
  })
})

it.each(paymentStatuses)('money was taken only where it is paid or returned: %s', (status) => {
  expect(tookMoney(status)).toBe(['paid', 'returned'].includes(outcomeOf(status)))
})

describe('the kind of a next action', () => {
  const table = {
    redirect: ['redirect_to_url', 'alipay_handle_redirect', 'verify_with_microdeposits'],
    qr_code: [
      'klarna_display_qr_code',
      'paynow_display_qr_code',
      'pix_display_qr_code',
      'promptpay_display_qr_code',
      'wechat_pay_display_qr_code',
      'cashapp_handle_redirect_or_display_qr_code',
      'swish_handle_redirect_or_display_qr_code',
      'upi_handle_redirect_or_display_qr_code',
      'invented_tomorrow_display_qr_code',
    ],
    voucher: [
      'boleto_display_details',
      'konbini_display_details',
      'multibanco_display_details',
      'oxxo_display_details',
    ],
    bank_details: ['display_bank_transfer_instructions'],
    sdk: [
      'use_stripe_sdk',
      'blik_authorize',
      'card_await_notification',
      'wechat_pay_redirect_to_android_app',
      'wechat_pay_redirect_to_ios_app',
      'invented_tomorrow',
      'display_qr_code',
    ],
  }
  const rows = Object.entries(table).flatMap(([wanted, types]) =>
    types.map((type) => [type, wanted] as const),
  )

  it.each(rows)('%s: %s', (type, wanted) => expect(toActionMeaning(type)).toBe(wanted))

  it('has a row for every type', () => {
    expect(rows.map(([type]) => type)).toEqual(expect.arrayContaining([...stripeNextActionTypes]))
  })
})

const page = readFileSync(new URL('../../../docs/providers/stripe.md', import.meta.url), 'utf8')

/** Returns the words of a table on Stripe's docs page, each with its meaning. */
function wordsOf(head: string): Array<readonly [theirs: string, ours: string]> {
  const lines = page.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${head} |`)) + 2
  const rows = lines.slice(start, lines.indexOf('', start)).map((line) => line.split(' | '))
  return rows.flatMap(([theirs = '', ours = '']) =>
    theirs
      .replace('| ', '')
      .split(', ')
      .map((word) => [word, /`(.+)`/.exec(ours)?.[1] ?? ''] as const),
  )
}

describe("the tables of Stripe's docs page", () => {
  it.each([
    ["a dispute's `status`", toDisputeStatus, stripeDisputeStatuses],
    ["a refund's `status`", toRefundOperationStatus, stripeRefundStatuses],
    ['`payment_method_details.type`', toMethodKind, stripeMethodTypes],
  ] as const)('%s: every word and its meaning', (head, toOurs, vocabulary) => {
    const stated = wordsOf(head).filter(([theirs]) => theirs !== 'every other')
    expect(stated.map(([theirs]) => theirs).toSorted()).toEqual([...vocabulary].toSorted())
    expect(stated.map(([theirs]) => [theirs, toOurs(theirs)])).toEqual(stated)
  })

  it.each([toDisputeStatus, toRefundOperationStatus])('has no meaning for an unlisted word', (toOurs) => {
    expect(toOurs('invented_tomorrow')).toBe('unknown')
    expect(toOurs('')).toBe('unknown')
  })

  it.each([
    ['block', 'closed'],
    ['resolution', 'lost'], // Rapid Dispute Resolution refunded the money
    ['chargeback', 'closed'],
    ['invented_tomorrow', 'closed'],
    [null, 'closed'],
    [undefined, 'closed'],
  ])('reads a prevented dispute of case type %s as %s', (caseType, ours) => {
    expect(toDisputeStatus('prevented', caseType)).toBe(ours)
    expect(toDisputeStatus('won', caseType)).toBe('won')
  })

  it('reads an unlisted method as other', () => {
    expect(toMethodKind('invented_tomorrow')).toBe('other')
  })
})

describe('appearances', () => {
  it.each([
    ['succeeded', 'looks_paid', 'looks_paid'],
    ['requires_capture', 'looks_paid', 'looks_paid'],
    ['processing', 'looks_unfinished', 'looks_refused'],
    ['requires_action', 'looks_unfinished', 'looks_refused'],
    ['requires_confirmation', 'looks_unfinished', 'looks_refused'],
    ['requires_payment_method', 'looks_refused', 'looks_refused'],
    ['canceled', 'looks_refused', 'looks_refused'],
    ['invented_tomorrow', undefined, 'looks_refused'],
    [undefined, undefined, 'looks_refused'],
  ])('%s: %s, with an error %s', (status, alone, withError) => {
    expect(toAppearance(status, false)).toBe(alone)
    expect(toAppearance(status, true)).toBe(withError)
  })

  it.each([
    ['succeeded', 'looks_paid'],
    ['pending', 'looks_unfinished'],
    ['failed', 'looks_refused'],
    ['processing', 'looks_unfinished'],
    ['requires_payment_method', 'looks_refused'],
    ['paid', undefined],
  ])('redirect_status=%s', (word, looks) => {
    expect(toRedirectAppearance(word)).toBe(looks)
  })
})

describe('a PaymentIntent that succeeded and states no amounts', () => {
  it('is taken by its word', () => {
    expect(toPaymentStatus({ status: 'succeeded' })).toBe('captured')
    expect(toPaymentStatus({ status: 'succeeded', amount: 2500 })).toBe('captured')
    expect(toPaymentStatus({ status: 'succeeded', amount_received: 2500 })).toBe('captured')
  })
})
