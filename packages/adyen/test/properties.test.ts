import {
  adyenEventCodes,
  adyenResultCodes,
  createAdyen,
  readSettlementReport,
  signWebhook,
  toPaymentStatus,
} from '@payment-status/adyen'
import { adyenFixtures } from '@payment-status/adyen/fixtures'
import {
  isPaymentError,
  outcomeOf,
  type Payment,
  paymentStatuses,
  type WebhookEvent,
} from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connect, type Fields, fold, makeBody, makeItem, PAYMENT, read, secrets } from './helpers.ts'

const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    null,
    '',
    -1,
    0.005,
    2 ** 53,
    -0,
    'AUTHORISATION',
    'true',
    'CNH',
    'CLP',
    [],
    {},
    '__proto__',
  ),
)
const item = fc
  .tuple(
    fc.constantFrom(...adyenEventCodes, 'TELEPORTED'),
    fc.constantFrom('true', 'false', 'maybe'),
    fc.dictionary(fc.constantFrom(...Object.keys(makeItem('CAPTURE')), 'reason', 'additionalData'), odd, {
      maxKeys: 3,
    }),
  )
  .map(([eventCode, success, facts]): Fields => ({ ...makeItem(eventCode), success, ...facts }))

function eventsOf(event: WebhookEvent): readonly WebhookEvent[] {
  return event.kind === 'several' ? event.events : [event]
}

describe('anything in any place', () => {
  it('of a signed webhook is an event or a PaymentError, and money only where a capture or a sale states it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 3 }), async (items) => {
        const delivery = await signWebhook(makeBody(...items), secrets.webhookSecrets)
        let event: WebhookEvent
        try {
          event = await connect().readWebhook(delivery)
        } catch (error) {
          if (!isPaymentError(error)) throw error
          return
        }
        const payment = fold(eventsOf(event).filter((one) => one.kind === 'operation'))
        if (!payment) return
        expect(paymentStatuses).toContain(payment.status)
        const states = items.some(({ eventCode, success }) => eventCode === 'CAPTURE' && success === 'true')
        if (outcomeOf(payment.status) === 'paid') expect(states).toBe(true)
        for (const figure of [payment.amount?.amount, payment.authorized, payment.captured, payment.refunded])
          if (figure !== undefined) expect(Number.isSafeInteger(figure) && figure >= 0).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('of an unsigned webhook is never an event that states something', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(item, odd), async (body) => {
        const rawBody = JSON.stringify({ notificationItems: [{ NotificationRequestItem: body }] })
        await expect(connect().readWebhook({ rawBody, headers: {} })).rejects.toMatchObject({
          code: 'invalid_signature',
        })
      }),
      { numRuns: 500 },
    )
  })

  it('of an answer is a report, a hint or a PaymentError', async () => {
    const bodies = adyenFixtures.payments.flatMap(({ response }) =>
      response ? [response.body as Fields] : [],
    )
    const body = fc.oneof(
      odd,
      fc
        .tuple(
          fc.constantFrom(...bodies),
          fc.dictionary(fc.constantFrom(...Object.keys(bodies[0] ?? {})), odd, { maxKeys: 3 }),
        )
        .map(([genuine, facts]) => ({ ...genuine, ...facts })),
    )
    await fc.assert(
      fc.asyncProperty(body, odd, async (answer, sent) => {
        try {
          const read = await connect({ capture: 'immediate' }).readResponse(answer, sent)
          if (read.evidence === 'hint') return
          const isApproved = (answer as Fields).resultCode === 'Authorised'
          if (outcomeOf(read.payment.status) === 'paid') expect(isApproved).toBe(true)
        } catch (error) {
          if (!isPaymentError(error)) throw error
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('of a settlement report is an event or a PaymentError', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.constantFrom('Settled', 'Refunded', '25.00', 'EUR', PAYMENT, secrets.merchantAccount, '"'),
    )
    const heading =
      'Merchant Account,Psp Reference,Merchant Reference,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC)'
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 9 }), { maxLength: 4 }), (rows) => {
        const csv = [heading, ...rows.map((row) => [secrets.merchantAccount, ...row].join(','))].join('\n')
        for (const event of readSettlementReport(csv, { ...secrets, capture: 'manual' }))
          expect(['operation', 'dispute', 'unreadable']).toContain(event.kind)
      }),
      { numRuns: 500 },
    )
  })
})

