import { outcomeOf } from '@payment-status/core'
import type { DeliveryRecord, Faults } from '@payment-status/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Answer,
  type Arrival,
  askedNames,
  DAY,
  MINUTE,
  type Play,
  play,
  simulations,
  startAt,
  verify,
} from './play.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

/** A month in which every provider's payments live through a long story. */
async function playMonth(
  faults: Faults,
  { seed = 1, payments = 6, answer }: { seed?: number; payments?: number; answer?: Answer } = {},
): Promise<Play> {
  vi.setSystemTime(startAt)
  const played = play({ faults, seed, onTime: (now) => vi.setSystemTime(now) }, answer)
  for (let number = 0; number < payments; number++) {
    for (const { provider } of simulations) {
      await played.simulator.start({ provider, story: 'refunded_in_parts' })
      await played.simulator.start({ provider, story: 'paid_after_3ds' })
    }
  }
  await played.simulator.advance(30 * DAY)
  return played
}

/** Returns when the event of a webhook happened. */
function happenedAt({ simulator }: Play, { provider, paymentId, step }: DeliveryRecord): number {
  const payment = simulator.payments().find((other) => other.provider === provider && other.id === paymentId)
  return Date.parse(payment?.steps[step - 1]?.at ?? '')
}

/** Milliseconds from what happened to its webhook. */
const waitOf = (played: Play, record: DeliveryRecord): number =>
  Date.parse(record.at) - happenedAt(played, record)

const keyOf = ({ provider, paymentId }: DeliveryRecord): string => `${provider} ${paymentId}`

async function readEvent({ providerOf }: Play, { provider, request, at }: Arrival) {
  vi.setSystemTime(at)
  return providerOf(provider).readWebhook({
    rawBody: await request.clone().bytes(),
    headers: request.headers,
  })
}

describe('without faults', () => {
  it('every webhook is sent once, within seconds, in order', async () => {
    const played = await playMonth({})
    const records = played.simulator.deliveries()
    expect(records.length).toBeGreaterThan(60)
    expect(
      records.filter(({ attempt, status, faults }) => attempt !== 1 || status !== 200 || faults.length > 0),
    ).toEqual([])
    expect(records.filter((record) => waitOf(played, record) > 3000)).toEqual([])
    expect(played.simulator.queryFaults()).toEqual({})
  })
})

describe('from one seed', () => {
  const faults: Faults = {
    webhooks: {
      lost: 0.2,
      doubled: 0.2,
      reordered: 0.3,
      delayed: 0.2,
      late: 0.2,
      cutShort: 0.2,
      unknownWord: 0.2,
    },
    queries: { rateLimited: 0.2, serverError: 0.2, halfBody: 0.2, yesterday: 0.1, lyingCounts: 0.2 },
  }

  /** Returns the answers to the first queries. */
  async function ask({ simulator, providerOf }: Play): Promise<string[]> {
    const answers: string[] = []
    for (const { provider, id } of simulator.payments().slice(0, 30)) {
      const answer = await providerOf(provider)
        .lookup(id)
        .then(
          ({ payment }) => payment.status,
          ({ code }: { code: string }) => code,
        )
      answers.push(answer)
    }
    return answers
  }

  async function run(seed: number): Promise<object> {
    const played = await playMonth(faults, { seed })
    const { simulator, arrivals } = played
    const bodies = await Promise.all(arrivals.map(({ request }) => request.text()))
    const answers = await ask(played)
    return { deliveries: simulator.deliveries(), bodies, answers, queryFaults: simulator.queryFaults() }
  }

  it('a run repeats exactly', async () => {
    expect(await run(7)).toEqual(await run(7))
  })

  it('another run comes of another', async () => {
    expect(await run(8)).not.toEqual(await run(7))
  })

  it('questions do not change which webhooks are lost', async () => {
    const played = play({ faults, seed: 7 })
    const asking = play({ faults, seed: 7 })
    for (const { simulator } of [played, asking]) {
      for (const { provider } of simulations) await simulator.start({ provider, story: 'refunded_in_parts' })
    }
    await ask(asking)
    await Promise.all([played.simulator.advance(30 * DAY), asking.simulator.advance(30 * DAY)])
    expect(asking.simulator.deliveries()).toEqual(played.simulator.deliveries())
  })
})

