import { createAdyen, readSettlementReport, signWebhook } from '@payment-status/adyen'
import { adyenFixtures } from '@payment-status/adyen/fixtures'
import { createPayments } from 'payment-status'
import { describe, expect, it } from 'vitest'
import type { Task, TrackedOrder } from '../src/index.ts'
import { EUR } from './fake.ts'
import { until, useStages } from './stage.ts'

const stages = useStages()

const { secrets } = adyenFixtures
const PAYMENT = 'PAYMENTREF000001'
type Fields = Readonly<Record<string, unknown>>

const euros = (value: number) => ({ amount: { value, currency: 'EUR' } })
const makeItem = (eventCode: string, facts: Fields = {}): Fields => ({
  eventCode,
  success: 'true',
  pspReference: eventCode === 'AUTHORISATION' ? PAYMENT : `${eventCode.replaceAll('_', '')}1`,
  ...(eventCode === 'AUTHORISATION' ? {} : { originalReference: PAYMENT }),
  merchantAccountCode: secrets.merchantAccount,
  merchantReference: eventCode === 'AUTHORISATION' ? 'ref-1' : 'modification-1',
  ...euros(1000),
  eventDate: new Date().toISOString(),
  ...facts,
})

/** A shop at Adyen alone, whose order is known by its reference, and whose webhooks come over HTTP. */
async function openShop(more: Partial<TrackedOrder> = {}) {
  const tasks: Task[] = []
  const adyen = createAdyen({
    ...secrets,
    capture: 'manual',
    multipleCaptures: true,
    returnParameter: 'order',
  })
  const payments = createPayments([adyen])
  const stage = await stages.open({
    payments: payments as never,
    onTask: (task) => void tasks.push(task),
  })
  await stage.tracker.watch({
    order: 'o-1',
    terms: { expected: { amount: EUR(1000) }, capture: 'automatic' },
    payments: [{ provider: 'adyen', reference: 'ref-1' }],
    schedule: [60_000],
    ...more,
  } as TrackedOrder)
  await stage.tracker.work()
  const send = async (...items: readonly Fields[]) => {
    const body = {
      live: 'false',
      notificationItems: items.map((NotificationRequestItem) => ({ NotificationRequestItem })),
    }
    const { rawBody, headers } = await signWebhook(JSON.stringify(body), secrets.webhookSecrets)
    const request = { method: 'POST', headers: headers as Record<string, string>, body: String(rawBody) }
    const answer = await stage.tracker.webhooks(new Request('https://shop.example/webhooks/adyen', request))
    return `${answer.status} ${await answer.text()}`
  }
  const stateOf = async () => {
    const view = await stage.tracker.order('o-1')
    return { status: view?.orderStatus.status, step: view?.step?.kind, nextPollAt: view?.nextPollAt }
  }
  return { ...stage, tasks, send, stateOf, kinds: () => tasks.map(({ kind }) => kind) }
}

