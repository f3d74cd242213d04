import {
  type DisputeStatus,
  type PaymentStatus,
  paymentStatuses,
  type WebhookEvent,
} from '@payment-status/core'
import {
  createOnerway,
  onerwayChargebackStatuses,
  onerwayNotifyTypes,
  onerwayPaymentStatuses,
  onerwayStatuses,
  onerwayTxnTypes,
  signWebhook,
  toPaymentStatus,
} from '@payment-status/onerway'
import { describe, expect, it } from 'vitest'
import {
  isOpeningType,
  type OnerwayFold,
  toAgreedStatus,
  toAnsweredStatus,
  toAppearance,
  toFoldedStatus,
  toJoinedStatus,
  toMethodKind,
  toNotificationKind,
  toOpeningStatus,
  toQueriedStatus,
  toStepMeaning,
  toWholeAppearance,
} from '../src/status.ts'
import { makeId, makeRow, merchantNo, type Row, secretKey } from './make.ts'

// Written out from the provider's documents, not derived from the code: two hands that must agree.
const columns = ['S', 'F', 'P', 'R', 'N', 'I', 'U'] as const
const table: ReadonlyArray<readonly [txnType: string, ...meanings: PaymentStatus[]]> = [
  ['SALE', 'captured', 'failed', 'processing', 'requires_action', 'canceled', 'processing', 'open'],
  ['AUTH', 'authorized', 'failed', 'processing', 'requires_action', 'canceled', 'processing', 'open'],
  ['PRE_AUTH', 'authorized', 'failed', 'processing', 'requires_action', 'canceled', 'processing', 'open'],
  ['CAPTURE', 'captured', 'unknown', 'authorized', 'unknown', 'unknown', 'authorized', 'unknown'],
  ['VOID', 'canceled', 'unknown', 'authorized', 'unknown', 'unknown', 'authorized', 'unknown'],
  ['BIND_CARD', 'verified', 'failed', 'processing', 'requires_action', 'canceled', 'processing', 'open'],
]
const cells = table.flatMap(([txnType, ...meanings]) =>
  columns.map((status, index) => [txnType, status, meanings[index] as PaymentStatus] as const),
)

const wholeTable: ReadonlyArray<readonly [paymentStatus: string, meaning: PaymentStatus]> = [
  ['S', 'captured'],
  ['A', 'authorized'],
  ['P', 'processing'],
  ['I', 'processing'],
  ['R', 'requires_action'],
  ['U', 'open'],
  ['O', 'open'],
  ['N', 'canceled'],
]

const strange = ['', 'Z', 's', 'S ', 'SUCCESS', 'toString', '__proto__', 'captured']

describe('the status of a step', () => {
  it.each(cells)('%s with %s is %s', (txnType, status, wanted) => {
    expect(toPaymentStatus({ txnType, status })).toBe(wanted)
    expect(toPaymentStatus({ txnType, status, paymentStatus: null, integration: 'direct' })).toBe(wanted)
    expect(toPaymentStatus({ txnType, status, paymentStatus: '' })).toBe(wanted)
  })

  it.each(cells)('%s with %s is %s on the provider’s own page too, but F, which is open', (...cell) => {
    const [txnType, status, wanted] = cell
    const onPage = status === 'F' && wanted === 'failed' ? 'open' : wanted
    expect(toPaymentStatus({ txnType, status, integration: 'hosted' })).toBe(onPage)
  })

  it('is unknown for every word nobody knows, and for silence', () => {
    for (const word of [...strange, null, undefined]) {
      for (const txnType of onerwayTxnTypes)
        expect(toPaymentStatus({ txnType, status: word })).toBe('unknown')
      for (const status of onerwayStatuses) {
        expect(toPaymentStatus({ txnType: word as string, status })).toBe('unknown')
      }
    }
  })

  it('says nothing of the payment where it is a refund’s', () => {
    for (const status of onerwayStatuses) {
      expect(toPaymentStatus({ txnType: 'REFUND', status })).toBe('unknown')
      expect(toPaymentStatus({ txnType: 'REFUND', status, paymentStatus: 'S' })).toBe('unknown')
    }
  })

  it('lists every word the table has', () => {
    expect(onerwayTxnTypes.toSorted()).toEqual([...table.map(([type]) => type), 'REFUND'].toSorted())
    expect(onerwayStatuses.toSorted()).toEqual(columns.toSorted())
    expect(onerwayPaymentStatuses.toSorted()).toEqual(wholeTable.map(([word]) => word).toSorted())
  })
})