describe('whatever order events come in', () => {
  const codes = [
    'AUTHORISATION',
    'CAPTURE',
    'CAPTURE_FAILED',
    'CANCELLATION',
    'REFUND',
    'REFUND_FAILED',
    'EXPIRE',
    'PENDING',
    'CANCEL_OR_REFUND',
  ]
  const any = fc.uniqueArray(
    fc.record({
      eventCode: fc.constantFrom(...codes),
      success: fc.constantFrom('true', 'true', 'false'),
      serial: fc.constantFrom('1', '2'),
      value: fc.constantFrom(1000, 1500, 2500),
      seconds: fc.nat(9),
    }),
    { maxLength: 7, selector: ({ eventCode, serial }) => eventCode + serial },
  )

  it('the same is recorded, and a capture that failed is never called captured', async () => {
    await fc.assert(
      fc.asyncProperty(any, fc.infiniteStream(fc.nat()), async (rows, random) => {
        const items = rows.map(({ eventCode, success, serial, value, seconds }) =>
          makeItem(eventCode, {
            success: /FAILED|EXPIRE|PENDING/.test(eventCode) ? 'true' : success,
            pspReference: /AUTHORISATION|PENDING/.test(eventCode)
              ? PAYMENT
              : `${eventCode.replace('_FAILED', '').replaceAll('_', '')}${serial}`,
            amount: { value: eventCode === 'AUTHORISATION' ? 2500 : value, currency: 'EUR' },
            eventDate: `2026-11-30T10:00:0${seconds}+01:00`,
          }),
        )
        // One figure for each operation: a provider does not state two.
        const amounts = new Map(items.map((one) => [String(one.pspReference), one.amount]))
        const all = await Promise.all(
          items.map((one) => read({ ...one, amount: amounts.get(String(one.pspReference)) })),
        )
        // A redelivery has the same id, and is handled once.
        const events = [...new Map(all.map((event) => [event.id, event])).values()]
        const shuffled = events
          .map((event) => [random.next().value as number, event] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, event]) => event)
        // A hold that was canceled and lapsed ended without money, by either name.
        const words = (payment: Payment | undefined) =>
          payment && [
            payment.status.replace('expired', 'canceled'),
            payment.captured ?? 0,
            payment.refunded ?? 0,
          ]
        const straight = fold(events)
        expect(words(fold([...shuffled, ...events]))).toEqual(words(straight))
        if (straight?.status === 'captured') {
          const sum = (straight.operations ?? [])
            .filter(({ kind, status }) => kind === 'capture' && status === 'succeeded')
            .reduce((total, { amount = 0 }) => total + amount, 0)
          expect(straight.captured).toBe(sum)
        }
      }),
      { numRuns: 400 },
    )
  })
})

it('every word has a status, and only an approval is paid', () => {
  for (const capture of ['immediate', 'delayed', 'manual', undefined] as const) {
    for (const amount of [0, 2500, undefined]) {
      for (const resultCode of [...adyenResultCodes, 'toString', '']) {
        const status = toPaymentStatus({ resultCode, amount, capture })
        expect(paymentStatuses).toContain(status)
        if (outcomeOf(status) === 'paid') expect(resultCode).toBe('Authorised')
      }
      for (const eventCode of [...adyenEventCodes, 'toString', '']) {
        for (const success of [true, false]) {
          const status = toPaymentStatus({ eventCode, success, amount, capture })
          expect(paymentStatuses).toContain(status)
          if (outcomeOf(status) === 'paid') expect([eventCode, success]).toEqual(['AUTHORISATION', true])
        }
      }
    }
  }
})

it('no error holds a key, a signature or a value of a payload', async () => {
  const adyen = createAdyen({ ...secrets, capture: 'manual' })
  const delivery = await signWebhook(
    makeBody({ ...makeItem('CAPTURE'), pspReference: 'planted:value', reason: '4111 1111 1111 1111' }),
    secrets.webhookSecrets,
  )
  const error = await adyen.readWebhook(delivery).catch((reason: Error) => reason)
  for (const secret of [secrets.webhookSecrets, 'planted', '4111'])
    expect(String(error)).not.toContain(secret)
})