describe('an order at Adyen, which cannot be asked', () => {
  it('is found by its reference, fulfilled by its webhooks in any order, and never polled', async () => {
    const { send, stateOf, steps, tracker, kinds } = await openShop()
    for (const item of [makeItem('CAPTURE'), makeItem('AUTHORISATION'), makeItem('CAPTURE')])
      expect(await send(item)).toBe('200 [accepted]')
    await until(() => expect(steps()).toContain('fulfill'))
    expect(await stateOf()).toEqual({ status: 'captured', step: 'fulfill', nextPollAt: undefined })
    expect(kinds().filter((kind) => kind !== 'unmatched')).toEqual([])
    await tracker.stop()
  })

  it('is for a person after a capture that failed, a refund that failed, and an amount that differs', async () => {
    for (const items of [
      [
        makeItem('AUTHORISATION'),
        makeItem('CAPTURE'),
        makeItem('CAPTURE_FAILED', { pspReference: 'CAPTURE1' }),
      ],
      [makeItem('AUTHORISATION'), makeItem('CAPTURE'), makeItem('REFUND_FAILED', euros(300))],
      [makeItem('AUTHORISATION', euros(900)), makeItem('CAPTURE', euros(900))],
      [makeItem('AUTHORISATION'), makeItem('CAPTURE', euros(400)), makeItem('EXPIRE')],
    ]) {
      const { send, tracker, kinds } = await openShop()
      for (const item of items) expect(await send(item)).toBe('200 [accepted]')
      await until(() => expect(kinds()).toContain('investigate'))
      // The refund failed after the delivery: a task, and nothing to undo.
      const isDelivered = items.some(({ eventCode }) => eventCode === 'REFUND_FAILED')
      expect((await tracker.order('o-1'))?.step?.kind).toBe(isDelivered ? 'fulfill' : 'investigate')
      await tracker.stop()
    }
  })

  it('acknowledges what it cannot read, and opens a task; an unlisted code is one only for an order', async () => {
    const { send, tracker, kinds } = await openShop()
    expect(await send(makeItem('CAPTURE', { amount: { value: 100, currency: 'CNH' } }))).toBe(
      '200 [accepted]',
    )
    await until(() => expect(kinds()).toContain('unreadable'))
    expect(await send(makeItem('TELEPORTED', { originalReference: 'STRANGER00000001' }))).toBe(
      '200 [accepted]',
    )
    expect(await send(makeItem('AUTHORISATION'))).toBe('200 [accepted]')
    expect(kinds()).not.toContain('investigate')
    expect(await send(makeItem('TELEPORTED'))).toBe('200 [accepted]')
    await until(() => expect(kinds()).toContain('investigate'))
    await tracker.stop()
  })

  it('stores every item of a body before it answers, and none twice', async () => {
    const { send, stateOf, steps, tracker } = await openShop()
    const items = [makeItem('CAPTURE'), makeItem('AUTHORISATION'), makeItem('REPORT_AVAILABLE')]
    expect(await send(...items)).toBe('200 [accepted]')
    expect(await send(...items)).toBe('200 [accepted]')
    expect((await stateOf()).status).toBe('captured')
    await until(() => expect(steps()).toContain('fulfill'))
    expect(await send(makeItem('CAPTURE', { success: 'false', pspReference: 'a:b' }), ...items)).toBe('401 ')
    await tracker.stop()
  })

  it('is disputed by its payment, and not delivered', async () => {
    const { send, tracker, kinds } = await openShop()
    await send(
      makeItem('CHARGEBACK', { pspReference: 'DISPUTE1', additionalData: { disputeStatus: 'Undefended' } }),
    )
    await send(makeItem('AUTHORISATION'))
    await send(makeItem('NOTIFICATION_OF_FRAUD', { pspReference: 'FRAUD1' }))
    await send(makeItem('CAPTURE'))
    await until(() => expect(kinds()).toContain('investigate'))
    expect((await tracker.order('o-1'))?.step?.kind).toBe('investigate')
    await tracker.stop()
  })

  it('remembers a dispute that came before its payment, and how it ended', async () => {
    for (const [disputeStatus, step] of [
      ['Lost', 'investigate'],
      ['Won', 'fulfill'],
    ] as const) {
      const { send, tracker } = await openShop()
      const dispute = (eventCode: string, day: number, status: string) =>
        makeItem(eventCode, {
          pspReference: 'DISPUTE1',
          eventDate: `2026-12-0${day}T10:00:00Z`,
          additionalData: { disputeStatus: status },
        })
      const opened = dispute('CHARGEBACK', 1, 'Undefended')
      const ended = dispute('CHARGEBACK_REVERSED', 3, disputeStatus)
      for (const item of [ended, opened, makeItem('CAPTURE'), makeItem('AUTHORISATION')]) await send(item)
      const view = await tracker.order('o-1')
      expect(view?.payments[0]?.report.payment.dispute?.status).toBe(disputeStatus.toLowerCase())
      expect(view?.step?.kind).toBe(step)
      await tracker.stop()
    }
  })

  it('is healed by the settlement report where a webhook was lost, and confirmed where none was', async () => {
    const { send, stateOf, steps, tracker } = await openShop()
    await send(makeItem('AUTHORISATION'))
    expect((await stateOf()).status).toBe('authorized')
    const csv = [
      'Merchant Account,Psp Reference,Merchant Reference,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC)',
      `${secrets.merchantAccount},${PAYMENT},ref-1,Settled,CAPTURE1,EUR,,10.00`,
    ].join('\n')
    const ingest = async () => {
      const outcomes: string[] = []
      for (const event of readSettlementReport(csv, { ...secrets, capture: 'manual' }))
        outcomes.push(await tracker.ingestEvent(event))
      return outcomes
    }
    expect(await ingest()).toEqual(['ingested'])
    expect(await ingest()).toEqual(['duplicate'])
    await until(() => expect(steps()).toContain('fulfill'))
    const before = (await tracker.order('o-1'))?.payments[0]?.version
    await send(makeItem('CAPTURE'))
    expect((await tracker.order('o-1'))?.payments[0]?.version).toBe(before)
    expect(await stateOf()).toMatchObject({ status: 'captured', step: 'fulfill' })
    await tracker.stop()
  })

  it('paid with a gift card and a card is fulfilled when both add up', async () => {
    const { send, steps, tracker, kinds } = await openShop({
      terms: { expected: { amount: EUR(1000) }, capture: 'automatic', split: true },
    })
    await send(makeItem('ORDER_OPENED', { originalReference: '', merchantReference: 'ref-1' }))
    const part = (serial: string, value: number) => [
      makeItem('AUTHORISATION', { pspReference: `PART${serial}`, ...euros(value) }),
      makeItem('CAPTURE', {
        pspReference: `TAKEN${serial}`,
        originalReference: `PART${serial}`,
        ...euros(value),
      }),
    ]
    for (const item of part('1', 400)) await send(item)
    expect(steps()).not.toContain('fulfill')
    for (const item of part('2', 600)) await send(item)
    await send(makeItem('ORDER_CLOSED', { originalReference: '', merchantReference: 'ref-1' }))
    await until(() => expect(steps()).toContain('fulfill'))
    expect(kinds()).toEqual([])
    await tracker.stop()
  })

  it('is shown to the shopper who returns, by the reference of the URL', async () => {
    const { send, tracker } = await openShop()
    await send(makeItem('AUTHORISATION'), makeItem('CAPTURE'))
    const view = await tracker.handleReturn(
      'adyen',
      'https://shop.example/return?order=ref-1&redirectResult=x',
    )
    expect([view.order, view.orderStatus.status]).toEqual(['o-1', 'captured'])
    await tracker.stop()
  })
})