describe('paymentStatus, where there is one,', () => {
  it.each(wholeTable)('%s is %s, whatever the step and its own status', (paymentStatus, wanted) => {
    for (const txnType of ['SALE', 'AUTH', 'PRE_AUTH', 'CAPTURE', 'VOID']) {
      for (const status of [...onerwayStatuses, 'Z', null]) {
        for (const integration of ['direct', 'hosted'] as const) {
          expect(toPaymentStatus({ txnType, status, paymentStatus, integration })).toBe(wanted)
        }
      }
    }
  })

  it('never makes a paid or held payment of a card that was bound', () => {
    for (const [paymentStatus, meaning] of wholeTable) {
      const wanted = ['captured', 'authorized'].includes(meaning) ? 'verified' : meaning
      expect(toPaymentStatus({ txnType: 'BIND_CARD', status: 'S', paymentStatus })).toBe(wanted)
    }
  })

  it('is unknown where nobody knows it, however well its status is known', () => {
    for (const paymentStatus of ['F', ...strange.filter((word) => word !== '')]) {
      expect(toPaymentStatus({ txnType: 'SALE', status: 'S', paymentStatus })).toBe('unknown')
    }
  })

  it('O beside F is open: the shopper may try again, and nobody may start a second payment', () => {
    expect(toPaymentStatus({ txnType: 'SALE', status: 'F', paymentStatus: 'O' })).toBe('open')
    expect(toPaymentStatus({ txnType: 'SALE', status: 'F' })).toBe('failed')
  })
})

const config = { merchantNo, secretKey, environment: 'sandbox', webhooks: 'believe' } as const
const direct = createOnerway({ ...config, integration: 'direct' })
const hosted = createOnerway({ ...config, integration: 'hosted' })
const ringing = createOnerway({ ...config, integration: 'direct', webhooks: undefined })

const id = makeId(1)
const notification: Row = {
  ...makeRow(),
  notifyType: 'TXN',
  responseTime: '2026-03-02 10:17:42',
  txnTimeZone: '+08:00',
}

async function read(changes: Row, provider = direct): Promise<WebhookEvent> {
  return provider.readWebhook(await signWebhook({ ...notification, ...changes }, secretKey))
}

/** What an event comes to, in one line. */
function summaryOf(event: WebhookEvent): string {
  if (event.kind === 'payment') return `payment ${event.report.payment.status}`
  if (event.kind === 'dispute') return `dispute ${event.dispute.status}`
  if (event.kind !== 'recheck') return event.kind
  return 'id' in event.key ? `recheck id ${event.key.id}` : `recheck reference ${event.key.reference}`
}

