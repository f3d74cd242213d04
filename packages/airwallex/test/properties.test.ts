import {
  airwallexEventNames,
  airwallexStatuses,
  createAirwallex,
  signWebhook,
  toPaymentStatus,
} from '@payment-status/airwallex'
import { airwallexFixtures } from '@payment-status/airwallex/fixtures'
import { isPaymentError, outcomeOf, type PaymentReport, paymentStatuses } from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connect, type Fields, makeAttempt, makeIntent, secrets } from './helpers.ts'

const airwallex = createAirwallex({ webhookSecrets: secrets.webhookSecrets })
const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, '', -1, 0.005, 2 ** 53, 1e308, -0, 'SUCCEEDED', 'zzz', [], {}, '__proto__'),
)

/** One of our payloads with some of its values, at any depth, replaced by anything. */
const mutated = fc
  .tuple(
    fc.constantFrom<unknown>(
      makeIntent({ latest_payment_attempt: makeAttempt({ captured_amount: 19.99 }) }),
      ...airwallexFixtures.payments.flatMap(({ response, clientResult }) => [response?.body, clientResult]),
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
  for (const { payment } of reports) {
    expect(paymentStatuses).toContain(payment.status)
    expect(JSON.parse(JSON.stringify(payment))).toEqual(payment)
    expect(payment.id).toMatch(/^int_\w+$/)
    if (outcomeOf(payment.status) === 'paid') expect(payment.captured).not.toBe(0)
    for (const amount of [payment.amount?.amount, payment.captured, payment.refunded, payment.authorized]) {
      if (amount !== undefined) expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true)
    }
    if (payment.action?.kind === 'redirect') expect(payment.action.url).toMatch(/^https?:/i)
  }
}

const reportsOf = (answer: Awaited<ReturnType<typeof airwallex.readResponse>>) =>
  answer.evidence === 'report' ? [answer] : []

describe('whatever a source is given', () => {
  it('as a response', async () => {
    await fc.assert(
      fc.asyncProperty(payload, (body) =>
        expectSound(async () => reportsOf(await airwallex.readResponse(body))),
      ),
      { numRuns: 500 },
    )
  })

  it('as a lookup or a list', async () => {
    await fc.assert(
      fc.asyncProperty(payload, payload, async (intent, attempt) => {
        const answers = { intent: intent as Fields, attempts: [attempt as Fields] }
        await expectSound(async () => [await connect(answers).provider.lookup('int_a1')])
        const range = { from: new Date(0), to: new Date('2030-01-01') }
        await expectSound(async () => {
          const listed: PaymentReport[] = []
          for await (const report of connect(answers).provider.list(range)) listed.push(report)
          return listed
        })
      }),
      { numRuns: 150 },
    )
  })

  it('as a signed webhook', async () => {
    const names = fc.constantFrom(...airwallexEventNames, 'payment_intent.new', 'customer.created')
    await fc.assert(
      fc.asyncProperty(payload, names, fc.boolean(), async (object, name, isWhole) => {
        const event = { id: 'evt_1', name, account_id: 'acct_x', data: { object } }
        const body = JSON.stringify(isWhole ? event : object) ?? ''
        const delivery = await signWebhook(body, secrets.webhookSecrets)
        await expectSound(async () => {
          const read = await airwallex.readWebhook(delivery)
          return read.kind === 'payment' ? [read.report] : []
        })
      }),
      { numRuns: 500 },
    )
  })

  it('as a hint, which has no status', () => {
    fc.assert(
      fc.property(payload, fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true })), (result, url) => {
        for (const read of [() => airwallex.readClientResult(result), () => airwallex.readReturn(url)]) {
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
    const figure = fc.oneof(fc.nat(3), fc.constantFrom(null, undefined, -1, Number.NaN))
    const attempt = fc.record({
      status: fc.constantFrom('FAILED', 'EXPIRED', 'AUTHORIZED', 'new', null),
      captured_amount: figure,
      refunded_amount: figure,
    })
    const facts = fc.record({
      status: fc.constantFrom(...airwallexStatuses, 'new'),
      amount: figure,
      captured_amount: figure,
      refunded_amount: figure,
      latest_payment_attempt: fc.option(attempt),
    })
    fc.assert(
      fc.property(facts, (stated) => {
        const outcome = outcomeOf(toPaymentStatus(stated))
        if (outcome === 'paid' || outcome === 'returned') {
          const captured = [stated.captured_amount, stated.latest_payment_attempt?.captured_amount]
          expect(captured.some((figure) => Number(figure) > 0)).toBe(true)
        }
        if (outcome === 'not_paid') {
          expect(stated.status).toBe('CANCELLED')
          expect(stated.captured_amount ?? 0).toBe(0)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
