import type { Story } from '@payment-status/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askedNames, DAY, play, providerNames, startAt, untilTheEnd } from './play.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const wonDispute: Story = {
  capture: 'automatic',
  scenes: [
    { after: 0, happening: { kind: 'captured', amount: 2500 } },
    { after: DAY, happening: { kind: 'disputed' } },
    { after: 3 * DAY, happening: { kind: 'dispute_won' } },
  ],
}

describe('a story of your own', () => {
  it.each(providerNames)('opens a dispute and wins it at %s', async (name) => {
    vi.setSystemTime(startAt)
    const { simulator, providerOf, arrivals } = play({ onTime: (now) => vi.setSystemTime(now) })
    const { id, story } = await simulator.start({ provider: name, story: wonDispute })
    expect(story).toBe('own')
    for await (const _ of untilTheEnd(simulator));
    expect(simulator.truth(name, id)).toEqual({ status: 'captured', captured: 2500, refunded: 0 })
    const statuses: unknown[] = []
    for (const { at, request } of arrivals) {
      vi.setSystemTime(at)
      const delivery = { rawBody: await request.bytes(), headers: request.headers }
      const event = await providerOf(name).readWebhook(delivery)
      if (event.kind === 'dispute') statuses.push(event.dispute.status)
    }
    // Airwallex states disputes by lookups only: its webhooks ask for one.
    if (name !== 'airwallex') expect([statuses.at(0), statuses.at(-1)]).toEqual(['needs_response', 'won'])
    if (!askedNames.includes(name)) return
    expect((await providerOf(name).lookup(id)).payment.dispute?.status ?? 'won').toBe('won')
  })

  it.each<[string, unknown]>([
    ['of nothing', null],
    ['without scenes', { capture: 'automatic', scenes: [] }],
    ['whose scenes are no list', { capture: 'automatic', scenes: 'captured' }],
    ['without a capture', { scenes: wonDispute.scenes }],
    ['whose times go back', { ...wonDispute, scenes: wonDispute.scenes.toReversed() }],
    [
      'whose times are no numbers',
      { ...wonDispute, scenes: [{ after: '1d', happening: { kind: 'voided' } }] },
    ],
    ['with nothing happening', { ...wonDispute, scenes: [{ after: 0 }] }],
    [
      'that captures nothing',
      { ...wonDispute, scenes: [{ after: 0, happening: { kind: 'captured', amount: 0 } }] },
    ],
  ])('%s is refused', async (_, story) => {
    const { simulator } = play()
    await expect(simulator.start({ story: story as Story })).rejects.toMatchObject({ code: 'invalid_input' })
    expect(simulator.payments()).toEqual([])
  })

  it('that the provider has no words for is refused', async () => {
    const { simulator } = play()
    const capture = { kind: 'captured', amount: 1000 } as const
    const story: Story = {
      capture: 'manual',
      scenes: [
        { after: 0, happening: { kind: 'authorized' } },
        { after: 1, happening: capture },
      ],
    }
    await expect(simulator.start({ provider: 'onerway', story })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    expect((await simulator.start({ provider: 'stripe', story })).story).toBe('own')
  })
})
