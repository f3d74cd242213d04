import { createHmac } from 'node:crypto'
import {
  type AirwallexConfig,
  airwallexEventNames,
  createAirwallex,
  signWebhook,
} from '@payment-status/airwallex'
import { describe, expect, it } from 'vitest'
import {
  connect,
  type Fields,
  login,
  makeAttempt,
  makeIntent,
  readEvent,
  secrets,
  withCode,
} from './helpers.ts'

const TIMESTAMP = 1_767_225_600_000
const SECRET = 'whk_invented_airwallex_secret'
const BODY =
  '{"id":"evt_synthetic_1","name":"payment_intent.succeeded","account_id":"acct_synthetic","data":{"object":{"id":"int_synthetic0001","status":"SUCCEEDED"}}}'
const SIGNATURE = '9ee2157b1712130e717a54b7b9317102228794a76fde66adcf9fc6a965b590fc'

const at = (milliseconds: number, config: AirwallexConfig<string> = {}) =>
  createAirwallex({ webhookSecrets: SECRET, clock: () => milliseconds, ...config })
const deliver = (headers: Record<string, string>, rawBody: string | Uint8Array = BODY) => ({
  rawBody,
  headers,
})
const signed = { 'x-timestamp': `${TIMESTAMP}`, 'x-signature': SIGNATURE }
const forged = withCode('invalid_signature')

describe('a signature', () => {
  it('is HMAC-SHA256 over the timestamp and the body', async () => {
    const { headers } = await signWebhook(BODY, SECRET, { timestamp: TIMESTAMP })
    expect(headers).toMatchObject(signed)
    expect(createHmac('sha256', SECRET).update(`${TIMESTAMP}${BODY}`).digest('hex')).toBe(SIGNATURE)
    expect(await at(TIMESTAMP).readWebhook(deliver(signed))).toMatchObject({ id: 'evt_synthetic_1' })
  })

  it('may belong to any of several secrets', async () => {
    const provider = at(TIMESTAMP, { webhookSecrets: ['whk_other', undefined, SECRET] })
    expect(await provider.readWebhook(deliver(signed))).toMatchObject({ id: 'evt_synthetic_1' })
  })

  it.each([
    ['no timestamp', { 'x-signature': SIGNATURE }],
    ['no signature', { 'x-timestamp': `${TIMESTAMP}` }],
    ['another timestamp', { ...signed, 'x-timestamp': `${TIMESTAMP + 1}` }],
    ['seconds', { ...signed, 'x-timestamp': `${TIMESTAMP / 1000}` }],
    ['upper-case hex', { ...signed, 'x-signature': SIGNATURE.toUpperCase() }],
    ['two signatures', { ...signed, 'x-signature': `${SIGNATURE}, ${SIGNATURE}` }],
  ])('with %s is refused', async (_, headers) => {
    await expect(at(TIMESTAMP).readWebhook(deliver(headers))).rejects.toMatchObject(forged)
  })

  it('is not moved across the joint of timestamp and body', async () => {
    // Both are signed one after the other, so a digit that moves leaves the signature as it was.
    const body = `0${BODY}`
    const timestamp = `${TIMESTAMP}`.slice(0, 13)
    const signature = createHmac('sha256', SECRET).update(`${timestamp}${body}`).digest('hex')
    for (const headers of [
      { 'x-timestamp': timestamp, 'x-signature': signature },
      { 'x-timestamp': `${timestamp}0`, 'x-signature': signature },
    ]) {
      await expect(at(TIMESTAMP).readWebhook(deliver(headers, body))).rejects.toMatchObject(forged)
      await expect(at(TIMESTAMP).readWebhook(deliver(headers))).rejects.toMatchObject(forged)
    }
  })

  it('is never verified with the secret that a test event carries', async () => {
    const own = await signWebhook(BODY, 'whk_of_the_attacker', { timestamp: TIMESTAMP })
    const headers = { ...(own.headers as Record<string, string>), 'client-secret-key': 'whk_of_the_attacker' }
    await expect(at(TIMESTAMP).readWebhook(deliver(headers))).rejects.toMatchObject(forged)
  })

  it('holds for four days, because Airwallex may resend the first one', async () => {
    const days = (count: number) => TIMESTAMP + count * 86_400_000
    expect(await at(days(4)).readWebhook(deliver(signed))).toMatchObject({ id: 'evt_synthetic_1' })
    await expect(at(days(4) + 1).readWebhook(deliver(signed))).rejects.toMatchObject(forged)
    await expect(at(TIMESTAMP - 300_001).readWebhook(deliver(signed))).rejects.toMatchObject(forged)
    expect(await at(TIMESTAMP - 300_000).readWebhook(deliver(signed))).toMatchObject({
      id: 'evt_synthetic_1',
    })
  })

  it('is as old as toleranceSeconds allows', async () => {
    const strict = at(TIMESTAMP + 1, { toleranceSeconds: 0 })
    await expect(strict.readWebhook(deliver(signed))).rejects.toMatchObject(forged)
    const any = at(TIMESTAMP * 2, { toleranceSeconds: Infinity })
    expect(await any.readWebhook(deliver(signed))).toMatchObject({ id: 'evt_synthetic_1' })
  })

  it('needs a configured secret', async () => {
    await expect(createAirwallex().readWebhook(deliver(signed))).rejects.toThrow('webhookSecrets is missing')
  })
})

