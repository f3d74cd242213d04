import { createCheckoutCom } from '@payment-status/checkout-com'
import { PaymentError, type PaymentStatus } from '@payment-status/core'
import { createOnerway } from '@payment-status/onerway'
import { createStripe, type StripeConfig, signWebhook } from '@payment-status/stripe'
import { createPayments } from 'payment-status'
import { describe, expect, it } from 'vitest'
import type { Database } from '../src/index.ts'
import { createFake, EUR } from './fake.ts'
import { openStage, orderOf, type Stage, until, useStages, watchPaid } from './stage.ts'

const stages = useStages()
let stage: Stage

const SECRET = 'whsec_syntheticNotARealSecret'
const T0 = Math.floor(Date.now() / 1000)
let events = 0

/** A Stripe account whose API returns `objects` by path, and whose webhooks are signed. */
async function openStripe(options: Parameters<typeof openStage>[1] = {}, config: StripeConfig = {}) {
  const objects = new Map<string, unknown>()
  const stripe = createStripe({
    secretKey: 'sk_test_syntheticNotARealKey',
    webhookSecrets: SECRET,
    retries: 0,
    ...config,
    async fetch(input) {
      const { pathname } = new URL(input instanceof Request ? input.url : input)
      const found = objects.get(pathname.split('/').at(-1) ?? '')
      if (found) return Response.json(found)
      return Response.json(
        { error: { type: 'invalid_request_error', code: 'resource_missing' } },
        { status: 404 },
      )
    },
  })
  stage = await stages.open({ payments: createPayments([stripe]), ...options })
  const { tracker } = stage
  await tracker.work()
  const send = async (type: string, object: object, after: number) => {
    const event = { id: `evt_${++events}`, object: 'event', created: T0 + after, type, data: { object } }
    const { rawBody, headers } = await signWebhook(JSON.stringify(event), SECRET)
    const request = new Request('https://shop.example/webhooks/stripe', {
      method: 'POST',
      body: String(rawBody),
      headers: headers as Record<string, string>,
    })
    expect((await tracker.webhooks(request)).status).toBe(200)
  }
  return { ...stage, objects, send }
}

function intent(id: string, status: string, facts: object = {}) {
  const received = status === 'succeeded' ? 5000 : 0
  const shared = { object: 'payment_intent', amount: 5000, amount_capturable: 0, amount_received: received }
  return {
    id,
    ...shared,
    currency: 'eur',
    created: T0 + 60,
    cancellation_reason: null,
    last_payment_error: null,
    latest_charge: null,
    metadata: {},
    next_action: null,
    status,
    ...facts,
  }
}

const terms = { expected: { amount: EUR(5000) }, capture: 'automatic' } as const
const twoPayments = {
  order: 'A-1',
  terms,
  payments: [
    { provider: 'stripe', id: 'pi_first' },
    { provider: 'stripe', id: 'pi_second' },
  ],
}