describe('what a webhook is about', () => {
  const openings = ['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD']
  const bell = `recheck id ${id}`

  it.each(cells)('TXN about %s with %s is a bell, whatever it says', async (txnType, status) => {
    expect(summaryOf(await read({ txnType, status }, ringing))).toBe(bell)
  })

  it.each(cells.filter(([txnType]) => openings.includes(txnType)))(
    'TXN about %s with %s, believed, is the payment, %s',
    async (txnType, status, wanted) => {
      expect(summaryOf(await read({ txnType, status }))).toBe(`payment ${wanted}`)
      // On the provider's own page only what is S, or names its paymentId, is the whole payment.
      expect(summaryOf(await read({ txnType, status }, hosted))).toBe(
        status === 'S' ? `payment ${wanted}` : bell,
      )
      const named = summaryOf(await read({ txnType, status, paymentId: '77' }, hosted))
      expect(named).toBe(`payment ${status === 'F' ? 'open' : wanted}`)
    },
  )

  const other = makeId(2)
  const origin = { originTransactionId: other, originMerchantTxnId: 'order-7' }
  const refund = { txnType: 'REFUND', txnTime: null, merchantTxnId: 'refund-1', ...origin }
  const silent = Object.fromEntries(Object.keys(notification).map((name) => [name, null]))
  const rows: ReadonlyArray<readonly [what: string, changes: Row, wanted: string]> = [
    ['a capture', { txnType: 'CAPTURE', merchantTxnId: 'capture-1', ...origin }, bell],
    ['a void', { txnType: 'VOID', status: 'F' }, bell],
    ['a capture with nothing besides', { txnType: 'CAPTURE', merchantTxnId: null }, bell],
    ['TXN about a refund', refund, bell],
    ['TXN about a refund, without its origin', { ...refund, originTransactionId: null }, bell],
    ['TXN about REFUND_AUDIT', { txnType: 'REFUND_AUDIT', ...origin }, bell],
    ['REFUND', { ...refund, notifyType: 'REFUND' }, bell],
    [
      'REFUND_AUDIT with next to nothing in it',
      { ...silent, notifyType: 'REFUND_AUDIT', transactionId: id, status: 'F' },
      bell,
    ],
    ['CANCEL of a sale', { notifyType: 'CANCEL', txnType: 'SALE', status: 'S' }, bell],
    ['CANCEL that failed', { notifyType: 'CANCEL', status: 'F' }, bell],
    ['an unknown txnType', { txnType: 'TELEPORT' }, bell],
    ['a transaction without an id', { transactionId: null }, 'recheck reference order-1001'],
    ['a transaction without a name', { transactionId: null, merchantTxnId: 'a,b' }, 'unrelated'],
    ['an unknown notifyType', { notifyType: 'TELEPORT', status: 'S' }, bell],
    ['an unknown notifyType about nothing', { notifyType: 'TELEPORT', transactionId: null }, 'unrelated'],
    ['an unknown notifyType about ""', { notifyType: 'TELEPORT', transactionId: '' }, 'unrelated'],
  ]
  it.each(rows)('%s', async (_, changes, wanted) => {
    for (const provider of [ringing, direct, hosted])
      expect(summaryOf(await read(changes, provider))).toBe(wanted)
  })

  it('has a row for every notifyType', () => {
    const shown = new Set(rows.map(([, { notifyType }]) => notifyType ?? 'TXN'))
    const disputes = ['CHARGEBACK', 'PRE_DISPUTE']
    expect([...shown, ...disputes].filter((type) => type !== 'TELEPORT').toSorted()).toEqual(
      onerwayNotifyTypes.toSorted(),
    )
  })
})

