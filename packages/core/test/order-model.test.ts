import {
  advance,
  type DisputeStatus,
  decideOrder,
  type OrderTerms,
  outcomeOf,
  type PaymentReport,
  paymentKey,
} from '@payment-status/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { act, actionsIn, begin, end, lives, skews, type World } from './model.ts'

// Two payments of one order, each living as in the model of one payment, and a shop that acts on every decision at once.

const terms: OrderTerms = { expected: { amount: { amount: 1000, currency: 'EUR' } }, capture: 'automatic' }

interface Shop {
  worlds: World[]
  fulfilledBy?: string
  /** Open disputes by payment, which the model of one payment does not know. */
  readonly disputes: Map<number, DisputeStatus>
}

/** The recorded reports, under an id of their own. */
function recorded({ worlds, disputes }: Shop): PaymentReport[] {
  return worlds.flatMap(({ record }, index): PaymentReport[] => {
    if (!record) return []
    const report = { ...record, payment: { ...record.payment, id: `pay_${index}` } }
    const status = disputes.get(index)
    if (status === undefined) return [report]
    const key = { id: report.payment.id }
    const reply = { status: 200, body: '', contentType: 'text/plain' }
    const event = {
      provider: 'test-pay',
      id: 'evt',
      type: 'dispute',
      reply,
      kind: 'dispute',
      key,
      dispute: { status },
    } as const
    return [advance(report, event).report]
  })
}

/** Decides, checks what must never be, and does what the decision says. */
function decide(shop: Shop): ReturnType<typeof decideOrder> {
  const payments = recorded(shop)
  const { fulfilledBy } = shop
  const decision = decideOrder({ terms, payments, ...(fulfilledBy ? { fulfilledBy } : {}) })
  const { step, payment } = decision
  const may = payments.filter(
    ({ payment: { status } }) => !['not_paid', 'returned'].includes(outcomeOf(status)),
  )
  if (step.kind === 'fulfill') {
    expect(fulfilledBy).toBeUndefined()
    expect(payment?.payment).toMatchObject({ status: 'captured' })
    expect([payment?.payment.conflict, payment?.payment.dispute?.status ?? 'won']).toEqual([undefined, 'won'])
    shop.fulfilledBy = paymentKey((payment as PaymentReport).payment)
  }
  if (step.kind === 'stop' || (step.kind === 'ask_again' && step.newPayment)) {
    expect(may).toEqual([])
    expect(fulfilledBy).toBeUndefined()
  }
  if (fulfilledBy) expect(step.kind).toMatch(/none|investigate|look_up/)
  if (decision.paid.length > 1) expect(step.kind).toBe('investigate')
  return decision
}

it('two payments of one order never lead to a step that the order does not allow, and a paid order is fulfilled', () => {
  const names = Object.keys(lives)
  const seen = new Set<string>()
  fc.assert(
    fc.property(
      fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)),
      fc.constantFrom(...skews),
      fc.array(fc.tuple(fc.nat(1), fc.nat(1000)), { maxLength: 40 }),
      fc.option(
        fc.tuple(fc.nat(1), fc.constantFrom<DisputeStatus>('needs_response', 'early_warning', 'won')),
      ),
      (pair, skew, choices, dispute) => {
        const shop: Shop = { worlds: pair.map((name) => begin(lives[name] ?? [], skew)), disputes: new Map() }
        for (const [turn, [which, choice]] of choices.entries()) {
          const world = shop.worlds[which] as World
          const actions = actionsIn(world)
          shop.worlds[which] = act(world, actions[choice % actions.length] ?? 'answer', advance)
          if (dispute && turn === 5) shop.disputes.set(...dispute)
          seen.add(decide(shop).step.kind)
        }
        shop.worlds = shop.worlds.map((world) => end(world, advance))
        const last = decide(shop)
        const paid = recorded(shop).filter(({ payment }) => outcomeOf(payment.status) === 'paid')
        const isOpen = paid.some(({ payment }) => payment.dispute && payment.dispute.status !== 'won')
        if (paid.length === 1 && paid[0]?.payment.status === 'captured' && !isOpen)
          expect(shop.fulfilledBy).toBeDefined()
        if (paid.length === 0 && !shop.fulfilledBy) expect(last.step.kind).not.toBe('fulfill')
      },
    ),
    { numRuns: 3_000 },
  )
  expect([...seen].toSorted()).toEqual(
    expect.arrayContaining(['ask_again', 'fulfill', 'investigate', 'look_up', 'none', 'stop', 'wait']),
  )
})