describe('a webhook', () => {
  it('that is lost is never sent, and listed among the deliveries', async () => {
    const { simulator, arrivals } = await playMonth({ webhooks: { lost: 1 } })
    expect(arrivals).toEqual([])
    const records = simulator.deliveries()
    expect(records.length).toBeGreaterThan(60)
    expect(records.filter(({ faults, status }) => !faults.includes('lost') || status !== undefined)).toEqual(
      [],
    )
  })

  it('that is doubled arrives twice under one id, within minutes', async () => {
    const played = await playMonth({ webhooks: { doubled: 1 } }, { payments: 2 })
    const ids: string[] = []
    for (const arrival of played.arrivals) ids.push((await readEvent(played, arrival)).id)
    expect(ids.length).toBe(2 * new Set(ids).size)
    const waits = played.simulator.deliveries().map((record) => waitOf(played, record))
    expect(Math.max(...waits)).toBeLessThanOrEqual(6 * MINUTE)
  })

  it('that is reordered is overtaken within minutes', async () => {
    const played = await playMonth({ webhooks: { reordered: 1 } })
    const records = played.simulator.deliveries()
    const waits = records.map((record) => waitOf(played, record))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(MINUTE)
    expect(Math.max(...waits)).toBeLessThanOrEqual(10 * MINUTE)
    const overtaken = records.filter((record, index) =>
      records.slice(0, index).some((other) => keyOf(other) === keyOf(record) && other.step > record.step),
    )
    expect(overtaken.length).toBeGreaterThan(0)
  })

  it('that is delayed comes one to five days late', async () => {
    const played = await playMonth({ webhooks: { delayed: 1 } })
    const waits = played.simulator.deliveries().map((record) => waitOf(played, record))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(DAY)
    expect(Math.max(...waits)).toBeLessThanOrEqual(5 * DAY)
  })

  it('that is late comes after a newer one of its payment, or after days', async () => {
    const played = await playMonth({ webhooks: { late: 0.5 } })
    const records = played.simulator.deliveries()
    const late = records.filter(({ faults }) => faults.includes('late'))
    expect(late.length).toBeGreaterThan(20)
    const isOvertaken = (record: DeliveryRecord) =>
      records
        .slice(0, records.indexOf(record))
        .some((other) => keyOf(other) === keyOf(record) && other.step > record.step)
    const others = late.filter((record) => !isOvertaken(record))
    expect(others.length).toBeLessThan(late.length)
    expect(others.filter((record) => waitOf(played, record) < 6 * DAY)).toEqual([])
  })

  it('that is cut short is refused, and comes whole the next time', async () => {
    const faults = { webhooks: { cutShort: 1 } }
    const { simulator, arrivals } = await playMonth(faults, { payments: 1, answer: verify })
    const records = simulator.deliveries()
    const first = records.filter(({ attempt }) => attempt === 1)
    const again = records.filter(({ attempt }) => attempt === 2)
    expect(first.map(({ status }) => status)).toEqual(first.map(() => 401))
    expect(again.map(({ status }) => status)).toEqual(first.map(() => 200))
    expect(records).toHaveLength(2 * first.length)
    const lengths = await Promise.all(arrivals.map(async ({ request }) => (await request.bytes()).length))
    const sum = (attempt: number) =>
      lengths.reduce((total, length, index) => total + (records[index]?.attempt === attempt ? length : 0), 0)
    expect(sum(1) / sum(2)).toBeCloseTo(0.5, 1)
  })

  it('with an unlisted word follows the true one, and is never read as paid', async () => {
    const played = await playMonth({ webhooks: { unknownWord: 1 } }, { payments: 2 })
    const records = played.simulator.deliveries()
    const kinds: string[] = []
    for (const [index, arrival] of played.arrivals.entries()) {
      const event = await readEvent(played, arrival)
      if (!records[index]?.faults.includes('unknownWord')) continue
      kinds.push(event.kind === 'payment' ? outcomeOf(event.report.payment.status) : event.kind)
    }
    expect(new Set(kinds)).toEqual(new Set(['recheck', 'unclear']))
    expect(kinds.length).toBeGreaterThan(10)
  })
})

