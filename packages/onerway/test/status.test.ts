import {
  type DisputeStatus,
  type PaymentStatus,
  paymentStatuses,
  type WebhookEvent,
} from '@payment-status/core'
import {
  createOnerway,
  onerwayChargebackStatuses,
  onerwayPaymentStatuses,
  onerwayStatuses,
  onerwayTxnTypes,
  signWebhook,
  toPaymentStatus,
} from '@payment-status/onerway'
import { describe, expect, it } from 'vitest'
import { direct as directRules, hosted as hostedRules } from '../src/integrations.ts'
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
  toOperationMeaning,
  toQueriedStatus,
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

describe('the status of a transaction', () => {
  it.each(cells)('%s with %s is %s', (txnType, status, wanted) => {
    expect(toPaymentStatus({ txnType, status })).toBe(wanted)
    expect(toPaymentStatus({ txnType, status, paymentStatus: null, integration: 'direct' })).toBe(wanted)
    expect(toPaymentStatus({ txnType, status, paymentStatus: '' })).toBe(wanted)
  })

  it.each(cells)('%s with %s is %s with hosted too, except that F is open', (...cell) => {
    const [txnType, status, wanted] = cell
    const onPage = status === 'F' && wanted === 'failed' ? 'open' : wanted
    expect(toPaymentStatus({ txnType, status, integration: 'hosted' })).toBe(onPage)
  })

  it('is unknown for words outside the vocabulary, and for missing ones', () => {
    for (const word of [...strange, null, undefined]) {
      for (const txnType of onerwayTxnTypes)
        expect(toPaymentStatus({ txnType, status: word })).toBe('unknown')
      for (const status of onerwayStatuses) {
        expect(toPaymentStatus({ txnType: word as string, status })).toBe('unknown')
      }
    }
  })

  it('is unknown for a refund', () => {
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

describe('paymentStatus', () => {
  it.each(wholeTable)(
    '%s is %s with hosted, whatever the transaction is and what became of it unless it succeeded',
    (paymentStatus, wanted) => {
      for (const txnType of ['SALE', 'AUTH', 'PRE_AUTH', 'CAPTURE', 'VOID']) {
        for (const status of [...onerwayStatuses.filter((word) => word !== 'S'), 'Z', null]) {
          expect(toPaymentStatus({ txnType, status, paymentStatus, integration: 'hosted' })).toBe(wanted)
        }
      }
    },
  )

  it.each(cells)('changes nothing with direct: %s with %s is %s', (txnType, status, wanted) => {
    for (const paymentStatus of [...onerwayPaymentStatuses, 'Z']) {
      expect(toPaymentStatus({ txnType, status, paymentStatus, integration: 'direct' })).toBe(wanted)
      expect(toPaymentStatus({ txnType, status, paymentStatus })).toBe(wanted)
    }
  })

  it('never makes a paid or held payment of a bound card', () => {
    for (const [paymentStatus, meaning] of wholeTable) {
      const wanted = ['captured', 'authorized'].includes(meaning) ? 'verified' : meaning
      const words = { txnType: 'BIND_CARD', status: 'S', paymentStatus, integration: 'hosted' } as const
      expect(toPaymentStatus(words)).toBe(wanted)
    }
  })

  it('is unknown for a word outside the vocabulary', () => {
    for (const paymentStatus of ['F', ...strange.filter((word) => word !== '')]) {
      const words = { txnType: 'SALE', status: 'S', paymentStatus, integration: 'hosted' } as const
      expect(toPaymentStatus(words)).toBe('unknown')
    }
  })
})

const config = { merchantNo, secretKey, environment: 'sandbox', webhooks: 'believe' } as const
const direct = createOnerway({ ...config, integration: 'direct' })
const hosted = createOnerway({ ...config, integration: 'hosted' })
const rechecking = createOnerway({ ...config, integration: 'direct', webhooks: undefined })

const id = makeId(1)
const notification: Row = {
  ...makeRow(),
  merchantNo,
  notifyType: 'TXN',
  responseTime: '2026-03-02 10:17:42',
  txnTimeZone: '+08:00',
}

async function read(changes: Row, provider = direct): Promise<WebhookEvent> {
  return provider.readWebhook(await signWebhook({ ...notification, ...changes }, secretKey))
}

/** Returns an event in one line. */
function summaryOf(event: WebhookEvent): string {
  if (event.kind === 'payment') return `payment ${event.report.payment.status}`
  if (event.kind === 'dispute') return `dispute ${event.dispute.status}`
  if (event.kind !== 'recheck') return event.kind
  return 'id' in event.key ? `recheck id ${event.key.id}` : `recheck reference ${event.key.reference}`
}

describe('what a webhook is about', () => {
  const openings = ['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD']
  const recheck = `recheck id ${id}`

  it.each(cells)('TXN about %s with %s is a recheck', async (txnType, status) => {
    expect(summaryOf(await read({ txnType, status }, rechecking))).toBe(recheck)
  })

  it.each(cells.filter(([txnType]) => openings.includes(txnType)))(
    'TXN about %s with %s, trusted, is the payment, %s',
    async (txnType, status, wanted) => {
      expect(summaryOf(await read({ txnType, status }))).toBe(`payment ${wanted}`)
      // With hosted, only S or a paymentId makes it the whole payment.
      expect(summaryOf(await read({ txnType, status }, hosted))).toBe(
        status === 'S' ? `payment ${wanted}` : recheck,
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
    ['a capture', { txnType: 'CAPTURE', merchantTxnId: 'capture-1', ...origin }, recheck],
    ['a void', { txnType: 'VOID', status: 'F' }, recheck],
    ['a capture without a reference', { txnType: 'CAPTURE', merchantTxnId: null }, recheck],
    ['TXN about a refund', refund, recheck],
    ['TXN about a refund, without its origin', { ...refund, originTransactionId: null }, recheck],
    [
      'REFUND_AUDIT with nearly all fields null',
      { ...silent, notifyType: 'REFUND_AUDIT', transactionId: id, status: 'F' },
      recheck,
    ],
    ['CANCEL of a sale', { notifyType: 'CANCEL', txnType: 'SALE', status: 'S' }, recheck],
    ['CANCEL that failed', { notifyType: 'CANCEL', status: 'F' }, recheck],
    ['an unknown txnType', { txnType: 'TELEPORT' }, recheck],
    ['a transaction without an id', { transactionId: null }, 'recheck reference order-1001'],
    ['a transaction without a name', { transactionId: null, merchantTxnId: 'a,b' }, 'unrelated'],
    ['an undocumented notifyType', { notifyType: 'TELEPORT', status: 'S' }, 'unrelated'],
    ['REFUND, which no page documents', { ...refund, notifyType: 'REFUND' }, 'unrelated'],
    [
      'an undocumented notifyType without an id',
      { notifyType: 'TELEPORT', transactionId: null },
      'unrelated',
    ],
    ['a transaction of another merchant', { merchantNo: '800002' }, 'unrelated'],
    ['a transaction of no merchant', { merchantNo: null }, 'unrelated'],
    ['a CANCEL of another merchant', { notifyType: 'CANCEL', merchantNo: '800002' }, 'unrelated'],
    ['a REFUND_AUDIT of another merchant', { notifyType: 'REFUND_AUDIT', merchantNo: '800002' }, 'unrelated'],
    [
      'a chargeback of another merchant',
      { notifyType: 'CHARGEBACK', ...origin, chargebackStatus: 'NEW', merchantNo: '800002' },
      'unrelated',
    ],
    ['a PRE_DISPUTE of no merchant', { notifyType: 'PRE_DISPUTE', ...origin, merchantNo: '' }, 'unrelated'],
  ]
  it.each(rows)('%s', async (_, changes, wanted) => {
    for (const provider of [rechecking, direct, hosted])
      expect(summaryOf(await read(changes, provider))).toBe(wanted)
  })

  it('with hosted is keyed by its signed paymentId, with the transaction as a known operation', async () => {
    for (const [paymentId, key] of [
      ['77', { id: '77', operations: [{ id }] }],
      ['', { id, operations: [{ id }] }],
      [null, { id, operations: [{ id }] }],
    ] as const) {
      for (const changes of [{ txnType: 'CAPTURE' }, refund, { notifyType: 'CANCEL', status: 'S' }]) {
        const event = await read({ ...changes, paymentId }, hosted)
        expect(event).toMatchObject({ kind: 'recheck' })
        expect(event.kind === 'recheck' && event.key).toEqual(key)
      }
      const chargeback = { notifyType: 'CHARGEBACK', txnType: null, ...origin, paymentId }
      const event = await read(chargeback, hosted)
      expect(event).toMatchObject({
        kind: 'dispute',
        key: { id: paymentId || other, operations: [{ id: other }] },
      })
    }
  })
})

describe('the status of a dispute', () => {
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

  it('has a row for every word of the vocabulary', () => {
    expect(onerwayChargebackStatuses.toSorted()).toEqual(chargebacks.map(([word]) => word).toSorted())
  })

  it('is unknown for a word outside the vocabulary', async () => {
    for (const chargebackStatus of ['TELEPORT', 'new', '', null]) {
      const event = await read({ ...about, notifyType: 'CHARGEBACK', chargebackStatus })
      expect(event).toMatchObject({ kind: 'dispute', dispute: { status: 'unknown' } })
    }
  })

  it('is an early warning for PRE_DISPUTE, whatever its other fields', async () => {
    for (const chargebackStatus of [undefined, 'NEW', 'FAF']) {
      const event = await read({ ...about, notifyType: 'PRE_DISPUTE', chargebackStatus })
      expect(event).toMatchObject({
        kind: 'dispute',
        key: { id: origin },
        dispute: { status: 'early_warning' },
      })
    }
  })

  it('states the amount, the reason and the deadline; its id is its own', async () => {
    const event = await read({ ...about, notifyType: 'CHARGEBACK', chargebackStatus: 'NEW' })
    expect(event.kind === 'dispute' && event.dispute).toEqual({
      id,
      status: 'needs_response',
      amount: { amount: 2000, currency: 'EUR' },
      reason: 'Fraud',
      respondBy: '2026-04-02T02:15:30.000Z',
      updatedAt: '2026-03-02T02:17:42.000Z',
      proven: false,
    })
  })

  it('is kept where its other fields are not valid', async () => {
    const odd = { chargebackAmount: '1e3', chargebackReason: '4242424242424242', appealDueTime: 'soon' }
    const event = await read({ ...about, ...odd, notifyType: 'CHARGEBACK', chargebackStatus: 'NEW' })
    expect(event.kind === 'dispute' && event.dispute).toEqual({
      id,
      status: 'needs_response',
      updatedAt: '2026-03-02T02:17:42.000Z',
      proven: false,
    })
  })

  it('names its payment by id, else by reference: its own id is not a payment’s', async () => {
    const dispute = { ...about, notifyType: 'CHARGEBACK', chargebackStatus: 'NEW', originTransactionId: null }
    expect(await read(dispute)).toMatchObject({ kind: 'dispute', key: { reference: 'order-7' } })
    expect(await read({ ...dispute, originMerchantTxnId: null })).not.toHaveProperty('key')
  })

  it('is proven only where a signed field names the payment', async () => {
    const byReference = { ...about, notifyType: 'CHARGEBACK', originTransactionId: null }
    const provenOf = async (changes: Row, provider = direct) => {
      const event = await read({ ...byReference, ...changes }, provider)
      return event.kind === 'dispute' ? (event.dispute.proven ?? true) : undefined
    }
    expect(await provenOf({})).toBe(false)
    expect(await provenOf({ merchantTxnId: 'order-7' })).toBe(true)
    expect(await provenOf({ merchantTxnId: 'order-7', originTransactionId: origin })).toBe(true)
    expect(await provenOf({ originTransactionId: origin })).toBe(false)
    expect(await provenOf({ paymentId: '77' })).toBe(false)
    expect(await provenOf({ paymentId: '77' }, hosted)).toBe(true)
    // The key is then the signed name: an altered originTransactionId leads nowhere.
    const agreeing = { ...byReference, merchantTxnId: 'order-7', originTransactionId: makeId(9) }
    expect(await read(agreeing)).toMatchObject({ key: { reference: 'order-7' } })
  })

  it('of a PRE_DISPUTE has names of its own, and a time zone of its own', async () => {
    // Onerway's page on pre-dispute notifications.
    const preDispute = {
      notifyType: 'PRE_DISPUTE',
      transactionId: id,
      merchantNo,
      timeZone: '+00:00',
      predisputeId: makeId(5),
      service: null,
      createdTime: '2026-03-02 10:21:06',
      receivedTime: '2026-03-02 11:20:48',
      amount: '0.01',
      currency: 'GBP',
      source: 'Issuer',
      reasonCode: '10.1',
      originTransactionId: origin,
    }
    const event = await direct.readWebhook(await signWebhook(preDispute, secretKey))
    expect(event).toMatchObject({
      kind: 'dispute',
      key: { id: origin },
      occurredAt: '2026-03-02T11:20:48.000Z',
      reply: { body: id },
    })
    expect(event.kind === 'dispute' && event.dispute).toEqual({
      id: makeId(5),
      status: 'early_warning',
      amount: { amount: 1, currency: 'GBP' },
      reason: '10.1',
      updatedAt: '2026-03-02T11:20:48.000Z',
      proven: false,
    })
  })
})

describe('operations that contradict each other', () => {
  const nothing = { amount: 500, captured: undefined, voided: false, refunded: 0, unclear: false } as const

  it('a verified card was neither charged nor released', () => {
    const verified = { ...nothing, opening: 'verified', amount: 0 } as const
    expect(toFoldedStatus(verified)).toBe('verified')
    expect(toFoldedStatus({ ...verified, captured: 500 })).toBe('unknown')
    expect(toFoldedStatus({ ...verified, voided: true })).toBe('unknown')
    expect(toFoldedStatus({ ...verified, refunded: 1 })).toBe('unknown')
  })

  it('a payment is paid or released, and never both', () => {
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
    ['VOID', 'S', 'A', 'unknown'],
    ['VOID', 'S', 'what', 'unknown'],
    ['VOID', 'F', 'what', 'unknown'],
    ['VOID', 'F', 'S', 'failed'],
    ['VOID', 'P', 'N', 'pending'],
    ['CAPTURE', 'S', 'S', 'succeeded'],
    ['CAPTURE', 'S', 'N', 'unknown'],
    ['CAPTURE', 'S', 'A', 'unknown'],
    ['CAPTURE', 'F', 'N', 'failed'],
    // Any other transaction keeps the meaning of its own status.
    ['SALE', 'S', 'N', 'succeeded'],
    ['AUTH', 'F', 'S', 'failed'],
    ['REFUND', 'S', 'what', 'succeeded'],
  ])('a %s with %s, of a payment with %s: %s', (txnType, status, paymentStatus, wanted) => {
    const words = { txnType, status, paymentStatus }
    expect(toOperationMeaning(words, hostedRules).status).toBe(wanted)
    expect(toOperationMeaning(words, directRules)).toEqual(
      toOperationMeaning({ txnType, status }, hostedRules),
    )
  })
})

describe('a transaction as an operation', () => {
  it.each([
    ['SALE', 'payment'],
    ['AUTH', 'authorization'],
    ['PRE_AUTH', 'authorization'],
    ['BIND_CARD', 'verification'],
    ['CAPTURE', 'capture'],
    ['VOID', 'void'],
    ['REFUND', 'refund'],
  ])('%s is a %s with the status of its own word', (txnType, kind) => {
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
      expect(toOperationMeaning({ txnType, status }, directRules)).toEqual({ kind, status: wanted })
    }
    expect(toOperationMeaning({ txnType, status: 'Z' }, directRules)).toEqual({ kind, status: 'unknown' })
    expect(toOperationMeaning({ txnType }, directRules)).toEqual({ kind, status: 'unknown' })
  })

  it('of an unknown type is `other` with status `unknown`', () => {
    const words = { txnType: 'TELEPORT', status: 'S' }
    expect(toOperationMeaning(words, directRules)).toEqual({ kind: 'other', status: 'unknown' })
  })

  it.each(onerwayTxnTypes)('%s opens a payment or follows one', (txnType) => {
    expect(isOpeningType(txnType)).toBe(['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD'].includes(txnType))
  })
})

describe('the operations of a payment together', () => {
  const nothing = { amount: 500, captured: undefined, voided: false, refunded: 0, unclear: false } as const
  it.each<readonly [PaymentStatus, Partial<OnerwayFold>, PaymentStatus]>([
    ['authorized', {}, 'authorized'],
    ['authorized', { captured: 499 }, 'partially_captured'],
    ['authorized', { captured: 500 }, 'captured'],
    ['authorized', { captured: 501 }, 'unknown'],
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

describe('a transaction and the word for the whole payment', () => {
  it.each<readonly [txnType: string, status: string, paymentStatus: string | null, hosted: PaymentStatus]>([
    ['SALE', 'S', 'S', 'captured'],
    ['SALE', 'S', 'P', 'processing'],
    ['SALE', 'S', 'I', 'processing'],
    // Money that was taken is not gone because the payment's word is closed, open or another: a lookup has to state more.
    ['SALE', 'S', 'N', 'unknown'],
    ['SALE', 'S', 'O', 'unknown'],
    ['SALE', 'S', 'U', 'unknown'],
    ['SALE', 'S', 'R', 'unknown'],
    ['SALE', 'S', 'A', 'unknown'],
    ['SALE', 'S', 'Z', 'unknown'],
    ['SALE', 'S', null, 'captured'],
    // A declined attempt of a payment that another attempt paid.
    ['SALE', 'F', 'S', 'captured'],
    ['SALE', 'N', 'S', 'captured'],
    ['AUTH', 'F', 'A', 'authorized'],
    ['BIND_CARD', 'F', 'S', 'verified'],
    ['SALE', 'F', 'O', 'open'],
    ['SALE', 'F', 'N', 'canceled'],
    ['SALE', 'F', null, 'open'],
    ['SALE', 'P', 'S', 'captured'],
    ['SALE', 'P', 'O', 'open'],
    // An authorization that was released, expired or captured had succeeded.
    ['AUTH', 'S', 'N', 'canceled'],
    ['AUTH', 'S', 'S', 'captured'],
    ['AUTH', 'S', 'A', 'authorized'],
    ['AUTH', 'S', 'P', 'processing'],
    ['AUTH', 'S', 'O', 'unknown'],
    ['AUTH', 'S', 'U', 'unknown'],
    ['PRE_AUTH', 'S', 'R', 'unknown'],
    ['CAPTURE', 'S', 'S', 'captured'],
    ['CAPTURE', 'S', 'A', 'unknown'],
    ['CAPTURE', 'S', 'N', 'unknown'],
    ['VOID', 'S', 'N', 'canceled'],
    ['VOID', 'S', 'S', 'unknown'],
    ['VOID', 'S', 'A', 'unknown'],
    // A card is bound while an attempt fails too.
    ['BIND_CARD', 'S', 'O', 'open'],
  ])(
    '%s %s with %s is %s with hosted; with direct its own status decides',
    (txnType, status, paymentStatus, wanted) => {
      const words = { txnType, status, paymentStatus }
      expect(toPaymentStatus({ ...words, integration: 'hosted' })).toBe(wanted)
      expect(toPaymentStatus({ ...words, integration: 'direct' })).toBe(toPaymentStatus({ txnType, status }))
    },
  )
})

describe('the payment query together with a transaction', () => {
  it.each<readonly [string | null | undefined, PaymentStatus | undefined]>([
    ...wholeTable,
    ['F', 'unknown'],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%s alone is %s', (word, wanted) => expect(toQueriedStatus(word)).toBe(wanted))

  it('is about a bound card where its row says so', () => {
    expect(toQueriedStatus('S', 'BIND_CARD')).toBe('verified')
    for (const txnType of ['SALE', 'AUTH', 'REFUND', 'Z', '', null]) {
      expect(toQueriedStatus('S', txnType)).toBe('captured')
    }
  })

  it.each<readonly [statuses: readonly PaymentStatus[], together: PaymentStatus | undefined]>([
    [[], undefined],
    [['captured'], 'captured'],
    [['open', 'open'], 'open'],
    [['open', 'captured'], undefined],
    [['open', 'canceled'], undefined],
    [['captured', 'canceled'], 'unknown'],
    [['open', 'captured', 'canceled'], 'unknown'],
    [['open', 'unknown'], 'unknown'],
  ])('%o together are %s', (statuses, together) => {
    expect(toJoinedStatus(statuses)).toBe(together)
    expect(toJoinedStatus(statuses.toReversed())).toBe(together)
  })

  it.each<readonly [step: PaymentStatus, whole: PaymentStatus, both: PaymentStatus]>([
    // It decides what the transaction leaves open.
    ['processing', 'open', 'open'],
    ['processing', 'authorized', 'authorized'],
    ['open', 'captured', 'captured'],
    ['authorized', 'captured', 'captured'],
    ['failed', 'captured', 'captured'],
    ['failed', 'processing', 'processing'],
    ['processing', 'canceled', 'canceled'],
    ['authorized', 'canceled', 'canceled'],
    ['verified', 'canceled', 'canceled'],
    // It does not take back what the transaction settled.
    ['authorized', 'processing', 'authorized'],
    ['captured', 'processing', 'captured'],
    ['captured', 'authorized', 'captured'],
    ['verified', 'processing', 'verified'],
    ['verified', 'authorized', 'verified'],
    ['verified', 'captured', 'verified'],
    ['verified', 'verified', 'verified'],
    ['processing', 'verified', 'verified'],
    // Where it denies that money was taken, the payment is unknown.
    ['captured', 'canceled', 'unknown'],
    ['captured', 'unknown', 'unknown'],
    ['processing', 'unknown', 'unknown'],
    // Only "paid" settles a transaction that is unknown.
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
    'is accepted with 20000; with another code only where nothing was taken: %s',
    (status) => {
      expect(toAnsweredStatus('20000', status)).toBe(status)
      expect(toAnsweredStatus('40013', status)).toBe(untaken.includes(status) ? status : 'unknown')
    },
  )
})

it.each([
  ['TXN', 'transaction'],
  ['REFUND', 'undocumented'],
  ['REFUND_AUDIT', 'transaction'],
  ['CANCEL', 'transaction'],
  ['CHARGEBACK', 'dispute'],
  ['PRE_DISPUTE', 'dispute'],
  ['TELEPORT', 'undocumented'],
])('a notification of type %s: %s', (type, kind) => expect(toNotificationKind(type)).toBe(kind))

it.each([
  ['CARD', 'VISA', 'ApplePay', 'wallet'],
  ['CARD', 'OXXO', undefined, 'card'],
  [undefined, 'VISA', undefined, 'card'],
  [undefined, 'mastercard', undefined, 'card'],
  [undefined, 'AMEX', undefined, 'card'],
  [undefined, 'American Express', undefined, 'card'],
  [undefined, 'AMERICAN_EXPRESS', undefined, 'card'],
  [undefined, 'JCB', undefined, 'card'],
  [undefined, 'DISCOVER', undefined, 'card'],
  ['LPMS', 'OXXO', undefined, 'voucher'],
  ['LPMS', 'Trustly', '', 'bank_redirect'],
  ['LPMS', 'TELEPORT', undefined, 'other'],
  [undefined, undefined, undefined, 'other'],
])('paid as %s by %s in %s is paid by %s', (productType, paymentMethod, wallet, kind) =>
  expect(toMethodKind(productType, paymentMethod, wallet)).toBe(kind),
)

describe('the appearance of a browser result', () => {
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