describe('how far a dispute has come', () => {
  const chargebacks: ReadonlyArray<readonly [word: string, meaning: DisputeStatus]> = [
    ['NEW', 'needs_response'],
    ['FA', 'under_review'],
    ['SA', 'under_review'],
    ['FAS', 'won'],
    ['SAS', 'won'],
    ['FAF', 'lost'],
    ['FAT', 'lost'],
    ['SAF', 'lost'],
    ['SAT', 'lost'],
    ['ACCEPT', 'lost'],
    ['REVOKE', 'closed'],
    ['DELETE', 'closed'],
  ]
  const origin = makeId(2)
  const about = {
    txnType: undefined,
    status: undefined,
    originTransactionId: origin,
    originMerchantTxnId: 'order-7',
    chargebackAmount: '20.00',
    chargebackCurrency: 'EUR',
    chargebackReason: 'Fraud',
    appealDueTime: '2026-04-02 10:15:30',
  }

  it.each(chargebacks)('CHARGEBACK with %s is %s', async (chargebackStatus, wanted) => {
    const event = await read({ ...about, notifyType: 'CHARGEBACK', chargebackStatus })
    expect(event).toMatchObject({ kind: 'dispute', key: { id: origin }, dispute: { id, status: wanted } })
  })

  it('has a row for every word', () => {
    expect(onerwayChargebackStatuses.toSorted()).toEqual(chargebacks.map(([word]) => word).toSorted())
  })

  it('is unknown for a word nobody knows', async () => {
    for (const chargebackStatus of ['TELEPORT', 'new', '', null]) {
      const event = await read({ ...about, notifyType: 'CHARGEBACK', chargebackStatus })
      expect(event).toMatchObject({ kind: 'dispute', dispute: { status: 'unknown' } })
    }
  })

  it('is an early warning before it is one, whatever else is said', async () => {
    for (const chargebackStatus of [undefined, 'NEW', 'FAF']) {
      const event = await read({ ...about, notifyType: 'PRE_DISPUTE', chargebackStatus })
      expect(event).toMatchObject({
        kind: 'dispute',
        key: { id: origin },
        dispute: { status: 'early_warning' },
      })
    }
  })

  it('says how much is disputed, why, and until when to respond; its id is its own', async () => {
    const event = await read({ ...about, notifyType: 'CHARGEBACK', chargebackStatus: 'NEW' })
    expect(event.kind === 'dispute' && event.dispute).toEqual({
      id,
      status: 'needs_response',
      amount: { amount: 2000, currency: 'EUR' },
      reason: 'Fraud',
      respondBy: '2026-04-02T02:15:30.000Z',
    })
  })

  it('is heard though what it says besides cannot be read', async () => {
    const odd = { chargebackAmount: '1e3', chargebackReason: '4242424242424242', appealDueTime: 'soon' }
    const event = await read({ ...about, ...odd, notifyType: 'CHARGEBACK', chargebackStatus: 'NEW' })
    expect(event.kind === 'dispute' && event.dispute).toEqual({ id, status: 'needs_response' })
  })

  it('names its payment by id, else by reference, else not at all: its own id is no payment’s', async () => {
    const dispute = { ...about, notifyType: 'CHARGEBACK', chargebackStatus: 'NEW', originTransactionId: null }
    expect(await read(dispute)).toMatchObject({ kind: 'dispute', key: { reference: 'order-7' } })
    expect(await read({ ...dispute, originMerchantTxnId: null })).not.toHaveProperty('key')
  })
})

describe('steps that contradict each other', () => {
  const nothing = { amount: 500, captured: undefined, voided: false, refunded: 0, unclear: false } as const

  it('a card that was only checked cannot have been charged, or released', () => {
    const verified = { ...nothing, opening: 'verified', amount: 0 } as const
    expect(toFoldedStatus(verified)).toBe('verified')
    expect(toFoldedStatus({ ...verified, captured: 500 })).toBe('unknown')
    expect(toFoldedStatus({ ...verified, voided: true })).toBe('unknown')
    expect(toFoldedStatus({ ...verified, refunded: 1 })).toBe('unknown')
  })

  it('what was paid, or captured, was not released as well', () => {
    expect(toFoldedStatus({ ...nothing, opening: 'captured', voided: true })).toBe('unknown')
    expect(toFoldedStatus({ ...nothing, opening: 'authorized', captured: 500, voided: true })).toBe('unknown')
    expect(toFoldedStatus({ ...nothing, opening: 'authorized', voided: true })).toBe('canceled')
    expect(toFoldedStatus({ ...nothing, opening: 'open', captured: 500 })).toBe('unknown')
    expect(toFoldedStatus({ ...nothing, opening: 'failed', captured: 500 })).toBe('unknown')
  })

  it.each([
    ['VOID', 'S', undefined, 'succeeded'],
    ['VOID', 'S', 'N', 'succeeded'],
    ['VOID', 'S', 'S', 'unknown'],
    ['VOID', 'S', 'A', 'pending'],
    ['VOID', 'S', 'what', 'unknown'],
    ['VOID', 'F', 'what', 'unknown'],
    ['VOID', 'F', 'S', 'failed'],
    ['VOID', 'P', 'N', 'pending'],
    ['CAPTURE', 'S', 'S', 'succeeded'],
    ['CAPTURE', 'S', 'N', 'unknown'],
    ['CAPTURE', 'S', 'A', 'pending'],
    ['CAPTURE', 'F', 'N', 'failed'],
    // Any other step is as good as its own word.
    ['SALE', 'S', 'N', 'succeeded'],
    ['AUTH', 'F', 'S', 'failed'],
    ['REFUND', 'S', 'what', 'succeeded'],
  ])('a %s that is %s, of a payment that is %s: %s', (txnType, status, paymentStatus, wanted) => {
    expect(toStepMeaning({ txnType, status, paymentStatus }).status).toBe(wanted)
  })
})

