import type { Payment } from '@payment-status/core'
import { createOnerway, signRequest } from '@payment-status/onerway'
import { createOnerwaySimulation } from '@payment-status/onerway/fixtures'
import { createSimulator, type Simulator, type StoryName } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'
import { createShop as createRecorder } from '../../testing/src/contract/shop.ts'
import { reportOf } from './make.ts'

const DAY = 86_400_000
const startAt = new Date('2026-03-02T00:00:00Z')
const stories: readonly StoryName[] = [
  'paid_at_once',
  'authorized_then_captured',
  'captured_then_refunded',
  'voided',
  'refunded_whole',
  'refunded_same_day',
  'refunded_in_parts',
  'refunded_in_equal_parts',
  'refunded_after_months',
]

type Integration = 'direct' | 'hosted'

/** Creates a shop that records what `advance` returns, rechecks where that says so, and lists each day at night. */
function createShop(integration: Integration, lost: number, refundQueryPath?: string) {
  const simulation = createOnerwaySimulation({ integration, refundQueryPath })
  const simulator: Simulator = createSimulator({
    providers: [simulation],
    seed: 5,
    startAt,
    faults: { webhooks: { lost } },
    async sendWebhook(request) {
      return receive(request)
    },
  })
  const onerway = createOnerway({
    ...simulation.secrets,
    name: simulation.provider,
    environment: 'sandbox',
    integration,
    refundQueryPath,
    fetch: simulator.fetch,
    clock: () => simulator.now().getTime(),
  })
  const { recorded, record, receive } = createRecorder(onerway)
  async function nightly(): Promise<void> {
    const to = simulator.now()
    for await (const report of onerway.list({ from: new Date(to.getTime() - DAY), to })) await record(report)
  }
  return { simulator, onerway, recorded, record, nightly }
}

function toTold({ status, captured, refunded }: Payment) {
  return { status, captured: captured ?? 0, refunded: refunded ?? 0 }
}

const refundQueryPath = '/v1/txn/made-here-refunds'

describe('what happened to payments', () => {
  it.each([
    ['direct', 'every webhook', 0, undefined],
    ['direct', 'some webhooks', 0.5, undefined],
    ['direct', 'no webhook: the nightly list alone,', 1, undefined],
    ['direct', 'no webhook, and the refund query,', 1, refundQueryPath],
    ['hosted', 'every webhook', 0, undefined],
    ['hosted', 'some webhooks', 0.5, undefined],
    ['hosted', 'no webhook: the nightly list alone,', 1, undefined],
    ['hosted', 'no webhook, and the refund query,', 1, refundQueryPath],
  ] as const)(
    'with %s is known by %s and stays known through further lookups',
    async (integration, _, lost, refundQueryPath) => {
      const { simulator, onerway, recorded, record, nightly } = createShop(integration, lost, refundQueryPath)
      for (const story of stories) {
        // Payments take turns where the documentation leaves a choice: numbers of their own, or none.
        for (let number = 0; number < 2; number++) {
          const { response } = await simulator.start({
            story,
            amount: { amount: 2500 + 2 * number, currency: 'EUR' },
          })
          if (number > 0)
            await record(reportOf(await onerway.readResponse(response.body, response.sent as never)))
        }
        if (stories.indexOf(story) % 2 === 0) await simulator.start({ story })
      }
      for (let day = 0; day < 7; day++) {
        await simulator.advance(DAY)
        await nightly()
      }
      await simulator.advance(113 * DAY)
      await nightly()
      await simulator.advance(DAY)
      await nightly()

      const payments = simulator.payments()
      const compare = () =>
        payments.map(({ provider, id }) => {
          const payment = recorded.get(id)?.payment
          return { id, recorded: payment && toTold(payment), is: simulator.truth(provider, id) }
        })
      const wanted = compare().map(({ id, is }) => ({ id, recorded: is, is }))
      expect(compare()).toEqual(wanted)

      // With the known operations a lookup is the truth by itself; without them it changes nothing.
      for (const { provider, id, reference } of payments) {
        const operations = recorded.get(id)?.payment.operations
        const known = await onerway.lookup(id, { operations })
        expect({ id, ...toTold(known.payment) }).toEqual({ id, ...simulator.truth(provider, id) })
        expect(known.payment.operations?.map((step) => step.id)).toEqual(operations?.map((step) => step.id))
        // The id of any step leads to the payment.
        for (const step of lost < 1 ? [] : (operations ?? []))
          expect((await onerway.lookup(step.id)).payment.id).toBe(id)
        await record(known)
        await record(await onerway.lookup(id))
        for (const report of await onerway.lookupByReference(reference)) await record(report)
        // With the refund query, refunds need not be remembered.
        if (
          refundQueryPath &&
          known.payment.status.includes('refunded') &&
          known.payment.authorized === undefined
        ) {
          expect(toTold((await onerway.lookup(id)).payment)).toEqual(toTold(known.payment))
        }
      }
      expect(compare()).toEqual(wanted)
    },
  )
})

describe('the simulation', () => {
  /** Returns Onerway's answer to a request that does not pass the adapter. */
  async function ask(simulator: Simulator, fields: Readonly<Record<string, string>>) {
    const { merchantNo, secretKey } = createOnerwaySimulation().secrets
    const signed = { merchantNo, current: '1', ...fields }
    const answer = await simulator.fetch('https://sandbox-acq.onerway.com/v1/txn/list', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...signed, sign: await signRequest(signed, secretKey) }),
    })
    const { data } = (await answer.json()) as { data: { content: Record<string, string | null>[] } }
    return data.content
  }

  it.each(['direct', 'hosted'] as const)(
    'with %s never copies a payment’s merchantTxnId onto later rows, as Onerway does not',
    async (integration) => {
      const { simulator } = createShop(integration, 1)
      const names: (string | null | undefined)[] = []
      for (const story of [
        'captured_then_refunded',
        'voided',
        'refunded_in_parts',
        'captured_then_refunded',
      ] as const) {
        const { reference } = await simulator.start({ story })
        await simulator.advance(10 * DAY)
        const found = await ask(simulator, { merchantTxnIds: reference })
        // A card that is kept while paying has it too.
        const types = found.map(({ txnType }) => txnType).filter((txnType) => txnType !== 'BIND_CARD')
        expect(types).toEqual([story === 'refunded_in_parts' ? 'SALE' : 'AUTH'])
        const period = { startTime: '2026-03-01 00:00:00', endTime: '2026-05-01 00:00:00' }
        const rows = await ask(simulator, period)
        const later = rows.filter(({ txnType }) => !['SALE', 'AUTH', 'BIND_CARD'].includes(txnType ?? ''))
        expect(later.length).toBeGreaterThan(0)
        for (const { transactionId = '', originTransactionId, merchantTxnId } of later) {
          expect(merchantTxnId).not.toBe(reference)
          expect(originTransactionId).toMatch(/^\d{17,20}$/)
          names.push(merchantTxnId)
          // Its own id finds it, and so does its own number where it has one.
          expect((await ask(simulator, { transactionIds: transactionId ?? '' })).length).toBe(1)
          if (merchantTxnId) expect((await ask(simulator, { merchantTxnIds: merchantTxnId })).length).toBe(1)
        }
      }
      expect(names).toContain(null)
      expect(names.some((name) => name !== null)).toBe(true)
    },
  )
})
