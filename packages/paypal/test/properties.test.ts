import { isPaymentError, outcomeOf, type PaymentReport } from '@payment-status/core'
import {
  createPayPal,
  paypalAuthorizationStatuses,
  paypalCaptureReasons,
  paypalCaptureStatuses,
  paypalEventNames,
  paypalOrderStatuses,
  paypalRefundStatuses,
  toPaymentStatus,
} from '@payment-status/paypal'
import { paypalFixtures } from '@payment-status/paypal/fixtures'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectSound as expectSoundReports, payloadsLike } from '../../../test/properties.ts'
import { connect, envelope, sign } from './helpers.ts'

const paypal = createPayPal({ environment: 'production' })
const payload = payloadsLike(
  paypalFixtures.payments.flatMap(({ response, clientResult }) => [response?.body, clientResult]),
  [null, '', '-1', '.5', '1e9', '0.00', '99999999999999999', -0, 'COMPLETED', 'zzz', [], {}, '__proto__'],
)

const expectSound = (read: () => Promise<readonly PaymentReport[]>) =>
  expectSoundReports(read, ({ id, status, captured, awaits, operations = [] }, source) => {
    expect(id).toMatch(/^[A-Z0-9]{1,36}$/)
    const outcome = outcomeOf(status)
    if (outcome === 'paid') expect(captured).toBeGreaterThan(0)
    if (source === 'webhook') expect(outcome).toBe('undecided')
    if (awaits) expect(status).toBe('processing')
    expect(new Set(operations.map((operation) => operation.id)).size).toBe(operations.length)
  })

const reportsOf = (answer: Awaited<ReturnType<typeof paypal.readResponse>>) =>
  answer.evidence === 'report' ? [answer] : []

describe('whatever a source is given', () => {
  it('as a response', async () => {
    await fc.assert(
      fc.asyncProperty(payload, (body) =>
        expectSound(async () => reportsOf(await paypal.readResponse(body, { id: '5TY1' }))),
      ),
      { numRuns: 500 },
    )
  })

  it('as a lookup or a list', async () => {
    await fc.assert(
      fc.asyncProperty(payload, payload, payload, async (order, capture, page) => {
        const answers = {
          '/v2/checkout/orders/SCAPTURED': order,
          '/v2/payments/captures/SCAPTUREDCAPTURE': capture,
          '/v1/customer/disputes': page,
          '/v1/reporting/transactions': {
            transaction_details: [
              { transaction_info: { transaction_event_code: 'T0006', transaction_id: 'SCAPTUREDCAPTURE' } },
              { transaction_info: page },
            ],
          },
        }
        await expectSound(async () => [await connect(answers).provider.lookup('SCAPTURED')])
        await expectSound(async () => {
          const listed: PaymentReport[] = []
          const range = { from: new Date('2026-01-01'), to: new Date('2026-01-02') }
          for await (const report of connect(answers).provider.list(range)) listed.push(report)
          return listed
        })
      }),
      { numRuns: 150 },
    )
  })

  it('as a signed webhook', async () => {
    const names = fc.constantFrom(...paypalEventNames, 'CHECKOUT.ORDER.NEW', 'BILLING.X')
    const { provider } = connect({})
    await fc.assert(
      fc.asyncProperty(payload, names, fc.boolean(), async (resource, name, isWhole) => {
        const body = isWhole ? envelope(name, resource) : (JSON.stringify(resource) ?? '')
        const delivery = await sign(body)
        await expectSound(async () => {
          const read = await provider.readWebhook(delivery)
          return read.kind === 'payment' ? [read.report] : []
        })
      }),
      { numRuns: 300 },
    )
  })

  it('as a hint, which has no status', () => {
    fc.assert(
      fc.property(payload, fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true })), (result, url) => {
        for (const read of [() => paypal.readClientResult(result), () => paypal.readReturn(url)]) {
          try {
            expect(read()).not.toHaveProperty('status')
          } catch (error) {
            if (!isPaymentError(error)) throw error
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('as the facts of a status', () => {
    const figure = fc.oneof(fc.nat(3), fc.constantFrom(undefined, -1, Number.NaN))
    const facts = fc.record({
      status: fc.constantFrom(...paypalOrderStatuses, 'NEW'),
      amount: figure,
      captures: fc.array(
        fc.record({
          status: fc.constantFrom(...paypalCaptureStatuses, 'NEW'),
          reason: fc.constantFrom(undefined, ...paypalCaptureReasons, 'NEW'),
          amount: figure,
        }),
        { maxLength: 3 },
      ),
      authorizations: fc.array(
        fc.record({ status: fc.constantFrom(...paypalAuthorizationStatuses, 'NEW') }),
        { maxLength: 2 },
      ),
      refunds: fc.array(
        fc.record({ status: fc.constantFrom(...paypalRefundStatuses, 'NEW'), amount: figure }),
        { maxLength: 2 },
      ),
    })
    const took = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED']
    fc.assert(
      fc.property(facts, (stated) => {
        const outcome = outcomeOf(toPaymentStatus(stated))
        const { status, captures, authorizations, refunds } = stated
        const taken = captures.filter((capture) => took.includes(capture.status))
        const words = [status, ...[...captures, ...authorizations, ...refunds].map((one) => one.status)]
        if (words.includes('NEW')) expect(outcome).toBe('unclear')
        if (outcome === 'paid' || outcome === 'returned')
          expect(taken.some(({ amount }) => Number(amount) > 0)).toBe(true)
        if (outcome === 'held') expect(authorizations.some((hold) => hold.status === 'CREATED')).toBe(true)
        if (outcome === 'not_paid') {
          expect(taken).toEqual([])
          expect(captures.some((capture) => capture.status === 'PENDING')).toBe(false)
          expect(authorizations.some((hold) => ['CREATED', 'PENDING'].includes(hold.status))).toBe(false)
        }
      }),
      { numRuns: 5000 },
    )
  })
})