describe('a step', () => {
  it.each([
    ['SALE', 'payment'],
    ['AUTH', 'authorization'],
    ['PRE_AUTH', 'authorization'],
    ['BIND_CARD', 'verification'],
    ['CAPTURE', 'capture'],
    ['VOID', 'void'],
    ['REFUND', 'refund'],
  ])('%s is a %s, and as done as it says', (txnType, kind) => {
    const states = {
      S: 'succeeded',
      F: 'failed',
      N: 'failed',
      P: 'pending',
      R: 'pending',
      I: 'pending',
      U: 'pending',
    }
    for (const [status, wanted] of Object.entries(states)) {
      expect(toStepMeaning({ txnType, status })).toEqual({ kind, status: wanted })
    }
    expect(toStepMeaning({ txnType, status: 'Z' })).toEqual({ kind, status: 'unknown' })
    expect(toStepMeaning({ txnType })).toEqual({ kind, status: 'unknown' })
  })

  it('of a type nobody knows is another one, of which nothing is known', () => {
    expect(toStepMeaning({ txnType: 'TELEPORT', status: 'S' })).toEqual({ kind: 'other', status: 'unknown' })
  })

  it.each(onerwayTxnTypes)('%s opens a payment, or follows', (txnType) => {
    expect(isOpeningType(txnType)).toBe(['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD'].includes(txnType))
  })
})

describe('what the steps of a payment mean together', () => {
  const nothing = { amount: 500, captured: undefined, voided: false, refunded: 0, unclear: false } as const
  it.each<readonly [PaymentStatus, Partial<OnerwayFold>, PaymentStatus]>([
    ['authorized', {}, 'authorized'],
    ['authorized', { captured: 499 }, 'partially_captured'],
    ['authorized', { captured: 500 }, 'captured'],
    ['authorized', { captured: 501 }, 'captured'],
    ['authorized', { captured: 0 }, 'unknown'],
    ['authorized', { captured: 500, amount: undefined }, 'unknown'],
    ['authorized', { refunded: 1 }, 'unknown'],
    ['processing', { captured: 500 }, 'captured'],
    ['requires_action', { voided: true }, 'canceled'],
    ['open', {}, 'open'],
    ['open', { voided: true }, 'canceled'],
    ['captured', {}, 'captured'],
    ['captured', { captured: 400 }, 'partially_captured'],
    ['captured', { refunded: 499 }, 'partially_refunded'],
    ['captured', { refunded: 500 }, 'refunded'],
    ['captured', { refunded: 501 }, 'unknown'],
    ['captured', { refunded: 1, amount: undefined }, 'unknown'],
    ['captured', { captured: 400, refunded: 399 }, 'partially_refunded'],
    ['captured', { captured: 400, refunded: 400 }, 'refunded'],
    ['captured', { unclear: true }, 'unknown'],
    ['failed', {}, 'failed'],
    ['failed', { voided: true }, 'canceled'],
    ['failed', { refunded: 1 }, 'unknown'],
    ['canceled', { captured: 500 }, 'unknown'],
    ['expired', {}, 'expired'],
    ['unknown', {}, 'unknown'],
    ['unknown', { captured: 500 }, 'unknown'],
    ['unknown', { voided: true }, 'unknown'],
    ...paymentStatuses
      .filter((status) => status !== 'captured' && status !== 'partially_captured')
      .map((status) => [status, { refunded: 1 }, 'unknown'] as const),
  ])('%s with %o: %s', (opening, fold, wanted) => {
    expect(toFoldedStatus({ ...nothing, opening, ...fold })).toBe(wanted)
  })
})