describe('a question', () => {
  /** A payment of yesterday at each provider, and one of an hour ago under another reference. */
  async function playDay(queries: NonNullable<Faults['queries']>): Promise<Play> {
    const played = play({ faults: { queries } })
    for (const { provider } of simulations) {
      await played.simulator.start({ provider, story: 'refunded_in_parts', reference: 'order-1' })
    }
    await played.simulator.advance(DAY + MINUTE)
    return played
  }

  const idOf = ({ simulator }: Play, name: string): string =>
    simulator.payments().find(({ provider }) => provider === name)?.id ?? ''

  it.each(askedNames)('answered 429 by %s states the requested wait', async (name) => {
    const played = await playDay({ rateLimited: 1 })
    const error = await played
      .providerOf(name)
      .lookup(idOf(played, name))
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'rate_limited', httpStatus: 429 })
    const { retryAfterMs } = error as { retryAfterMs: number }
    expect(retryAfterMs >= 1000 && retryAfterMs <= 30_000).toBe(true)
    expect(played.simulator.queryFaults()).toEqual({ rateLimited: 1 })
  })

  it.each(askedNames)('answered 5xx by %s is unavailable', async (name) => {
    const played = await playDay({ serverError: 1 })
    const statuses: number[] = []
    for (let turn = 0; turn < 20; turn++) {
      const question = played.providerOf(name).lookup(idOf(played, name))
      const error = await question.catch((thrown: { code: string; httpStatus: number }) => thrown)
      expect(error).toMatchObject({ code: 'unavailable' })
      statuses.push((error as { httpStatus: number }).httpStatus)
    }
    expect(new Set(statuses)).toEqual(new Set([500, 502, 503]))
    expect(played.simulator.queryFaults()).toEqual({ serverError: 20 })
  })

  it.each(askedNames)('that %s never answers is given up in time', async (name) => {
    const played = await playDay({ timeout: 1 })
    const { providerOf, simulator } = played
    await expect(providerOf(name).lookup(idOf(played, name))).rejects.toMatchObject({ code: 'unavailable' })
    const reason = new Error('the shopper left')
    const signal = AbortSignal.abort(reason)
    await expect(providerOf(name).lookup(idOf(played, name), { signal })).rejects.toBe(reason)
    expect(simulator.queryFaults()).toEqual({ timeout: 1 })
  })

  it.each(askedNames)('half answered by %s is rejected', async (name) => {
    const played = await playDay({ halfBody: 1 })
    const question = played.providerOf(name).lookup(idOf(played, name))
    await expect(question).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it.each(askedNames)('answered by %s with what was true yesterday', async (name) => {
    const played = await playDay({ yesterday: 1 })
    const { simulator, providerOf } = played
    const id = idOf(played, name)
    expect(simulator.truth(name, id)?.status).toBe('partially_refunded')
    expect((await providerOf(name).lookup(id)).payment.status).toBe('captured')
    const { id: newId } = await simulator.start({ provider: name, reference: 'order-2' })
    await expect(providerOf(name).lookup(newId)).rejects.toMatchObject({ code: 'not_found' })
    if (providerOf(name).answers?.byReference !== 'none')
      expect(await providerOf(name).lookupByReference('order-2')).toEqual([])
    await simulator.advance(DAY)
    expect((await providerOf(name).lookup(newId)).payment.status).toBe('captured')
  })

  it.each(askedNames)('answered by %s with counts that lie ends, and finds what there is', async (name) => {
    const played = await playDay({ lyingCounts: 1 })
    const { simulator, providerOf } = played
    for (let number = 0; number < 3; number++) await simulator.start({ provider: name, reference: 'order-1' })
    const ids = simulator.payments().flatMap(({ provider, id }) => (provider === name ? id : []))
    if (providerOf(name).answers?.byReference !== 'none')
      expect(await providerOf(name).lookupByReference('order-1')).toHaveLength(4)
    const range = { from: startAt, to: new Date(startAt.getTime() + 2 * DAY) }
    const listed: string[] = []
    const list = async () => {
      for await (const { payment } of providerOf(name).list(range)) listed.push(payment.id)
    }
    // Onerway counts rows, so its list returns what it found and then states that there may be more.
    if (name.startsWith('onerway')) await expect(list()).rejects.toMatchObject({ code: 'invalid_payload' })
    else await list()
    expect(listed.toSorted()).toEqual(ids.toSorted())
    expect(simulator.queryFaults().lyingCounts).toBeGreaterThan(1)
  })
})
