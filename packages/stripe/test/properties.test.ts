import { isPaymentError, outcomeOf, type PaymentReport, paymentStatuses } from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stripeFixtures } from '../src/fixtures/index.ts'
import { payments as entries } from '../src/fixtures/payments.ts'
import { createStripe, signWebhook, stripeEventTypes, stripeStatuses, toPaymentStatus } from '../src/index.ts'
import { answering, collect, makeEvent } from './helpers.ts'

const { webhookSecrets } = stripeFixtures.secrets
const stripe = createStripe({ webhookSecrets })

const objects: readonly unknown[] = [
  ...entries.map(({ intent }) => intent),
  ...stripeFixtures.payments.map(({ clientResult }) => clientResult),
  { error: { type: 'card_error', code: 'card_declined', payment_intent: entries[1]?.intent } },
]
const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, '', -1, 0.5, 2 ** 53, 1e308, -0, 'succeeded', 'zzz', [], {}, '__proto__'),
)

/** One of our payloads with some of its values, at any depth, replaced by anything. */
const mutated = fc
  .tuple(fc.constantFrom(...objects), fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 4 }))
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
    expect(payment.id).toMatch(/^pi_\w+$/)
    const isPaid = ['paid', 'returned'].includes(outcomeOf(payment.status))
    if (isPaid) {
      expect(['succeeded', 'requires_capture']).toContain(payment.facts.status)
      expect(payment.captured).not.toBe(0)
    }
    for (const amount of [payment.amount?.amount, payment.captured, payment.refunded, payment.authorized]) {
      if (amount !== undefined) expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true)
    }
    if (payment.action?.kind === 'redirect') expect(payment.action.url).toMatch(/^https?:/i)
  }
}

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
      fc.property(facts, (told) => {
        const status = toPaymentStatus(told)
        if (['paid', 'returned'].includes(outcomeOf(status))) {
          expect(['succeeded', 'requires_capture']).toContain(told.status)
          expect(told.amount_received).not.toBe(0)
        }
        if (outcomeOf(status) === 'not_paid') {
          expect(told.status).toBe('canceled')
          expect(told.amount_received ?? 0).toBe(0)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