describe('an opening step and the word for the whole', () => {
  it.each<
    readonly [txnType: string, status: string, paymentStatus: string | null, PaymentStatus, PaymentStatus]
  >([
    // Money that was taken is not gone because the payment is called closed: the shopper may have paid too late.
    ['SALE', 'S', 'N', 'unknown', 'unknown'],
    ['SALE', 'S', 'S', 'captured', 'captured'],
    ['SALE', 'S', 'P', 'processing', 'processing'],
    ['SALE', 'S', 'Z', 'unknown', 'unknown'],
    ['SALE', 'S', null, 'captured', 'captured'],
    // A refused attempt beside one that was paid, on the provider's page; with `direct` the step is the payment.
    ['SALE', 'F', 'S', 'unknown', 'captured'],
    ['SALE', 'N', 'S', 'unknown', 'captured'],
    ['AUTH', 'F', 'A', 'unknown', 'authorized'],
    ['BIND_CARD', 'F', 'S', 'unknown', 'verified'],
    ['SALE', 'F', 'O', 'open', 'open'],
    ['SALE', 'F', 'N', 'canceled', 'canceled'],
    ['SALE', 'F', null, 'failed', 'open'],
    ['SALE', 'P', 'S', 'captured', 'captured'],
    // An authorization that was released or ran out, or was captured, had succeeded.
    ['AUTH', 'S', 'N', 'canceled', 'canceled'],
    ['AUTH', 'S', 'S', 'captured', 'captured'],
    ['AUTH', 'S', 'A', 'authorized', 'authorized'],
  ])('%s %s with %s: %s, on the page %s', (txnType, status, paymentStatus, direct, hosted) => {
    const facts = { txnType, status, paymentStatus }
    expect(toOpeningStatus(facts)).toBe(direct)
    expect(toOpeningStatus({ ...facts, integration: 'direct' })).toBe(direct)
    expect(toOpeningStatus({ ...facts, integration: 'hosted' })).toBe(hosted)
  })
})

