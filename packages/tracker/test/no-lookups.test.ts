import type { Payment, PaymentOperation, WebhookEvent } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import type { Task } from '../src/index.ts'
import { createFake, EUR } from './fake.ts'
import { orderOf, until, useStages } from './stage.ts'

const stages = useStages()

const at = (seconds: number) => new Date(Date.now() - 3_600_000 + seconds * 1000).toISOString()
const base: Payment = {
  provider: 'fake',
  id: 'p1',
  reference: 'ref-p1',
  status: 'unknown',
  amount: EUR(1000),
  facts: {},
}
let events = 0

function event(
  kind: PaymentOperation['kind'],
  id: string,
  status: PaymentOperation['status'],
  seconds: number,
  amount = 1000,
): WebhookEvent {
  return {
    provider: 'fake',
    id: `event_${++events}`,
    type: kind,
    occurredAt: at(seconds),
    reply: { status: 200, body: 'ok', contentType: 'text/plain' },
    kind: 'operation',
    key: { id: 'p1' },
    operation: { id, kind, status, amount, at: at(seconds) },
    payment: base,
  }
}

/** A shop at a provider that has no query at all. */
async function openShop() {
  const tasks: Task[] = []
  const answers = { lookup: 'none', byReference: 'none', list: 'none' } as const
  const fake = { ...createFake(), answers }
  const stage = await stages.open({ onTask: (task) => void tasks.push(task) }, fake)
  await stage.tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
  await stage.tracker.work()
  return { ...stage, fake, tasks }
}

describe('a provider without lookups', () => {
  it.each<readonly [string, readonly WebhookEvent[], Partial<Payment>]>([
    [
      'in order',
      [event('authorization', 'a', 'succeeded', 1), event('capture', 'c', 'succeeded', 2)],
      { status: 'captured', captured: 1000 },
    ],
    [
      'the capture first',
      [event('capture', 'c', 'succeeded', 2), event('authorization', 'a', 'succeeded', 1)],
      { status: 'captured', captured: 1000 },
    ],
    [
      'the refund before its capture',
      [event('refund', 'r', 'succeeded', 9, 300), event('capture', 'c', 'succeeded', 2)],
      { status: 'partially_refunded', captured: 1000, refunded: 300 },
    ],
    [
      'a capture that fails later',
      [
        event('authorization', 'a', 'succeeded', 1),
        event('capture', 'c', 'succeeded', 2),
        event('capture', 'c', 'failed', 3),
      ],
      { status: 'authorized' },
    ],
    [
      'a capture and its failure of one second',
      [
        event('authorization', 'a', 'succeeded', 1),
        event('capture', 'c', 'succeeded', 2),
        event('capture', 'c', 'failed', 2),
      ],
      { status: 'authorized' },
    ],
    [
      'a refund that fails later',
      [
        event('capture', 'c', 'succeeded', 2),
        event('refund', 'r', 'succeeded', 3),
        event('refund', 'r', 'failed', 4),
      ],
      { status: 'captured', captured: 1000, refunded: 0 },
    ],
  ])('adds up: %s', async (_, all, wanted) => {
    const { tracker, fake } = await openShop()
    for (const one of all) expect(await tracker.ingestEvent(one)).toBe('ingested')
    for (const one of all) expect(await tracker.ingestEvent(one)).toBe('duplicate')
    const view = await tracker.order('o-1')
    expect(view?.payments[0]?.report.payment).toMatchObject(wanted)
    expect(fake.asked).toEqual([])
    await tracker.stop()
  })

  it('fulfills a capture, and asks a person where it would have looked up', async () => {
    const { tracker, fake, steps, tasks } = await openShop()
    await tracker.ingestEvent(event('capture', 'c', 'succeeded', 2))
    await until(() => expect(steps()).toContain('fulfill'))
    await tracker.ingestEvent(event('refund', 'r', 'failed', 5))
    await until(() => expect(tasks.map(({ kind }) => kind)).toContain('investigate'))
    expect(fake.asked).toEqual([])
    await tracker.stop()
  })
})
