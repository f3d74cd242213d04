import type { Payment } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { orderOf, type Stage, until, useStages } from './stage.ts'

const stages = useStages()
let stage: Stage

const terms = (notBefore: string) => ({
  expected: { amount: { amount: 1000, currency: 'EUR' } },
  capture: 'automatic' as const,
  notBefore,
})
const reference = { provider: 'fake', reference: 'A-1' }
const soon = () => new Date(Date.now() + 60_000).toISOString()

/** A payment under the reference whose webhooks do not state when it was created, as those of Checkout.com. */
async function receiveWithout(member: 'createdAt', more: object = {}): Promise<void> {
  const { [member]: _, ...payment } = stage.fake.set('p1', 'captured', { reference: 'A-1' })
  await stage.tracker.ingestEvent(stage.fake.webhook('p1', { payment: payment as Payment, ...more }))
}

describe('an order number that is used again', () => {
  it('leaves a payment that was received before the order alone, also where no webhook states its age', async () => {
    stage = await stages.open()
    await stage.tracker.work()
    await receiveWithout('createdAt')
    await stage.tracker.watch(orderOf('o-1', reference, { terms: terms(soon()) }))
    expect((await stage.tracker.order('o-1'))?.payments).toEqual([])
    await until(async () =>
      expect((await stage.tracker.unmatched()).payments).toMatchObject([{ provider: 'fake', id: 'p1' }]),
    )
    expect(stage.steps()).toEqual([])
  })

  it('leaves an event alone that happened before the order', async () => {
    stage = await stages.open()
    await stage.tracker.watch(orderOf('o-1', reference))
    await receiveWithout('createdAt', { occurredAt: '2024-01-01T00:00:00.000Z' })
    expect((await stage.tracker.order('o-1'))?.payments).toEqual([])
  })

  it('looks a payment up whose webhook does not state its age, and delivers if it is new', async () => {
    stage = await stages.open()
    await stage.tracker.work()
    await stage.tracker.watch(orderOf('o-1', reference, { terms: terms(new Date().toISOString()) }))
    await receiveWithout('createdAt')
    await until(() => expect(stage.steps().filter((step) => step !== undefined)).toEqual(['fulfill']))
    expect(stage.fake.asked).toContain('p1')
  })

  it('looks it up, and delivers nothing if it is old', async () => {
    const { fake, steps, tracker } = await stages.open()
    await tracker.work()
    await tracker.watch(orderOf('o-1', reference, { terms: terms(new Date().toISOString()) }))
    fake.set('p1', 'captured', { reference: 'A-1', createdAt: '2024-01-01T00:00:00.000Z' })
    const { createdAt: _, ...payment } = fake.payments.get('p1') as Payment
    await tracker.ingestEvent(fake.webhook('p1', { payment }))
    await until(() => expect(steps()).toContain('investigate'))
    expect(steps()).not.toContain('fulfill')
  })

  it('takes a payment of the same second, which a provider states in whole seconds', async () => {
    const { steps, tracker, receive } = await stages.open()
    await tracker.work()
    const now = new Date(Math.floor(Date.now() / 1000) * 1000 + 900)
    await tracker.watch(orderOf('o-1', reference, { terms: terms(now.toISOString()) }))
    const createdAt = now.toISOString().replace('.900Z', '.000Z')
    await receive('p1', 'captured', { reference: 'A-1', createdAt })
    await until(() => expect(steps()).toEqual(['fulfill']))
  })
})
