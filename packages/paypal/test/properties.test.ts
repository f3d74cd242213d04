import { isPaymentError, outcomeOf, type PaymentReport, paymentStatuses } from '@payment-status/core'
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
import { connect, envelope, sign } from './helpers.ts'

const paypal = createPayPal({ environment: 'production' })
const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    null,
    '',
    '-1',
    '.5',
    '1e9',
    '0.00',
    '99999999999999999',
    -0,
    'COMPLETED',
    'zzz',
    [],
    {},
    '__proto__',
  ),
)

/** One of our payloads with some of its values, at any depth, replaced by anything. */
const mutated = fc
  .tuple(
    fc.constantFrom<unknown>(
      ...paypalFixtures.payments.flatMap(({ response, clientResult }) => [response?.body, clientResult]),
    ),
    fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 4 }),
  )
  .map(([object, changes]) => {
    const copy = structuredClone(object)
    for (const [seed, value] of changes) replaceOne(copy, seed, value)
    return copy
  })
const payload = fc.oneof({ weight: 3, arbitrary: mutated }, { weight: 1, arbitrary: odd })

function replaceOne(root: unknown, seed: number, value: unknown): void {
  const places: Array<readonly [holder: Record<string, unknown>, key: string]> = []
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key])
      walk((node as Record<string, unknown>)[key])
    }
  }
  walk(root)
  const place = places[seed % Math.max(1, places.length)]
  if (place) place[0][place[1]] = value
}

/** Passes where the call gives a sound report, or a `PaymentError`. */
async function expectSound(call: () => Promise<readonly PaymentReport[]>): Promise<void> {
  let reports: readonly PaymentReport[]
  try {
    reports = await call()
  } catch (error) {
    if (!isPaymentError(error)) throw error
    return
  }
  for (const { payment, source } of reports) {
    expect(paymentStatuses).toContain(payment.status)
    expect(JSON.parse(JSON.stringify(payment))).toEqual(payment)
    expect(payment.id).toMatch(/^[A-Z0-9]{1,36}$/)
    const outcome = outcomeOf(payment.status)
    if (outcome === 'paid') expect(payment.captured).toBeGreaterThan(0)
    if (source === 'webhook') expect(outcome).toBe('undecided')
    if (payment.awaits) expect(payment.status).toBe('processing')
    for (const amount of [payment.amount?.amount, payment.captured, payment.refunded, payment.authorized])
      if (amount !== undefined) expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true)
    const ids = (payment.operations ?? []).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    if (payment.action?.kind === 'redirect') expect(payment.action.url).toMatch(/^https?:/i)
  }
}

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
