import {
  airwallexEventNames,
  airwallexStatuses,
  createAirwallex,
  signWebhook,
  toPaymentStatus,
} from '@payment-status/airwallex'
import { airwallexFixtures } from '@payment-status/airwallex/fixtures'
import { isPaymentError, outcomeOf, type PaymentReport } from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectSound as expectSoundReports, payloadsLike } from '../../../test/properties.ts'
import { connect, type Fields, makeAttempt, makeIntent, secrets } from './helpers.ts'

const airwallex = createAirwallex({ webhookSecrets: secrets.webhookSecrets })
const payload = payloadsLike(
  [
    makeIntent({ latest_payment_attempt: makeAttempt({ captured_amount: 19.99 }) }),
    ...airwallexFixtures.payments.flatMap(({ response, clientResult }) => [response?.body, clientResult]),
  ],
  [null, '', -1, 0.005, 2 ** 53, 1e308, -0, 'SUCCEEDED', 'zzz', [], {}, '__proto__'],
)

const expectSound = (read: () => Promise<readonly PaymentReport[]>) =>
  expectSoundReports(read, ({ id }) => expect(id).toMatch(/^int_\w+$/))

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