describe('an order that is paid by its second payment', () => {
  it.each([
    [
      'canceled',
      'payment_intent.canceled',
      intent('pi_first', 'canceled', { cancellation_reason: 'abandoned', created: T0 }),
    ],
    [
      'declined',
      'payment_intent.payment_failed',
      intent('pi_first', 'requires_payment_method', {
        created: T0,
        last_payment_error: { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' },
      }),
    ],
    ['processing', 'payment_intent.processing', intent('pi_first', 'processing', { created: T0 })],
    [
      'waiting for the shopper',
      'payment_intent.requires_action',
      intent('pi_first', 'requires_action', {
        created: T0,
        next_action: { type: 'redirect_to_url', redirect_to_url: { url: 'https://bank.example/' } },
      }),
    ],
  ])('stays paid when the first one is %s', async (_, type, first) => {
    const { tracker, send } = await openStripe()
    await tracker.watch(twoPayments)
    await send('payment_intent.succeeded', intent('pi_second', 'succeeded'), 65)
    await send(type, first, 70)
    await until(() => expect(stage.changes).toHaveLength(2))
    expect(stage.changes.map(({ step }) => step?.kind)).toEqual(['fulfill', undefined])
    expect(stage.changes[1]?.orderStatus.status).toBe('captured')
    expect((await tracker.order('A-1'))?.decision.step).toEqual({ kind: 'none' })
  })

  it('names the payment to refund when both are paid, and says nothing when it is refunded', async () => {
    const { tracker, send } = await openStripe()
    await tracker.watch(twoPayments)
    await send('payment_intent.succeeded', intent('pi_first', 'succeeded', { created: T0 }), 10)
    await send('payment_intent.succeeded', intent('pi_second', 'succeeded'), 65)
    const charge = {
      id: 'ch_second',
      object: 'charge',
      payment_intent: 'pi_second',
      amount: 5000,
      amount_captured: 5000,
      amount_refunded: 5000,
      refunded: true,
      captured: true,
      paid: true,
      currency: 'eur',
      disputed: false,
      status: 'succeeded',
      created: T0 + 60,
      metadata: {},
    }
    await until(() => expect(stage.steps()).toEqual(['fulfill', 'investigate']))
    expect(stage.changes[1]?.report.payment.id).toBe('pi_second')
    const whole = { ...intent('pi_second', 'succeeded'), latest_charge: charge }
    stage.fake.asked.length = 0
    await send('charge.refunded', charge, 90)
    await tracker.ingest({
      evidence: 'report',
      source: 'lookup',
      observedAt: new Date().toISOString(),
      payment: {
        provider: 'stripe',
        id: 'pi_second',
        status: 'refunded',
        amount: EUR(5000),
        captured: 5000,
        refunded: 5000,
        createdAt: new Date(whole.created * 1000).toISOString(),
        facts: {},
      },
    })
    await until(async () => {
      const view = await tracker.order('A-1')
      expect(view?.decision.step).toEqual({ kind: 'none' })
      expect((await tracker.health()).backlog).toBe(0)
    })
    expect(stage.steps().filter(Boolean)).toEqual(['fulfill', 'investigate'])
  })
})

describe('money that may go back, at Stripe', () => {
  const order = { order: 'A-2', terms, payments: [{ provider: 'stripe', id: 'pi_A' }] } as const
  const charge = (facts: object = {}) => ({
    id: 'ch_A',
    object: 'charge',
    payment_intent: 'pi_A',
    amount: 5000,
    amount_captured: 5000,
    amount_refunded: 0,
    refunded: false,
    captured: true,
    paid: true,
    currency: 'eur',
    disputed: false,
    status: 'succeeded',
    created: T0 + 60,
    metadata: {},
    ...facts,
  })

  it('an early fraud warning on a held payment stops the delivery after its capture', async () => {
    const { tracker, send, objects } = await openStripe()
    await tracker.watch(order)
    await send(
      'payment_intent.amount_capturable_updated',
      intent('pi_A', 'requires_capture', { amount_capturable: 5000 }),
      61,
    )
    const warning = {
      id: 'issfr_1',
      object: 'radar.early_fraud_warning',
      fraud_type: 'made_with_stolen_card',
      actionable: true,
      charge: 'ch_A',
      payment_intent: 'pi_A',
      created: T0 + 100,
      livemode: false,
    }
    await send('radar.early_fraud_warning.created', warning, 100)
    objects.set('pi_A', intent('pi_A', 'succeeded', { latest_charge: charge() }))
    await send('payment_intent.succeeded', intent('pi_A', 'succeeded'), 3700)
    await until(() => expect(stage.steps()).toContain('investigate'))
    await tracker.refresh('A-2')
    expect((await tracker.order('A-2'))?.decision.step.kind).toBe('investigate')
    expect(stage.steps()).not.toContain('fulfill')
  })

  it('a refund that failed after it was reported is investigated, and nothing is delivered', async () => {
    const { tracker, send, objects } = await openStripe()
    await tracker.watch(order)
    const refund = {
      id: 're_1',
      object: 'refund',
      amount: 5000,
      currency: 'eur',
      charge: 'ch_A',
      payment_intent: 'pi_A',
      created: T0 + 200,
    }
    const failed = charge({
      refunds: { object: 'list', has_more: false, data: [{ ...refund, status: 'failed' }] },
    })
    objects.set(
      'pi_A',
      intent('pi_A', 'succeeded', {
        latest_charge: charge({
          amount_refunded: 5000,
          refunded: true,
          refunds: { object: 'list', has_more: false, data: [{ ...refund, status: 'succeeded' }] },
        }),
      }),
    )
    await send('charge.refunded', charge({ amount_refunded: 5000, refunded: true }), 200)
    await until(async () => expect((await tracker.order('A-2'))?.orderStatus.status).toBe('refunded'))
    objects.set('pi_A', intent('pi_A', 'succeeded', { latest_charge: failed }))
    await send('refund.failed', { ...refund, status: 'failed' }, 400)
    await until(async () =>
      expect((await tracker.order('A-2'))?.decision.step).toEqual({
        kind: 'investigate',
        why: 'a refund failed',
      }),
    )
    expect(stage.steps()).not.toContain('fulfill')
  })

  it('another shop of the account with the same order number is not this order', async () => {
    const shop = { key: 'site_url', value: 'https://shop-a.example' }
    const { tracker, send, objects } = await openStripe({}, { shop })
    await tracker.watch({ order: 'A-3', terms, payments: [{ provider: 'stripe', reference: 'A-3' }] })
    const foreign = intent('pi_otherShop', 'succeeded', {
      metadata: { order_id: 'A-3', site_url: 'https://shop-b.example' },
    })
    objects.set('pi_otherShop', foreign)
    await send('payment_intent.succeeded', foreign, 65)
    const own = intent('pi_own', 'succeeded', {
      metadata: { order_id: 'A-3', site_url: 'https://shop-a.example' },
    })
    await send('payment_intent.succeeded', own, 70)
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    expect(stage.changes[0]?.report.payment.id).toBe('pi_own')
  })

  it('text that PostgreSQL cannot store is stored with its characters replaced', async () => {
    const { tracker, send } = await openStripe()
    await tracker.watch({ ...order, order: 'A-4' })
    const metadata = { order_id: 'x\u0000y\ud800' }
    await send('payment_intent.succeeded', intent('pi_A', 'succeeded', { metadata }), 65)
    await until(async () => expect((await tracker.order('A-4'))?.orderStatus.status).toBe('captured'))
  })
})

describe('with two providers', () => {
  const open = async () => {
    const first = createFake('first')
    const second = createFake('second')
    stage = await stages.open({ payments: createPayments([first, second]) })
    await stage.tracker.work()
    await stage.tracker.watch({
      ...orderOf('o-1', { provider: 'first', id: 'a' }),
      payments: [
        { provider: 'first', id: 'a' },
        { provider: 'second', id: 'b' },
      ],
    })
    return { first, second, tracker: stage.tracker }
  }

  it.each<PaymentStatus>(['open', 'requires_action', 'processing', 'canceled', 'expired', 'failed'])(
    'an order paid at one is delivered once, whatever the other says: %s',
    async (status) => {
      const { first, second, tracker } = await open()
      second.set('b', 'captured')
      await tracker.ingestEvent(second.webhook('b'))
      first.set('a', status)
      await tracker.ingestEvent(first.webhook('a'))
      await until(() => expect(stage.keys()).toEqual(['second/b/1', 'first/a/1']))
      expect(stage.steps()).toEqual(['fulfill', undefined])
    },
  )

  it('no new payment is requested while the other may still be paid', async () => {
    const { first, second, tracker } = await open()
    second.set('b', 'processing')
    await tracker.ingestEvent(second.webhook('b'))
    first.set('a', 'failed')
    await tracker.ingestEvent(first.webhook('a'))
    await until(() => expect(stage.keys()).toHaveLength(2))
    expect(stage.steps()).toEqual(['wait', undefined])
    second.set('b', 'failed')
    await tracker.ingestEvent(second.webhook('b'))
    await until(() => expect(stage.steps()).toEqual(['wait', undefined, 'ask_again']))
  })
})

describe('a dispute', () => {
  const dispute = (payment: string | undefined, id: string, status: 'early_warning' | 'won' | 'lost') => {
    const { provider, reply } = stage.fake.recheck({ id: payment ?? '' })
    return {
      provider,
      reply,
      id: `event-dispute-${++events}`,
      type: 'dispute',
      occurredAt: new Date().toISOString(),
      kind: 'dispute',
      ...(payment === undefined ? {} : { key: { id: payment } }),
      dispute: { id, status, updatedAt: new Date(Date.now() + events).toISOString() },
    } as const
  }

  it('on a held payment stops its delivery until it is won', async () => {
    stage = await stages.open()
    const { tracker, receive } = stage
    await tracker.work()
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    await receive('p1', 'authorized')
    await tracker.ingestEvent(dispute('p1', 'd1', 'early_warning'))
    await receive('p1', 'captured')
    await until(async () => {
      expect(stage.changes.at(-1)?.report.payment.status).toBe('captured')
      expect((await tracker.health()).backlog).toBe(0)
    })
    expect(stage.steps()).not.toContain('fulfill')
    expect((await tracker.order('o-1'))?.decision.step.kind).toBe('investigate')
    await tracker.ingestEvent(dispute('p1', 'd1', 'won'))
    await until(() => expect(stage.steps()).toContain('fulfill'))
  })

  it('after delivery is a task, and no step', async () => {
    stage = await stages.open()
    const { tracker, tasks } = stage
    await tracker.work()
    await watchPaid(stage, 'p1', 'o-1')
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    await tracker.ingestEvent(dispute('p1', 'd1', 'lost'))
    await until(() => expect(tasks).toMatchObject([{ kind: 'investigate', order: 'o-1' }]))
    expect(stage.steps().filter(Boolean)).toEqual(['fulfill'])
    expect((await tracker.order('o-1'))?.payments[0]?.report.payment.dispute?.status).toBe('lost')
  })

  it('that names an operation reaches its order after a lookup, with its type and time', async () => {
    stage = await stages.open()
    const { tracker, fake, disputes } = stage
    await tracker.work()
    await watchPaid(stage, 'p1', 'o-1')
    // The provider finds the payment by the id of its chargeback.
    fake.payments.set('cb-1', { ...fake.set('p1', 'captured'), operations: [] })
    const event = dispute('cb-1', 'd1', 'early_warning')
    await tracker.ingestEvent(event)
    await until(() =>
      expect(disputes).toMatchObject([{ order: 'o-1', type: 'dispute', occurredAt: event.occurredAt }]),
    )
    expect((await tracker.order('o-1'))?.payments).toMatchObject([
      { id: 'p1', report: { payment: { dispute: { id: 'd1' } } } },
    ])
    // The key led to its payment, so it is not asked again.
    expect(await stage.rows("select recheck from $schema.targets where value = 'cb-1'")).toEqual([
      { recheck: null },
    ])
  })
})

describe('a conflict', () => {
  it('is stored and stops the delivery, until a person resolves it', async () => {
    stage = await stages.open()
    const { tracker, fake, receive } = stage
    await tracker.work()
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [3_600_000] }))
    const recorded = async () => (await tracker.order('o-1'))?.payments[0]?.report.payment
    const stepOf = async () => (await tracker.order('o-1'))?.decision.step.kind
    fake.set('p1', 'authorized')
    await tracker.ingest(fake.report('p1', 'lookup'))
    expect(await stepOf()).toBe('wait')
    fake.set('p1', 'processing')
    await tracker.ingest(fake.report('p1', 'lookup'))
    expect(await recorded()).toMatchObject({ status: 'authorized', conflict: { status: 'processing' } })
    expect(await stepOf()).toBe('investigate')
    // Paid and matching: only the conflict stops it.
    await receive('p1', 'captured')
    expect(await recorded()).toMatchObject({ status: 'captured', conflict: { status: 'processing' } })
    expect(await stepOf()).toBe('investigate')
    await until(async () => expect(await tracker.openTasks()).not.toEqual([]))
    expect(stage.steps()).not.toContain('fulfill')

    await tracker.resolveConflict({ provider: 'fake', id: 'p1' })
    expect((await recorded())?.conflict).toBeUndefined()
    await until(() => expect(stage.steps().at(-1)).toBe('fulfill'))
    await tracker.resolveConflict({ provider: 'fake', id: 'p1' })
    await tracker.ingest(fake.report('p1', 'lookup'))
    expect(stage.steps().filter((step) => step === 'fulfill')).toHaveLength(1)
    expect(await stepOf()).toBe('none')
  })

  it('ends with a lookup that agrees, too', async () => {
    stage = await stages.open()
    const { tracker, fake } = stage
    await tracker.work()
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [3_600_000] }))
    for (const status of ['authorized', 'processing', 'authorized'] as const) {
      fake.set('p1', status)
      await tracker.ingest(fake.report('p1', 'lookup'))
    }
    expect((await tracker.order('o-1'))?.payments[0]?.report.payment.conflict).toBeUndefined()
    expect((await tracker.order('o-1'))?.decision.step.kind).toBe('wait')
  })
})

