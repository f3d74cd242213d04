import { isPaymentError, outcomeOf, type PaymentReport } from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectSound as expectSoundReports, payloadsLike } from '../../../test/properties.ts'
import { stripeFixtures } from '../src/fixtures/index.ts'
import { payments as entries } from '../src/fixtures/payments.ts'
import { createStripe, signWebhook, stripeEventTypes, stripeStatuses, toPaymentStatus } from '../src/index.ts'
import { answering, collect, makeEvent } from './helpers.ts'

const { webhookSecrets } = stripeFixtures.secrets
const stripe = createStripe({ webhookSecrets })

const payload = payloadsLike(
  [
    ...entries.map(({ intent }) => intent),
    ...stripeFixtures.payments.map(({ clientResult }) => clientResult),
    { error: { type: 'card_error', code: 'card_declined', payment_intent: entries[1]?.intent } },
  ],
  [null, '', -1, 0.5, 2 ** 53, 1e308, -0, 'succeeded', 'zzz', [], {}, '__proto__'],
)

const expectSound = (read: () => Promise<readonly PaymentReport[]>) =>
  expectSoundReports(read, ({ id, status, facts, captured }) => {
    expect(id).toMatch(/^pi_\w+$/)
    if (!['paid', 'returned'].includes(outcomeOf(status))) return
    expect(['succeeded', 'requires_capture']).toContain(facts.status)
    expect(captured).not.toBe(0)
  })

describe('whatever a source is given', () => {
  it('as a response', async () => {
    await fc.assert(
      fc.asyncProperty(payload, (body) => expectSound(async () => [await stripe.readResponse(body)])),
      { numRuns: 500 },
    )
  })

  it('as a lookup, a list or a search', async () => {
    await fc.assert(
      fc.asyncProperty(payload, fc.boolean(), async (row, hasMore) => {
        const single = answering(() => Response.json(row))
        const { id } = Object(row)
        const isId = typeof id === 'string' && /^pi_\w+$/.test(id)
        await expectSound(async () => [await single.stripe.lookup(isId ? id : 'pi_1')])
        const page = answering(() => ({ data: [row], has_more: hasMore, next_page: 'p' }))
        const range = { from: new Date(0), to: new Date('2030-01-01') }
        await expectSound(() => collect(page.stripe.list(range)))
        const search = answering((url) =>
          url.pathname.endsWith('/search')
            ? { data: [row], has_more: hasMore, next_page: 'p' }
            : Response.json(row),
        )
        await expectSound(() => search.stripe.lookupByReference('order-1'))
      }),
      { numRuns: 150 },
    )
  })

  it('as a signed webhook', async () => {
    const types = fc.constantFrom(...stripeEventTypes, 'payment_intent.new', 'customer.created')
    await fc.assert(
      fc.asyncProperty(payload, types, fc.boolean(), async (object, type, isWhole) => {
        const body = isWhole ? makeEvent(type, object) : (JSON.stringify(object) ?? '')
        const delivery = await signWebhook(body, webhookSecrets)
        await expectSound(async () => {
          const event = await stripe.readWebhook(delivery)
          return event.kind === 'payment' ? [event.report] : []
        })
      }),
      { numRuns: 500 },
    )
  })

  it('as a hint, which has no status', () => {
    fc.assert(
      fc.property(payload, fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true })), (result, url) => {
        for (const read of [() => stripe.readClientResult(result), () => stripe.readReturn(url)]) {
          try {
            const hint = read()
            expect(hint).not.toHaveProperty('status')
            expect(JSON.stringify(hint)).not.toContain('_secret_')
          } catch (error) {
            if (!isPaymentError(error)) throw error
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('as the facts of a status', () => {
    const amount = fc.oneof(fc.nat(3), fc.constantFrom(null, undefined, -1, 0.5, Number.NaN))
    const charge = fc.record({
      amount_captured: amount,
      amount_refunded: amount,
      status: fc.constantFrom('failed', null),
    })
    const facts = fc.record({
      status: fc.constantFrom(...stripeStatuses, 'new'),
      amount,
      amount_received: amount,
      cancellation_reason: fc.constantFrom('expired', 'automatic', null, 'new'),
      latest_charge: fc.oneof(fc.constantFrom('ch_1', null), charge),
    })
    fc.assert(
      fc.property(facts, (stated) => {
        const status = toPaymentStatus(stated)
        if (['paid', 'returned'].includes(outcomeOf(status))) {
          expect(['succeeded', 'requires_capture']).toContain(stated.status)
          expect(stated.amount_received).not.toBe(0)
        }
        if (outcomeOf(status) === 'not_paid') {
          expect(stated.status).toBe('canceled')
          expect(stated.amount_received ?? 0).toBe(0)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