const attempt = makeAttempt({ status: 'FAILED', failure_code: 'issuer_declined' })
const refund = { id: 'rfd_1', payment_intent_id: 'int_a1', status: 'ACCEPTED', amount: 5, currency: 'EUR' }
const dispute = (facts: Fields = {}) => ({
  id: 'dst_1',
  payment_intent_id: 'int_a1',
  stage: 'CHARGEBACK',
  ...facts,
})

describe('an event of an intent', () => {
  it.each([
    ['created', 'REQUIRES_PAYMENT_METHOD', 'open'],
    ['requires_payment_method', 'REQUIRES_PAYMENT_METHOD', 'open'],
    ['requires_customer_action', 'REQUIRES_CUSTOMER_ACTION', 'requires_action'],
    ['requires_capture', 'REQUIRES_CAPTURE', 'authorized'],
    ['pending', 'PENDING', 'processing'],
    ['pending_review', 'PENDING_REVIEW', 'processing'],
    ['cancelled', 'CANCELLED', 'canceled'],
    ['updated', 'REQUIRES_PAYMENT_METHOD', 'open'],
    // The object decides, not the name.
    ['succeeded', 'REQUIRES_CAPTURE', 'authorized'],
  ])('%s with the status %s states %s', async (name, status, wanted) => {
    const event = await readEvent(`payment_intent.${name}`, makeIntent({ status, captured_amount: 0 }))
    expect(event).toMatchObject({
      kind: 'payment',
      occurredAt: '2026-01-01T00:00:05.000Z',
      reply: { status: 200, body: '' },
      report: { source: 'webhook', payment: { id: 'int_a1', status: wanted, reference: 'order-1001' } },
    })
  })

  it('states captured money, and no refunds', async () => {
    const intent = makeIntent({ latest_payment_attempt: makeAttempt() })
    const event = await readEvent('payment_intent.succeeded', intent)
    expect(event).toMatchObject({ report: { payment: { status: 'captured', captured: 1999 } } })
    expect(event).not.toHaveProperty('report.payment.refunded')
  })

  it.each([
    ['an old word', makeIntent({ status: 'CAPTURE_REQUESTED' })],
    ['a word that is not listed', makeIntent({ status: 'TELEPORTED' })],
    ['succeeded without a figure', makeIntent({ captured_amount: undefined })],
    ['a contradiction', makeIntent({ status: 'CANCELLED' })],
    ['the form of another API version', makeIntent({ amount: '19.99' })],
  ])('with %s is a recheck', async (_, object) => {
    expect(await readEvent('payment_intent.succeeded', object)).toMatchObject({
      kind: 'recheck',
      key: { id: 'int_a1' },
    })
  })

  it.each(['payment_failed', 'payment_method_required', 'capture_requested', 'teleported'])(
    'with the name %s is a recheck by its id',
    async (name) => {
      const event = await readEvent(`payment_intent.${name}`, makeIntent())
      expect(event).toMatchObject({ kind: 'recheck', key: { id: 'int_a1' } })
    },
  )

  it('takes its time from the envelope where the object has none', async () => {
    const intent = makeIntent({ updated_at: undefined })
    const event = await readEvent('payment_intent.succeeded', intent, {
      created_at: '2026-01-01T00:00:09+0000',
    })
    expect(event.occurredAt).toBe('2026-01-01T00:00:09.000Z')
  })
})