describe('a reference that is not unique', () => {
  it('does not give an order a payment that was made before it', async () => {
    stage = await stages.open()
    const { tracker, receive } = stage
    await tracker.work()
    await tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'A-1' }, { schedule: [1, 60_000] }))
    await receive('old', 'captured', { reference: 'A-1', createdAt: '2024-01-01T00:00:00.000Z' })
    await until(async () => expect((await tracker.unmatched()).payments).toMatchObject([{ id: 'old' }]))
    expect((await tracker.order('o-1'))?.payments).toEqual([])
    await receive('new', 'captured', { reference: 'A-1' })
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    expect(stage.changes[0]?.report.payment.id).toBe('new')
  })

  it.each([
    ['amount', { amount: EUR(1), captured: 1 }],
    ['currency', { amount: { amount: 1000, currency: 'USD' } }],
  ])('delivers nothing for another %s', async (_, facts) => {
    stage = await stages.open()
    const { tracker, receive } = stage
    await tracker.work()
    await tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'A-1' }))
    await receive('p1', 'captured', { reference: 'A-1', ...facts })
    await until(() => expect(stage.steps()).toContain('investigate'))
    expect(stage.steps()).not.toContain('fulfill')
  })
})

describe('money without an order', () => {
  it('is reported once, listed and counted, also after an order was given up', async () => {
    stage = await stages.open()
    const { tracker, fake, unmatched: found, receive } = stage
    await tracker.work()
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    await receive('p1', 'processing')
    const result = await tracker.unwatch('o-1')
    expect(result.undecided).toEqual([{ provider: 'fake', id: 'p1', status: 'processing' }])
    expect(result.note).toContain('may still be paid')
    await receive('p1', 'captured')
    await receive('p2', 'authorized')
    await tracker.ingestEvent(fake.webhook('p2'))
    await until(() => expect(found.map(({ id }) => id).toSorted()).toEqual(['p1', 'p2']))
    const page = await tracker.unmatched({ limit: 1 })
    expect(page.payments).toMatchObject([{ id: 'p1', order: 'o-1' }])
    expect((await tracker.unmatched({ cursor: page.cursor })).payments).toMatchObject([{ id: 'p2' }])
    expect((await tracker.health()).unmatched).toBe(2)
    await until(async () =>
      expect((await tracker.openTasks()).map(({ kind }) => kind)).toEqual(['unmatched', 'unmatched']),
    )
    await tracker.watch(orderOf('o-2', { provider: 'fake', id: 'p2' }))
    expect((await tracker.unmatched()).payments).toHaveLength(1)
    expect(await tracker.openTasks()).toHaveLength(1)
  })

  it('does not include an order that was delivered and then unwatched', async () => {
    stage = await stages.open()
    const { tracker } = stage
    await watchPaid(stage, 'p1', 'o-1')
    expect(await tracker.unwatch('o-1')).toEqual({ undecided: [] })
    expect((await tracker.unmatched()).payments).toEqual([])
  })
})

