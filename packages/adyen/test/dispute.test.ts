import { adyenDisputeEvents } from '@payment-status/adyen'
import { describe, expect, it } from 'vitest'
import { makeItem, PAYMENT, read } from './helpers.ts'

const usual = {
  NOTIFICATION_OF_FRAUD: 'early_warning',
  REQUEST_FOR_INFORMATION: 'early_warning',
  NOTIFICATION_OF_CHARGEBACK: 'needs_response',
  DISPUTE_OPENED_WITH_CHARGEBACK: 'needs_response',
  CHARGEBACK: 'needs_response',
  PREARBITRATION_OPEN: 'needs_response',
  INFORMATION_SUPPLIED: 'under_review',
  CHARGEBACK_REVERSED: 'under_review',
  PREARBITRATION_DECLINED: 'under_review',
  SCHEME_ARBITRATION: 'under_review',
  ISSUER_RESPONSE_TIMEFRAME_EXPIRED: 'won',
  PREARBITRATION_WON: 'won',
  PREARBITRATION_ISSUER_WITHDRAWN: 'won',
  SCHEME_ARBITRATION_WON: 'won',
  SECOND_CHARGEBACK: 'lost',
  PREARBITRATION_LOST: 'lost',
  PREARBITRATION_ACCEPTED: 'lost',
  SCHEME_ARBITRATION_LOST: 'lost',
  DISPUTE_DEFENSE_PERIOD_ENDED: 'lost',
} as const
const stated = {
  Undefended: 'needs_response',
  Pending: 'under_review',
  Won: 'won',
  Lost: 'lost',
  Accepted: 'lost',
} as const
const statusOf = async (eventCode: string, disputeStatus?: string) => {
  const event = await read(
    makeItem(eventCode, { pspReference: 'DISPUTE1', additionalData: { disputeStatus } }),
  )
  return event.kind === 'dispute' ? event.dispute.status : event.kind
}

describe('a dispute', () => {
  it.each(adyenDisputeEvents)('%s has a status, which disputeStatus decides', async (eventCode) => {
    expect(await statusOf(eventCode)).toBe(usual[eventCode])
    expect(await statusOf(eventCode, 'Teleported')).toBe(usual[eventCode])
    for (const [word, status] of Object.entries(stated))
      expect(await statusOf(eventCode, word)).toBe(
        usual[eventCode] === 'early_warning' ? 'early_warning' : status,
      )
  })

  it('names its payment, its time to respond and its amount', async () => {
    const additionalData = {
      disputeStatus: 'Undefended',
      defensePeriodEndsAt: '2026-12-30T23:59:59+01:00',
      chargebackReasonCode: '10.4',
    }
    expect(await read(makeItem('CHARGEBACK', { pspReference: 'DISPUTE1', additionalData }))).toMatchObject({
      kind: 'dispute',
      key: { id: PAYMENT },
      dispute: {
        id: 'DISPUTE1',
        status: 'needs_response',
        reason: '10.4',
        amount: { amount: 2500, currency: 'EUR' },
        respondBy: '2026-12-30T22:59:59.000Z',
      },
    })
  })

  it('is not missed for an amount or a payment that cannot be read', async () => {
    const facts = {
      amount: { value: 100, currency: 'CNH' },
      originalReference: '',
      merchantReference: 'order-1001',
    }
    const event = await read(makeItem('CHARGEBACK', facts))
    expect(event).toMatchObject({ kind: 'dispute', key: { reference: 'order-1001' } })
    expect(event).not.toMatchObject({ dispute: { amount: expect.anything() } })
  })

  it('that comes again in another state is another event', async () => {
    const one = makeItem('CHARGEBACK', { additionalData: { disputeStatus: 'Undefended' } })
    const two = makeItem('CHARGEBACK', { additionalData: { disputeStatus: 'Lost' } })
    expect((await read(one)).id).not.toBe((await read(two)).id)
    expect((await read(one)).id).toBe((await read(one)).id)
  })
})