describe('an event of an attempt or a refund', () => {
  const names = airwallexEventNames.filter((name) => /^(payment_attempt|refund)\./.test(name))
  it.each([...names, 'payment_attempt.teleported', 'refund.processing', 'refund.succeeded'])(
    '%s is a recheck by payment_intent_id',
    async (name) => {
      const object = name.startsWith('refund') ? refund : attempt
      const event = await readEvent(name, object, { accountId: 'acct_x' })
      expect(event).toMatchObject({ kind: 'recheck', key: { id: 'int_a1' } })
    },
  )

  it('that does not name its payment is unreadable, with the reply that ends its redelivery', async () => {
    const event = await readEvent('payment_attempt.settled', { id: 'int_a1' })
    expect(event).toMatchObject({ kind: 'unreadable', id: 'evt_1', reply: { status: 200 } })
    expect(event).toHaveProperty(
      'why',
      'the webhook\'s object is not as documented (expected payment_intent_id: "payment_intent_id")',
    )
  })
})

describe('an event of a dispute', () => {
  it.each([
    ['REQUIRES_RESPONSE', 'CHARGEBACK', 'needs_response'],
    ['REQUIRES_RESPONSE', 'RFI', 'early_warning'],
    ['CHALLENGED', 'CHARGEBACK', 'under_review'],
    ['PENDING_DECISION', 'ARBITRATION', 'under_review'],
    ['PENDING_CLOSURE', 'PRE_ARBITRATION', 'under_review'],
    ['ACCEPTED', 'CHARGEBACK', 'lost'],
    ['LOST', 'CHARGEBACK', 'lost'],
    ['EXPIRED', 'CHARGEBACK', 'lost'],
    ['EXPIRED', 'RFI', 'early_warning'],
    ['WON', 'CHARGEBACK', 'won'],
    ['REVERSED', 'CHARGEBACK', 'closed'],
    ['TELEPORTED', 'CHARGEBACK', 'unknown'],
  ])('with the status %s in the stage %s is %s', async (status, stage, wanted) => {
    const event = await readEvent('payment_dispute.updated', dispute({ status, stage }))
    expect(event).toMatchObject({
      kind: 'dispute',
      key: { id: 'int_a1' },
      dispute: { id: 'dst_1', status: wanted },
    })
  })

  it('takes the status from its name where the object has none', async () => {
    expect(await readEvent('payment_dispute.won', dispute())).toMatchObject({ dispute: { status: 'won' } })
  })

  it('of the old family has the status unknown', async () => {
    const event = await readEvent('dispute.lost', dispute({ status: 'LOST', dispute_id: 'dst_2' }))
    expect(event).toMatchObject({ kind: 'dispute', key: { id: 'int_a1' }, dispute: { status: 'unknown' } })
  })

  it('reads the fields that one API version spells in another way', async () => {
    const object = {
      payment_intent_id: 'int_a1',
      dispute_id: 'dst_9',
      dispute_amount: 19.99,
      dispute_currency: 'EUR',
      status: 'REQUIRES_RESPONSE',
      due_at: '2026-02-01T00:00:00+0000',
      reason: { type: 'FRAUDULENT' },
    }
    expect(await readEvent('payment_dispute.requires_response', object)).toMatchObject({
      dispute: {
        id: 'dst_9',
        amount: { amount: 1999, currency: 'EUR' },
        respondBy: '2026-02-01T00:00:00.000Z',
        reason: 'FRAUDULENT',
      },
    })
  })

  it('of a refund is unrelated', async () => {
    const object = dispute({ status: 'LOST', transaction_type: 'REFUND' })
    expect(await readEvent('payment_dispute.lost', object)).toMatchObject({ kind: 'unrelated' })
  })

  const unnamed = dispute({ payment_intent_id: null, status: 'LOST' })

  it('falls back to the order, then to the dispute itself', async () => {
    const byOrder = await readEvent('payment_dispute.lost', { ...unnamed, merchant_order_id: 'order-1001' })
    expect(byOrder).toMatchObject({ kind: 'dispute', key: { reference: 'order-1001' } })

    const rawBody = JSON.stringify({ id: 'evt_2', name: 'payment_dispute.lost', data: { object: unnamed } })
    const delivery = await signWebhook(rawBody, secrets.webhookSecrets)
    const { provider, paths } = connect({ intent: dispute({ status: 'LOST' }) })
    expect(await provider.readWebhook(delivery)).toMatchObject({ kind: 'dispute', key: { id: 'int_a1' } })
    expect(paths()).toEqual(['/api/v1/pa/payment_disputes/dst_1'])

    const without = await createAirwallex({ webhookSecrets: secrets.webhookSecrets }).readWebhook(delivery)
    expect(without).toMatchObject({ kind: 'dispute', dispute: { status: 'lost' } })
    expect(without).not.toHaveProperty('key')
  })

  it('is delivered again where the dispute cannot be requested yet', async () => {
    const rawBody = JSON.stringify({ id: 'evt_2', name: 'payment_dispute.lost', data: { object: unnamed } })
    const provider = createAirwallex({
      ...secrets,
      retries: 0,
      fetch: async (input) =>
        String(input instanceof Request ? input.url : input).endsWith('/login')
          ? login()
          : new Response(null, { status: 503 }),
    })
    const delivery = await signWebhook(rawBody, secrets.webhookSecrets)
    await expect(provider.readWebhook(delivery)).rejects.toMatchObject(withCode('unavailable'))
  })

  it('as a fraud notification is an early warning', async () => {
    expect(
      await readEvent('fraud.merchant_notified', { id: 'frd_1', payment_intent_id: 'int_a1' }),
    ).toMatchObject({
      kind: 'dispute',
      key: { id: 'int_a1' },
      dispute: { id: 'frd_1', status: 'early_warning' },
    })
  })
})

