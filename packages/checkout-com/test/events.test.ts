import { checkoutComEventTypes, createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import type { WebhookEvent } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { connect, makeId, paymentId, sessionId, webhookSecret } from './make.ts'

const checkout = createCheckoutCom({ webhookSecrets: webhookSecret })

async function read(type: string, data: unknown, envelope: object = {}): Promise<WebhookEvent> {
  const body = JSON.stringify({ id: 'evt_1', type, created_on: '2026-03-02T10:16:00Z', data, ...envelope })
  return checkout.readWebhook(await signWebhook(body, webhookSecret))
}

const data = { id: paymentId, reference: 'order-1001', amount: 700, currency: 'EUR' }

/** Returns the status, or the kind of the event. */
function meaningOf(event: WebhookEvent): string {
  return event.kind === 'payment' ? event.report.payment.status : event.kind
}

// From the provider's documents. Balances: none; all captured; a part of it; nothing taken and all voided; all captured
// and all refunded; all captured and a part refunded.
const balances = [
  undefined,
  { total_authorized: 2500, total_voided: 0, total_captured: 2500, total_refunded: 0 },
  { total_authorized: 2500, total_voided: 0, total_captured: 700, total_refunded: 0 },
  { total_authorized: 2500, total_voided: 2500, total_captured: 0, total_refunded: 0 },
  { total_authorized: 2500, total_voided: 0, total_captured: 2500, total_refunded: 2500 },
  { total_authorized: 2500, total_voided: 0, total_captured: 2500, total_refunded: 700 },
]

const always = (meaning: string) => balances.map(() => meaning)
const unlessCaptured = (meaning: string) => [meaning, 'recheck', 'recheck', meaning, 'recheck', 'recheck']

const table: Readonly<Record<string, readonly string[]>> = {
  payment_approved: always('authorized'),
  payment_pending: always('recheck'),
  payment_declined: unlessCaptured('failed'),
  card_verification_declined: unlessCaptured('failed'),
  card_verified: always('verified'),
  payment_captured: ['recheck', 'captured', 'partially_captured', 'recheck', 'recheck', 'recheck'],
  payment_refunded: ['recheck', 'recheck', 'recheck', 'recheck', 'refunded', 'partially_refunded'],
  payment_voided: ['recheck', 'recheck', 'recheck', 'canceled', 'recheck', 'recheck'],
  payment_canceled: unlessCaptured('canceled'),
  payment_expired: unlessCaptured('expired'),
  payment_capture_pending: always('recheck'),
  payment_capture_declined: always('recheck'),
  payment_void_declined: always('recheck'),
  payment_refund_pending: always('recheck'),
  payment_refund_declined: always('recheck'),
  payment_authentication_failed: always('recheck'),
  payment_retry_scheduled: always('recheck'),
  payment_returned: always('recheck'),
  payment_paid: always('recheck'),
  payment_authorization_incremented: always('recheck'),
  payment_authorization_increment_declined: always('recheck'),
}

describe('a webhook about a payment', () => {
  it.each(Object.entries(table))('%s reads as %j by its balances', async (type, wanted) => {
    const events = await Promise.all(balances.map((stated) => read(type, { ...data, balances: stated })))
    expect(events.map(meaningOf)).toEqual(wanted)
    for (const event of events) {
      if (event.kind === 'recheck') expect(event.key).toEqual({ id: paymentId })
      if (event.kind === 'payment') {
        expect(event.report).toMatchObject({
          evidence: 'report',
          source: 'webhook',
          occurredAt: '2026-03-02T10:16:00.000Z',
          payment: { id: paymentId, reference: 'order-1001', facts: { type } },
        })
      }
    }
  })

  it('has a row here for every type with a meaning of its own', () => {
    expect(Object.keys(table).toSorted()).toEqual(checkoutComEventTypes.toSorted())
  })

  it('of a void with a part of it captured, or a part of it voided, is looked up', async () => {
    const partly = { total_authorized: 2500, total_voided: 1800, total_captured: 700 }
    const partVoid = { total_authorized: 2500, total_voided: 1800, total_captured: 0 }
    for (const stated of [partly, partVoid, {}, null]) {
      expect(meaningOf(await read('payment_voided', { ...data, balances: stated }))).toBe('recheck')
    }
  })

  it.each([
    ['payment_approved', { amount: 700, currency: 'EUR' }],
    ['payment_declined', { amount: 700, currency: 'EUR' }],
    ['card_verified', { amount: 700, currency: 'EUR' }],
    ['card_verification_declined', { amount: 700, currency: 'EUR' }],
    ['payment_canceled', undefined],
    ['payment_expired', undefined],
  ])('%s states the amount of the payment as %j', async (type, amount) => {
    const event = await read(type, data)
    expect(event.kind === 'payment' && event.report.payment.amount).toEqual(amount)
  })

  it('of one capture, refund or void states the amount that its balances state, not its own', async () => {
    for (const type of ['payment_captured', 'payment_refunded', 'payment_voided']) {
      for (const stated of balances) {
        const event = await read(type, { ...data, balances: stated })
        if (event.kind !== 'payment') continue
        expect(event.report.payment).toMatchObject({
          amount: { amount: 2500, currency: 'EUR' },
          authorized: 2500 - (stated?.total_voided ?? 0),
          captured: stated?.total_captured,
          refunded: stated?.total_refunded,
        })
      }
    }
  })

  it.each([
    [{ total_authorized: 1000, total_voided: 200, total_captured: 800 }, 'captured', 800],
    [{ total_authorized: 1000, total_voided: 200, total_captured: 799 }, 'partially_captured', 800],
    [{ total_authorized: 1000, total_voided: 1000, total_captured: 0 }, 'recheck', undefined],
    [{ total_authorized: 1000, total_captured: 300, available_to_capture: 700 }, 'partially_captured', 1000],
    [{ total_authorized: 1000, total_captured: 300, available_to_capture: 0 }, 'partially_captured', 300],
    [{ total_authorized: 1000, total_captured: 1000, available_to_capture: 0 }, 'captured', 1000],
  ])('of a capture compares with what is held: %j is %s', async (stated, status, authorized) => {
    const event = await read('payment_captured', { ...data, balances: stated })
    expect(meaningOf(event)).toBe(status)
    expect(event.kind === 'payment' ? event.report.payment.authorized : undefined).toBe(authorized)
  })

  it('states no figure without a currency, nor one of Chilean pesos a hundred times too high', async () => {
    const stated = { total_authorized: 250000, total_captured: 250000, total_refunded: 0 }
    const silent = await read('payment_captured', { ...data, currency: undefined, balances: stated })
    expect(silent.kind === 'payment' && silent.report.payment).toEqual({
      provider: 'checkout-com',
      id: paymentId,
      reference: 'order-1001',
      status: 'captured',
      facts: { type: 'payment_captured' },
    })
    const pesos = await read('payment_captured', { ...data, currency: 'CLP', balances: stated })
    expect(pesos.kind === 'payment' && pesos.report.payment).toMatchObject({
      amount: { amount: 2500, currency: 'CLP' },
      captured: 2500,
    })
  })

  it.each([-5, -1, 0.5, 1e308, 2 ** 53, '2500', []])('with a sum of %j is invalid_payload', async (sum) => {
    for (const name of ['total_authorized', 'total_captured', 'total_refunded', 'total_voided']) {
      for (const type of ['payment_approved', 'payment_captured', 'payment_refunded', 'payment_voided']) {
        const stated = { ...balances[1], [name]: sum }
        await expect(read(type, { ...data, balances: stated })).rejects.toMatchObject({
          code: 'invalid_payload',
        })
      }
    }
  })

  it.each(['payment_declined', 'card_verification_declined'])(
    '%s with a plan is tried again',
    async (type) => {
      // Their own example has a day that no June has.
      const retry = { attempts_made: 1, max_attempts: 10, ends_on: '2023-06-34T15:24:56.9871232Z' }
      const refused = { ...data, response_code: '20005', retry }
      const event = await read(type, refused)
      expect(event.kind === 'payment' && event.report.payment).toMatchObject({
        status: 'processing',
        decline: { reason: 'do_not_honor' },
        facts: { type, attempts_made: 1, max_attempts: 10 },
      })
      const spent = await read(type, { ...refused, retry: { attempts_made: 10, max_attempts: 10 } })
      expect(meaningOf(spent)).toBe('failed')
      const captured = await read(type, { ...refused, balances: balances[1] })
      expect(meaningOf(captured)).toBe('recheck')
    },
  )

  it('of a payout is unrelated, whatever its type', async () => {
    const destination = { type: 'bank_account', id: 'src_madeherefortestsonly222222' }
    for (const type of [...checkoutComEventTypes, 'payment_of_a_kind_nobody_knows']) {
      for (const source of [undefined, null, { type: 'currency_account', id: 'ca_x' }]) {
        const event = await read(type, { ...data, destination, source, balances: balances[1] })
        expect([type, event.kind]).toEqual([type, 'unrelated'])
      }
    }
    const card = await read('payment_approved', { ...data, destination, source: { type: 'card' } })
    expect(meaningOf(card)).toBe('authorized')
  })

  it('states what was authorized, so that a part of it is not taken for the whole', async () => {
    const event = await read('payment_approved', { ...data, balances: { total_authorized: 500 } })
    expect(event.kind === 'payment' && event.report.payment.authorized).toBe(500)
  })

  it('of a decline states why', async () => {
    const refused = { ...data, response_code: '20051', response_summary: 'Insufficient funds' }
    const event = await read('payment_declined', refused)
    expect(event.kind === 'payment' && event.report.payment.decline).toEqual({
      code: '20051',
      reason: 'insufficient_funds',
      retry: 'same_method',
      message: 'Insufficient funds',
    })
    const approved = await read('payment_approved', refused)
    expect(approved.kind === 'payment' && approved.report.payment).not.toHaveProperty('decline')
  })

  it.each([
    ['created_on', { created_on: '2026-03-02T10:16:00.1234567Z' }, '2026-03-02T10:16:00.123Z'],
    [
      'timestamp',
      { created_on: undefined, timestamp: '2026-03-02T12:16:00+02:00' },
      '2026-03-02T10:16:00.000Z',
    ],
    ['no zone, which is UTC', { created_on: '2026-03-02T10:16:00.5' }, '2026-03-02T10:16:00.500Z'],
    ['neither', { created_on: null }, undefined],
  ])('takes its time from %s', async (_, envelope, wanted) => {
    const event = await read('payment_approved', data, envelope)
    expect(event.occurredAt).toBe(wanted)
    expect(event.kind === 'payment' && event.report.occurredAt).toBe(wanted)
    expect('occurredAt' in event).toBe(wanted !== undefined)
  })

  it('does not take a status from the payload: no webhook carries one', async () => {
    const event = await read('payment_pending', { ...data, status: 'Captured', approved: true })
    expect(meaningOf(event)).toBe('recheck')
    const other = await read('payment_declined', { ...data, status: 'Captured', approved: true })
    expect(meaningOf(other)).toBe('failed')
  })

  it.each([
    ['data', undefined],
    ['an id', { reference: 'order-1001' }],
    ['an id of a payment', { ...data, id: sessionId }],
    ['an id that is text', { ...data, id: 7 }],
    ['an amount that is a number', { ...data, amount: '700' }],
    ['an amount from zero', { ...data, amount: -1 }],
    ['a currency that exists', { ...data, currency: 'EURO' }],
    ['balances that are an object', { ...data, balances: 'all of it' }],
  ])('without %s is invalid_payload', async (_, changed) => {
    await expect(read('payment_approved', changed)).rejects.toMatchObject({ code: 'invalid_payload' })
  })
})

describe('an id of another length', () => {
  const short = 'pay_cnhuomagalglgozxy5zm'

  it.each([short, `${paymentId}more`, 'pmt_anotherprefix22'])('%s still names the payment', async (id) => {
    const event = await read('payment_approved', { ...data, id })
    expect(event.kind === 'payment' && event.report.payment.id).toBe(id)
  })

  it('is looked up by its reference, where it has one', async () => {
    expect(await read('payment_pending', { ...data, id: short })).toMatchObject({
      key: { reference: 'order-1001' },
    })
    expect(await read('payment_pending', { ...data, id: short, reference: null })).toMatchObject({
      key: { id: short },
    })
    expect(await read('something_new', { id: short })).toMatchObject({ kind: 'recheck', key: { id: short } })
    await expect(connect(() => ({})).checkout.lookup(short)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it.each(['sid_x', 'src_x', 'act_x', 'evt_x', 'dsp_x', 'pay_', 'pay_a/b', 'pay_x\n', ''])(
    '%j names no payment',
    async (id) => {
      await expect(read('payment_approved', { ...data, id })).rejects.toMatchObject({
        code: 'invalid_payload',
      })
    },
  )
})

describe('a webhook of another type', () => {
  it.each([
    ['payment_of_a_kind_nobody_knows', { id: paymentId }],
    ['authentication_approved', { id: sessionId, payment_id: paymentId }],
    ['authentication_failed', { payment_id: paymentId }],
  ])('%s is rechecked where it names a payment', async (type, named) => {
    expect(await read(type, named)).toMatchObject({ kind: 'recheck', key: { id: paymentId }, type })
  })

  it.each([
    ['authentication_started', { id: sessionId }],
    ['vault_instrument_created', { id: 'src_madeherefortestsonly222222' }],
    ['vault_card_created', undefined],
    ['something_new', null],
    ['something_new', [paymentId]],
    ['something_new', { id: 7, payment_id: {} }],
    ['something_new', { id: `${paymentId}\n` }],
    ['something_new', 'text'],
  ])('%s with %j is acknowledged and no more', async (type, other) => {
    const event = await read(type, other)
    expect(event).toEqual({
      provider: 'checkout-com',
      id: 'evt_1',
      type,
      occurredAt: '2026-03-02T10:16:00.000Z',
      kind: 'unrelated',
      reply: { status: 200, body: '', contentType: 'text/plain' },
    })
  })
})

describe('a webhook that cannot be read says where', () => {
  const balances = { total_authorized: 250000, total_captured: 250000, total_refunded: 0 }
  const fault = async (type: string, changes: object, envelope: object = {}) =>
    read(type, { ...data, ...changes }, envelope).then(
      () => undefined,
      (error) => error as unknown,
    )

  it.each([
    ['not JSON', 'the webhook is not JSON'],
    ['{}', 'the webhook is not as documented (expected '],
    ['{"id":"evt_1","type":"payment_approved"}', "the webhook's data is not as documented (expected "],
    ['{"id":"evt_1","type":"dispute_won","data":7}', "the webhook's data is not as documented (expected "],
  ])('%s: %s', async (rawBody, why) => {
    await expect(checkout.readWebhook(await signWebhook(rawBody, webhookSecret))).rejects.toMatchObject({
      code: 'invalid_payload',
      provider: 'checkout-com',
      message: expect.stringContaining(`[checkout-com] ${why}`),
    })
  })

  it.each<readonly [string, string, object, object]>([
    ['created_on', 'payment_approved', {}, { created_on: 'soon' }],
    ['timestamp', 'payment_approved', {}, { created_on: null, timestamp: 'soon' }],
    ['data.amount', 'payment_approved', { currency: 'EURO' }, {}],
    ['data.amount', 'dispute_won', { currency: 'EURO' }, {}],
    ['data.balances.total_authorized', 'payment_captured', { currency: 'EURO', balances }, {}],
    [
      'data.balances.total_captured',
      'payment_captured',
      { currency: 'CLP', balances: { ...balances, total_captured: 250001 } },
      {},
    ],
  ])('%s of %s', async (path, type, changes, envelope) => {
    expect(await fault(type, changes, envelope)).toMatchObject({
      code: 'invalid_payload',
      provider: 'checkout-com',
      issues: [{ path }],
    })
  })
})

it('an event is known by the first of its ids that is one of a payment', async () => {
  const named = { id: [makeId(1)], payment_id: paymentId }
  expect(await read('something_new', named)).toMatchObject({ kind: 'recheck', key: { id: paymentId } })
})

it('only a decline states a plan to try again', async () => {
  const event = await read('payment_approved', { ...data, retry: { attempts_made: 1, max_attempts: 4 } })
  expect(event.kind === 'payment' && event.report.payment.facts).toEqual({ type: 'payment_approved' })
})

it('an event without a meaning of its own says so', async () => {
  const why = 'an event without a meaning of its own'
  expect(await read('payment_of_tomorrow', data)).toMatchObject({ kind: 'recheck', why })
})

it.each(['payment_approved', 'card_verified', 'payment_captured', 'payment_refunded', 'payment_voided'])(
  '%s with a response code that declines is rechecked',
  async (type) => {
    const balances = { total_authorized: 700, total_captured: 700, total_refunded: 0 }
    const event = await read(type, { ...data, balances, response_code: '20005' })
    expect(event).toMatchObject({ kind: 'recheck', why: 'its response code declines' })
  },
)

describe('a field of one status is stated with that status alone', () => {
  const stated = { expires_on: '2026-03-09T10:16:00Z' }
  const response_code = '20005'
  const sums = { total_authorized: 700, total_captured: 700, total_refunded: 0 }
  const retry = { attempts_made: 1, max_attempts: 4 }

  it.each<readonly [string, object, readonly string[]]>([
    ['payment_approved', {}, ['authorizationExpiresAt']],
    ['payment_approved', { expires_on: 7 }, []],
    ['payment_declined', { response_code }, ['decline']],
    ['payment_declined', { response_code, retry }, ['decline']],
    ['payment_canceled', { response_code }, []],
    ['payment_expired', { response_code }, []],
    ['card_verified', {}, []],
    ['payment_captured', { balances: sums }, []],
  ])('%s with %o has %j', async (type, changes, names) => {
    const event = await read(type, { ...data, ...stated, ...changes })
    const payment = event.kind === 'payment' ? event.report.payment : {}
    expect(['decline', 'authorizationExpiresAt'].filter((name) => name in payment)).toEqual(names)
  })

  it('with an amount of its own, only what was authorized belongs to the payment', async () => {
    const event = await read('payment_approved', { ...data, balances: sums })
    const payment = event.kind === 'payment' && event.report.payment
    expect(payment).toMatchObject({ authorized: 700 })
    expect(payment).not.toHaveProperty('captured')
    expect(payment).not.toHaveProperty('refunded')
  })

  it('the trace of a refund is the refund’s own', async () => {
    const traced = { processing: { acquirer_reference_number: '10754814874042406789848' } }
    for (const total_refunded of [0, 300, 700]) {
      const type = total_refunded === 0 ? 'payment_captured' : 'payment_refunded'
      const event = await read(type, { ...data, ...traced, balances: { ...sums, total_refunded } })
      expect(event.kind === 'payment' && 'trace' in event.report.payment).toBe(total_refunded === 0)
    }
  })

  it('an empty reference is absent', async () => {
    for (const reference of ['', null, undefined]) {
      const event = await read('payment_approved', { ...data, reference })
      expect(event.kind === 'payment' && 'reference' in event.report.payment).toBe(false)
    }
  })
})
