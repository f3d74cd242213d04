import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createSimulator, type StoryName, storiesOf, storyNames } from '@payment-status/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askedNames, DAY, MINUTE, play, simulations, startAt, untilTheEnd } from './play.ts'

const stated = simulations.flatMap((simulation) =>
  storiesOf(simulation).map((story): [string, StoryName] => [simulation.provider, story]),
)

/** Where each story ends; a refusal leaves a payment that failed, or one that can be paid again. */
const endings: Readonly<Record<StoryName, readonly string[]>> = {
  paid_at_once: ['captured'],
  paid_after_3ds: ['captured'],
  refused: ['failed', 'open'],
  three_d_secure_failed: ['failed', 'open'],
  three_d_secure_timed_out: ['failed', 'open'],
  abandoned: ['requires_action'],
  authorized_then_captured: ['captured'],
  partly_captured: ['partially_captured'],
  voided: ['canceled'],
  captured_then_refunded: ['refunded'],
  refunded_whole: ['refunded'],
  refunded_same_day: ['refunded'],
  refunded_in_parts: ['refunded'],
  refunded_in_equal_parts: ['partially_refunded', 'refunded'],
  refunded_after_months: ['refunded'],
  refund_reviewed: ['refunded'],
  canceled: ['canceled'],
  canceled_too_late: ['refunded'],
  refund_failed_later: ['captured'],
  voucher_paid_after_days: ['captured'],
  expired: ['expired'],
  disputed_and_lost: ['captured'],
  refused_then_paid: ['captured'],
  refused_then_retried: ['captured'],
  paid_twice: ['captured'],
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

describe('a story', () => {
  it.each(stated)('ends as it is named: %s, %s', async (name, story) => {
    const { simulator } = play()
    await simulator.start({ provider: name, story })
    for await (const _ of untilTheEnd(simulator));
    for (const { id } of simulator.payments()) {
      const truth = simulator.truth(name, id)
      expect(endings[story]).toContain(truth?.status)
      expect(simulator.history(name, id).at(-1)).toEqual(truth)
    }
  })

  it('is refused where the provider has no words for it', async () => {
    const { simulator } = play()
    for (const simulation of simulations) {
      const known = storiesOf(simulation)
      for (const story of storyNames) {
        const started = await simulator.start({ provider: simulation.provider, story }).then(
          () => 'started',
          ({ code }: { code: string }) => code,
        )
        expect([story, started]).toEqual([story, known.includes(story) ? 'started' : 'invalid_input'])
      }
    }
  })

  it('and an unknown provider are rejected', async () => {
    const { simulator } = play()
    const story = 'found_in_the_street' as StoryName
    await expect(simulator.start({ story })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(simulator.start({ provider: 'acme-pay' })).rejects.toMatchObject({ code: 'invalid_input' })
    const { simulator: empty } = play({ providers: [] })
    await expect(empty.start()).rejects.toMatchObject({ code: 'invalid_input' })
    expect(simulator.payments()).toEqual([])
    expect(simulator.truth('stripe', 'pi_nobodyhasthis')).toBe(undefined)
    expect(simulator.truth('acme-pay', 'pi_nobodyhasthis')).toBe(undefined)
    expect(simulator.history('stripe', 'pi_nobodyhasthis')).toEqual([])
  })
})

describe('the virtual clock', () => {
  it('stands still until it is moved, and then moves just as far', async () => {
    const { simulator } = play()
    expect(simulator.now()).toEqual(startAt)
    await simulator.start({ story: 'expired' })
    expect(simulator.now()).toEqual(startAt)
    await simulator.advance(90 * MINUTE)
    expect(simulator.now()).toEqual(new Date('2026-03-02T01:30:00Z'))
  })

  it('runs what is due in order, and reports each moment that it reaches', async () => {
    const moments: number[] = []
    const { simulator, arrivals } = play({ onTime: (now) => moments.push(now.getTime()) })
    await simulator.start({ provider: 'stripe', story: 'refunded_in_parts' })
    await simulator.start({ provider: 'onerway', story: 'voided' })
    await simulator.advance(10 * DAY)
    expect(moments).toEqual(moments.toSorted((a, b) => a - b))
    expect(arrivals.map(({ at }) => at.getTime())).toEqual(
      arrivals.map(({ at }) => at.getTime()).toSorted((a, b) => a - b),
    )
    expect(simulator.next()).toBe(undefined)
    expect(simulator.now().getTime() - startAt.getTime()).toBe(10 * DAY)
  })

  it('does not do today what is due tomorrow', async () => {
    const { simulator } = play()
    const { provider, id } = await simulator.start({ story: 'authorized_then_captured' })
    await simulator.advance(DAY - 1)
    expect(simulator.truth(provider, id)?.status).toBe('authorized')
    expect(simulator.next()).toEqual(new Date(startAt.getTime() + DAY))
    await simulator.advance(1)
    expect(simulator.truth(provider, id)?.status).toBe('captured')
  })

  it('waits for the answer to each webhook before it sends the next', async () => {
    let open = 0
    let most = 0
    const { simulator, arrivals } = play({}, async () => {
      most = Math.max(most, ++open)
      await new Promise((resolve) => setTimeout(resolve, 1))
      open--
      return new Response()
    })
    for (const { provider } of simulations) await simulator.start({ provider, story: 'paid_after_3ds' })
    await simulator.advance(DAY)
    expect(arrivals.length).toBeGreaterThan(3)
    expect(most).toBe(1)
  })

  it('moved twice at once moves on once after the other', async () => {
    const { simulator } = play()
    await simulator.start({ story: 'refunded_in_parts' })
    await Promise.all([simulator.advance(DAY), simulator.advance(DAY)])
    expect(simulator.now().getTime() - startAt.getTime()).toBe(2 * DAY)
  })

  it('can be asked about the past only by a fault: a payment is there from the moment it began', async () => {
    const { simulator, providerOf } = play()
    const { id } = await simulator.start({ provider: 'stripe', story: 'paid_after_3ds' })
    expect((await providerOf('stripe').lookup(id)).payment.status).toBe('requires_action')
    await simulator.advance(2 * MINUTE)
    expect((await providerOf('stripe').lookup(id)).payment.status).toBe('captured')
  })
})

describe('the query APIs', () => {
  it('are distinguished by their own hosts, or by the provider’s name as first segment', async () => {
    const { simulator } = play()
    const { id } = await simulator.start({ provider: 'stripe' })
    const headers = {
      authorization: `Bearer ${stripeSimulation.secrets.secretKey}`,
      'stripe-version': '2026-07-29.dahlia',
    }
    for (const base of ['https://api.stripe.com', 'http://127.0.0.1:4010/stripe']) {
      const answer = await simulator.fetch(`${base}/v1/payment_intents/${id}`, { headers })
      expect(await answer.json()).toMatchObject({ id })
    }
    expect((await simulator.fetch('https://api.elsewhere.example/v1/payment_intents')).status).toBe(404)
  })

  it.each(askedNames)('list what was created in a period at %s', async (name) => {
    const { simulator, providerOf } = play()
    const ids: string[] = []
    for (let hour = 0; hour < 4; hour++) {
      ids.push((await simulator.start({ provider: name })).id)
      await simulator.advance(60 * MINUTE)
    }
    const listed: string[] = []
    const range = {
      from: new Date(startAt.getTime() + 30 * MINUTE),
      to: new Date(startAt.getTime() + 180 * MINUTE),
    }
    for await (const { payment } of providerOf(name).list(range)) listed.push(payment.id)
    expect(listed.toSorted()).toEqual(ids.slice(1, 3).toSorted())
  })
})

describe('webhooks', () => {
  it('are sent nowhere without somewhere to send them', async () => {
    const simulator = createSimulator({ providers: simulations, startAt })
    await simulator.start()
    await simulator.advance(DAY)
    expect(simulator.deliveries().length).toBeGreaterThan(0)
  })

  it('go to the URL given, with the provider’s name as last segment', async () => {
    const { simulator, arrivals } = play({ webhookUrl: 'https://shop.example/hooks/' })
    await simulator.start({ provider: 'onerway' })
    await simulator.advance(DAY)
    expect(arrivals.map(({ request }) => request.url)).toEqual(['https://shop.example/hooks/onerway'])
  })

  it.each(simulations)(
    'of $provider are sent again until the shop says yes, and not for ever',
    async (simulation) => {
      const { simulator, arrivals } = play({}, async () => new Response(null, { status: 500 }))
      await simulator.start({ provider: simulation.provider, story: 'refused' })
      await simulator.advance(30 * DAY)
      const attempts = simulator.deliveries().map(({ attempt }) => attempt)
      expect(Math.max(...attempts)).toBe(1 + simulation.redeliveries.length)
      expect(arrivals).toHaveLength(attempts.length)
      // A provider may send several webhooks about one step, and build each anew: each comes again after the same pause.
      const timesOf = (number: number) =>
        simulator.deliveries().flatMap(({ attempt, at }) => (attempt === number ? Date.parse(at) : []))
      const [pause = 0] = simulation.redeliveries
      expect(timesOf(2)).toEqual(timesOf(1).map((time) => time + pause))
      expect(simulator.next()).toBe(undefined)
    },
  )
})

it('a provider that builds the content at each delivery states what is true then', async () => {
  const bodies: Record<string, string | null>[] = []
  const { simulator } = play({}, async (request) => {
    bodies.push((await request.clone().json()) as Record<string, string | null>)
    return new Response(null, { status: 500 })
  })
  // Declined, and paid by another attempt four minutes later: before the first webhook comes again.
  await simulator.start({ provider: 'onerway-hosted', story: 'refused_then_paid' })
  await simulator.advance(DAY)
  const [first, again] = bodies.filter(({ status }) => status === 'F')
  expect(first).toMatchObject({ notifyType: 'TXN', paymentStatus: 'O' })
  expect(again).toMatchObject({ transactionId: first?.transactionId, paymentStatus: 'S' })
  expect(again?.responseTime).not.toBe(first?.responseTime)
})

describe('a currency a provider counts in its own way', () => {
  it.each([
    [stripeSimulation, 'ISK'],
    [stripeSimulation, 'UGX'],
    [stripeSimulation, 'MGA'],
    [checkoutComSimulation, 'CLP'],
  ])('%# is counted by it as by ISO 4217', async (simulation, currency) => {
    for (const story of ['paid_at_once', 'partly_captured', 'refunded_in_parts'] as const) {
      const { simulator, providerOf } = play()
      const amount = { amount: 250_000, currency }
      const { provider, id } = await simulator.start({ provider: simulation.provider, story, amount })
      await simulator.advance(5 * 86_400_000)
      const { payment } = await providerOf(provider).lookup(id)
      const truth = simulator.truth(provider, id)
      expect(payment).toMatchObject({ status: truth?.status, amount })
      expect(payment.captured ?? truth?.captured).toBe(truth?.captured)
      expect(payment.refunded ?? truth?.refunded).toBe(truth?.refunded)
    }
  })

  it.each([Number.NaN, Infinity, -1, 0.5])('the clock is not moved by %s', async (milliseconds) => {
    const { simulator } = play()
    const before = simulator.now()
    await expect(simulator.advance(milliseconds)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(simulator.now()).toEqual(before)
  })
})