describe('the page that the shopper returns to', () => {
  it('finds the order of a Checkout.com session that is answered with its payment', async () => {
    const payment = `pay_${'a'.repeat(26)}`
    const checkout = createCheckoutCom({
      secretKey: 'sk_sbox_synthetic',
      environment: 'sandbox',
      prefix: 'abcdefgh',
      retries: 0,
      fetch: async () =>
        Response.json({
          id: payment,
          status: 'Captured',
          approved: true,
          amount: 1000,
          currency: 'EUR',
          requested_on: new Date().toISOString(),
          balances: { total_authorized: 1000, total_captured: 1000, available_to_refund: 1000 },
        }),
    } as Parameters<typeof createCheckoutCom>[0])
    stage = await stages.open({ payments: createPayments([checkout]) })
    const { tracker } = stage
    await tracker.watch(orderOf('o-1', { provider: 'checkout-com', id: payment }))
    const url = `https://shop.example/return?cko-session-id=sid_${'c'.repeat(26)}`
    expect(await tracker.handleReturn('checkout-com', url)).toMatchObject({
      order: 'o-1',
      orderStatus: { status: 'captured' },
    })
  })

  it('looks up the payment of a transaction that the URL names, and from then on the payment itself', async () => {
    const attempt = (transactionId: string, status: string, paymentStatus: string) => ({
      ...{ transactionId, merchantTxnId: 'ref-1', txnType: 'SALE', status, paymentId, paymentStatus },
      ...{ txnTime: null, orderAmount: '10.00', orderCurrency: 'EUR' },
    })
    const [paymentId, declined, paid] = ['70000000000000001', '70000000000000002', '70000000000000003']
    let rows = [attempt(declined, 'F', 'O')]
    const asked: string[] = []
    const onerway = createOnerway({
      merchantNo: '800001',
      secretKey: 'test-secret-not-real',
      environment: 'sandbox',
      integration: 'hosted',
      retries: 0,
      async fetch(input, init) {
        const request = new Request(input, init)
        const { transactionIds, merchantTxnIds, paymentId: id } = JSON.parse(await request.text())
        asked.push(transactionIds ?? merchantTxnIds ?? id)
        const last = rows.at(-1)
        const payment = {
          paymentId,
          paymentStatus: last?.paymentStatus,
          lastTransactionId: last?.transactionId,
        }
        const content = request.url.endsWith('/queryPayments')
          ? [payment].filter((row) => row.paymentId === id)
          : rows.filter((row) => merchantTxnIds === 'ref-1' || row.transactionId === transactionIds)
        // The shopper pays at the second attempt while the page is loading.
        if (asked.length === 3) rows = [...rows, attempt(paid, 'S', 'S')]
        return Response.json({
          respCode: '20000',
          data: { content, totalElements: content.length, size: 10 },
        })
      },
    })
    stage = await stages.open({ payments: createPayments([onerway]) })
    await stage.tracker.watch(orderOf('o-1', { provider: 'onerway', reference: 'ref-1' }))
    const url = `https://shop.example/return?transactionId=${declined}&status=F`
    expect(await stage.tracker.handleReturn('onerway', url)).toMatchObject({
      order: 'o-1',
      orderStatus: { status: 'captured' },
    })
    expect(asked).toEqual([declined, 'ref-1', paymentId, paymentId, 'ref-1'])
  })

  it('shows the order that the shop names, when the URL names nothing or the provider is paused', async () => {
    stage = await stages.open()
    const { tracker, fake } = stage
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    fake.set('p1', 'captured')
    const plain = 'https://shop.example/back'
    expect(await tracker.handleReturn('fake', plain, { order: 'o-1' })).toMatchObject({
      order: 'o-1',
      orderStatus: { status: 'captured' },
    })
    await tracker.watch(orderOf('o-2', { provider: 'fake', id: 'p2' }))
    fake.fault = new PaymentError({
      code: 'rate_limited',
      provider: 'fake',
      message: 'too many',
      retryAfterMs: 600_000,
    })
    const asked = fake.asked.length
    for (const _ of [1, 2])
      expect(await tracker.handleReturn('fake', `${plain}?payment=p2`)).toMatchObject({ order: 'o-2' })
    expect(fake.asked.length).toBe(asked + 1)
  })

  it('does not show another order, nor one that does not exist', async () => {
    stage = await stages.open()
    const { tracker, fake } = stage
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    await tracker.watch(orderOf('o-2', { provider: 'fake', id: 'p2' }))
    fake.set('p1', 'captured')
    const url = 'https://shop.example/back?payment=p1'
    for (const options of [{ order: 'o-2' }, { order: 'o-3' }])
      await expect(tracker.handleReturn('fake', url, options)).rejects.toMatchObject({ code: 'not_found' })
    const asked = fake.asked.length
    await expect(
      tracker.handleReturn('fake', 'https://shop.example/back?payment=foreign'),
    ).rejects.toMatchObject({ code: 'not_found' })
    expect(fake.asked.length).toBe(asked + 1)
  })
})