describe('the payment query beside what a step says', () => {
  it.each<readonly [string | null | undefined, PaymentStatus | undefined]>([
    ...wholeTable,
    ['F', 'unknown'],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%s alone is %s', (word, wanted) => expect(toQueriedStatus(word)).toBe(wanted))

  it('is about a card that was bound where its row says so', () => {
    expect(toQueriedStatus('S', 'BIND_CARD')).toBe('verified')
    for (const txnType of ['SALE', 'AUTH', 'REFUND', 'Z', '', null]) {
      expect(toQueriedStatus('S', txnType)).toBe('captured')
    }
  })

  it.each<readonly [told: readonly PaymentStatus[], together: PaymentStatus | undefined]>([
    [[], undefined],
    [['captured'], 'captured'],
    [['open', 'open'], 'open'],
    [['open', 'captured'], undefined],
    [['open', 'canceled'], undefined],
    [['captured', 'canceled'], 'unknown'],
    [['open', 'captured', 'canceled'], 'unknown'],
    [['open', 'unknown'], 'unknown'],
  ])('%o together are %s', (told, together) => {
    expect(toJoinedStatus(told)).toBe(together)
    expect(toJoinedStatus(told.toReversed())).toBe(together)
  })

  it.each<readonly [step: PaymentStatus, whole: PaymentStatus, both: PaymentStatus]>([
    // It decides what the step leaves open.
    ['processing', 'open', 'open'],
    ['processing', 'authorized', 'authorized'],
    ['open', 'captured', 'captured'],
    ['authorized', 'captured', 'captured'],
    ['failed', 'captured', 'captured'],
    ['failed', 'processing', 'processing'],
    ['processing', 'canceled', 'canceled'],
    ['authorized', 'canceled', 'canceled'],
    ['verified', 'canceled', 'canceled'],
    // It does not take back what the step settled.
    ['authorized', 'processing', 'authorized'],
    ['captured', 'processing', 'captured'],
    ['captured', 'authorized', 'captured'],
    ['verified', 'processing', 'verified'],
    ['verified', 'authorized', 'verified'],
    ['verified', 'captured', 'verified'],
    ['verified', 'verified', 'verified'],
    ['processing', 'verified', 'verified'],
    // Where it denies that money was taken, nobody knows who is right.
    ['captured', 'canceled', 'unknown'],
    ['captured', 'unknown', 'unknown'],
    ['processing', 'unknown', 'unknown'],
    // A step that contradicts itself is settled by the word that it was paid alone.
    ['unknown', 'canceled', 'unknown'],
    ['unknown', 'open', 'unknown'],
    ['unknown', 'authorized', 'unknown'],
    ['unknown', 'captured', 'captured'],
    ['processing', 'refunded', 'unknown'],
  ])('%s and %s: %s', (step, whole, both) => expect(toAgreedStatus(step, whole)).toBe(both))
})

describe('the answer to a create call', () => {
  const untaken = ['open', 'failed', 'canceled', 'expired']
  it.each(paymentStatuses)(
    'is believed with 20000; with another code only that nothing was taken: %s',
    (status) => {
      expect(toAnsweredStatus('20000', status)).toBe(status)
      expect(toAnsweredStatus('40013', status)).toBe(untaken.includes(status) ? status : 'unknown')
    },
  )
})

it.each([
  ['TXN', 'transaction'],
  ['REFUND', 'transaction'],
  ['REFUND_AUDIT', 'transaction'],
  ['CANCEL', 'transaction'],
  ['CHARGEBACK', 'dispute'],
  ['PRE_DISPUTE', 'dispute'],
  ['TELEPORT', 'other'],
])('a notification of type %s is about a %s', (type, kind) => expect(toNotificationKind(type)).toBe(kind))

it.each([
  ['CARD', 'VISA', 'ApplePay', 'wallet'],
  ['CARD', 'OXXO', undefined, 'card'],
  [undefined, 'VISA', undefined, 'card'],
  [undefined, 'mastercard', undefined, 'card'],
  ['LPMS', 'OXXO', undefined, 'voucher'],
  ['LPMS', 'Trustly', '', 'bank_redirect'],
  ['LPMS', 'TELEPORT', undefined, 'other'],
  [undefined, undefined, undefined, 'other'],
])('paid as %s by %s in %s is paid by %s', (productType, paymentMethod, wallet, kind) =>
  expect(toMethodKind(productType, paymentMethod, wallet)).toBe(kind),
)

describe('what a browser result looks like', () => {
  it.each([
    ['S', 'looks_paid'],
    ['P', 'looks_unfinished'],
    ['I', 'looks_unfinished'],
    ['U', 'looks_unfinished'],
    ['R', 'looks_unfinished'],
    ['F', 'looks_refused'],
    ['N', 'looks_refused'],
    ['O', undefined],
    [null, undefined],
  ])('by its status %s: %s', (word, looks) => expect(toAppearance(word)).toBe(looks))

  it.each([
    ['S', 'looks_paid'],
    ['A', 'looks_paid'],
    ['P', 'looks_unfinished'],
    ['I', 'looks_unfinished'],
    ['R', 'looks_unfinished'],
    ['U', 'looks_unfinished'],
    ['O', 'looks_refused'],
    ['N', 'looks_refused'],
    ['F', undefined],
    [undefined, undefined],
  ])('by its paymentStatus %s: %s', (word, looks) => expect(toWholeAppearance(word)).toBe(looks))
})