describe('an event of anything else', () => {
  it.each([
    'payment.paid', // a payout
    'payment_link.paid',
    'payment_consent.verified',
    'payment_method.attached',
    'customer.created',
    'funds_split.settled',
    'pos.terminal.activated',
    'charge.settled',
    'payment_intentional.created',
    'teleported',
  ])('%s is unrelated', async (name) => {
    expect(await readEvent(name, { id: 'int_a1', payment_intent_id: 'int_a1' })).toMatchObject({
      kind: 'unrelated',
    })
  })

  it('without data is unrelated, too', async () => {
    const rawBody = '{"id":"evt_1","name":"payment_link.paid"}'
    const delivery = await signWebhook(rawBody, secrets.webhookSecrets)
    expect(await createAirwallex(secrets).readWebhook(delivery)).toMatchObject({ kind: 'unrelated' })
  })

  it.each(['{}', '{"id":"","name":"refund.failed"}', '{"name":"refund.failed"}', '{"id":"evt_1"'])(
    'that names no event is invalid_payload: %s',
    async (rawBody) => {
      const delivery = await signWebhook(rawBody, secrets.webhookSecrets)
      await expect(createAirwallex(secrets).readWebhook(delivery)).rejects.toMatchObject(
        withCode('invalid_payload'),
      )
    },
  )
})