describe('what a person is not asked about', () => {
  it.each<[string, object]>([
    ['a part refunded', { captured: 1000, refunded: 400 }],
    ['all refunded', { captured: 1000, refunded: 1000 }],
  ])('%s after delivery', async (_, facts) => {
    stage = await stages.open()
    const { tracker, receive } = stage
    await tracker.work()
    await watchPaid(stage, 'p1', 'o-1')
    const status = 'refunded' in facts && facts.refunded === 1000 ? 'refunded' : 'partially_refunded'
    await receive('p1', status, facts)
    await until(() => expect(stage.steps()).toEqual(['fulfill', undefined]))
    expect(await tracker.openTasks()).toEqual([])
    expect(await tracker.order('o-1')).toMatchObject({ delivered: { key: 'fake/p1/1' } })
  })
})

describe('input that cannot be right is refused with what to give', () => {
  it.each<[string, object, RegExp]>([
    [
      'an amount as text',
      { terms: { ...terms, expected: { amount: { amount: '5000', currency: 'EUR' } } } },
      /Number\(\)/,
    ],
    [
      'a currency in lower case',
      { terms: { ...terms, expected: { amount: { amount: 1, currency: 'eur' } } } },
      /'EUR'/,
    ],
    ['an unknown provider', { payments: [{ provider: 'strpie', id: 'x' }] }, /createPayments/],
    ['a character that no database stores', { payments: [{ provider: 'fake', id: 'x\0' }] }, /provider, id/],
  ])('%s', async (_, wrong, sentence) => {
    stage = await stages.open()
    const order = { ...orderOf('o-1', { provider: 'fake', id: 'p1' }), ...wrong }
    await expect(stage.tracker.watch(order)).rejects.toThrow(sentence)
    await expect(stage.tracker.watch(order)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('a bare pool as the database', async () => {
    stage = await stages.open()
    await expect(openStage({ query() {} } as unknown as Database)).rejects.toThrow(/fromPool\(pool\)/)
  })
})
