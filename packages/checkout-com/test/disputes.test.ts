import { checkoutComDisputeTypes, createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import { describe, expect, it } from 'vitest'
import { paymentId, webhookSecret } from './make.ts'

const checkout = createCheckoutCom({ webhookSecrets: webhookSecret })

const data = {
  id: 'dsp_madeherefortestsonly222222',
  payment_id: paymentId,
  amount: 700,
  currency: 'EUR',
  category: 'fraudulent',
  reason_code: '10.4',
  evidence_required_by: '2026-04-01T00:00:00Z',
}

async function read(type: string, changes: object = {}) {
  const body = JSON.stringify({ id: 'evt_1', type, data: { ...data, ...changes } })
  return checkout.readWebhook(await signWebhook(body, webhookSecret))
}

const table: Readonly<Record<string, string>> = {
  dispute_received: 'needs_response',
  dispute_evidence_required: 'needs_response',
  dispute_evidence_submitted: 'under_review',
  dispute_evidence_acknowledged_by_scheme: 'under_review',
  dispute_acknowledged: 'under_review',
  dispute_arbitration_sent_to_scheme: 'under_review',
  dispute_won: 'won',
  dispute_arbitration_won: 'won',
  dispute_lost: 'lost',
  dispute_arbitration_lost: 'lost',
  dispute_accepted: 'lost',
  dispute_expired: 'lost',
  dispute_canceled: 'closed',
  dispute_resolved: 'closed',
  fraud_reported: 'early_warning',
  request_for_information_received: 'early_warning',
  payment_chargeback: 'needs_response',
  payment_retrieval: 'early_warning',
}

describe('a dispute', () => {
  it.each(Object.entries(table))('%s is %s', async (type, status) => {
    expect(await read(type)).toMatchObject({ kind: 'dispute', type, dispute: { status } })
  })

  it('has a row here for every type whose name states the outcome', () => {
    expect(Object.keys(table).toSorted()).toEqual(checkoutComDisputeTypes.toSorted())
  })

  it('of an unlisted type is still a dispute; arbitration goes on until it ends', async () => {
    expect(await read('dispute_teleported')).toMatchObject({
      kind: 'dispute',
      dispute: { status: 'unknown' },
    })
    const arbitrating = await read('dispute_arbitration_evidence_sent')
    expect(arbitrating).toMatchObject({ kind: 'dispute', dispute: { status: 'under_review' } })
  })

  it('resolved by refunding the shopper at once is lost, by anything else closed', async () => {
    for (const [resolved_reason, status] of [
      ['rapid_dispute_resolution', 'lost'],
      ['already_refunded', 'closed'],
      ['negative_amount', 'closed'],
      [7, 'closed'],
      [undefined, 'closed'],
    ] as const) {
      expect(await read('dispute_resolved', { resolved_reason })).toMatchObject({ dispute: { status } })
    }
    const canceled = await read('dispute_canceled', { resolved_reason: 'rapid_dispute_resolution' })
    expect(canceled).toMatchObject({ dispute: { status: 'closed' } })
  })

  it('states when it changed: the time of the event, else of its data', async () => {
    const date = '2026-03-02T10:15:31.5042702+00:00'
    const dated = await read('dispute_received', { date })
    expect(dated).toMatchObject({ dispute: { updatedAt: '2026-03-02T10:15:31.504Z' } })
    const body = {
      id: 'evt_1',
      type: 'dispute_received',
      timestamp: '2026-03-03T00:00:00Z',
      data: { ...data, date },
    }
    const event = await checkout.readWebhook(await signWebhook(JSON.stringify(body), webhookSecret))
    expect(event).toMatchObject({ dispute: { updatedAt: '2026-03-03T00:00:00.000Z' } })
  })

  it('has a report of fraud for its warning, with amounts in major units', async () => {
    const report = {
      id: undefined,
      payment_id: undefined,
      reference: 'order-1001',
      payment: { id: paymentId, amount: { currency: 'GBP', value: '29.990000' } },
      fraud: {
        type: '6',
        reason: 'Fraudulent use of account number',
        amount: { currency: 'GBP', value: '29.99' },
      },
    }
    const wanted = {
      status: 'early_warning',
      reason: 'Fraudulent use of account number',
      amount: { amount: 2999, currency: 'GBP' },
    }
    expect(await read('fraud_reported', report)).toMatchObject({ key: { id: paymentId }, dispute: wanted })
    const bare = { ...report, fraud: undefined }
    expect(await read('fraud_reported', bare)).toMatchObject({
      key: { id: paymentId },
      dispute: { status: 'early_warning', amount: { amount: 2999, currency: 'GBP' } },
    })
    const short = { ...report, payment: { id: 'pay_test5kzpem2epaseo2tm' } }
    expect(await read('fraud_reported', short)).toMatchObject({ key: { reference: 'order-1001' } })
    const unnamed = await read('fraud_reported', { ...report, payment: null, reference: '' })
    expect(unnamed).toMatchObject({ kind: 'dispute', dispute: { status: 'early_warning' } })
    expect(unnamed).not.toHaveProperty('key')
  })

  it('has a request for information for its warning', async () => {
    const request = { id: 'rtvl_madeherefortestsonly22', payment_reference: 'order-1001' }
    expect(await read('request_for_information_received', request)).toMatchObject({
      key: { id: paymentId },
      dispute: { id: request.id, status: 'early_warning', reason: '10.4' },
    })
  })

  it('names the payment, not itself, as the key', async () => {
    expect(await read('dispute_received')).toMatchObject({
      key: { id: paymentId },
      dispute: {
        id: data.id,
        reason: '10.4',
        amount: { amount: 700, currency: 'EUR' },
        respondBy: '2026-04-01T00:00:00.000Z',
      },
    })
  })

  it('is reported though its deadline cannot be read', async () => {
    for (const evidence_required_by of ['2023-06-34T15:24:56Z', 'soon', '']) {
      const event = await read('dispute_evidence_required', { evidence_required_by })
      expect(event).toMatchObject({ kind: 'dispute', dispute: { status: 'needs_response' } })
      expect(event.kind === 'dispute' && event.dispute).not.toHaveProperty('respondBy')
    }
  })

  it('gives its category for a reason where it has no code', async () => {
    const event = await read('dispute_received', { reason_code: null })
    expect(event.kind === 'dispute' && event.dispute.reason).toBe('fraudulent')
    const bare = await read('dispute_received', { reason_code: '', category: '' })
    expect(bare.kind === 'dispute' && bare.dispute).not.toHaveProperty('reason')
  })

  it('of the previous platform has the id of its payment for its own', async () => {
    const event = await read('payment_chargeback', { id: paymentId, payment_id: undefined })
    expect(event).toMatchObject({ kind: 'dispute', key: { id: paymentId } })
    expect(event.kind === 'dispute' && event.dispute).not.toHaveProperty('id')
  })

  it.each([
    ['payment_reference', { payment_reference: 'order-1001' }],
    ['reference, on the previous platform', { reference: 'order-1001' }],
    [
      'payment_reference, with an id of another length',
      { payment_id: 'pay_cnhuomagalglgozxy5zm', payment_reference: 'order-1001' },
    ],
  ])('without an id has its %s for a key', async (_, named) => {
    expect(await read('dispute_received', { payment_id: undefined, ...named })).toMatchObject({
      key: { reference: 'order-1001' },
      dispute: { id: data.id },
    })
    const both = await read('dispute_received', { ...named, payment_id: paymentId })
    expect(both).toMatchObject({ key: { id: paymentId } })
  })

  it('without a payment it names has no key', async () => {
    for (const payment_id of [undefined, null, '', 'dsp_x', `${paymentId}/..`]) {
      expect(await read('dispute_won', { payment_id })).not.toHaveProperty('key')
    }
  })

  it('without an id of its own has none, and no reference of white space', async () => {
    for (const id of [null, '', undefined]) {
      const event = await read('dispute_won', { id })
      expect(event.kind === 'dispute' && event.dispute).not.toHaveProperty('id')
    }
    for (const reference of [' ', '', null]) {
      expect(await read('dispute_won', { payment_id: null, reference })).not.toHaveProperty('key')
    }
  })

  it('never says what the payment’s status is', async () => {
    for (const type of checkoutComDisputeTypes) expect(await read(type)).not.toHaveProperty('report')
  })
})
