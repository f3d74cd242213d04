import type { DisputeStatus, PaymentStatus, WebhookEvent } from '@payment-status/core'
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

const config = { merchantNo, secretKey, environment: 'sandbox' } as const
const direct = createOnerway({ ...config, integration: 'direct' })
const hosted = createOnerway({ ...config, integration: 'hosted' })

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
  if (event.kind === 'unrelated') return 'unrelated'
  return 'id' in event.key ? `recheck id ${event.key.id}` : `recheck reference ${event.key.reference}`
}

describe('what a webhook is about', () => {
  const openings = ['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD']

  it.each(cells.filter(([txnType]) => openings.includes(txnType)))(
    'TXN about %s with %s is the payment, %s',
    async (txnType, status, wanted) => {
      expect(summaryOf(await read({ txnType, status }))).toBe(`payment ${wanted}`)
    },
  )

  it.each(cells.filter(([txnType]) => openings.includes(txnType)))(
    'TXN about %s with %s on the provider’s own page is only believed when it is S, or names its paymentId',
    async (txnType, status, wanted) => {
      const alone = summaryOf(await read({ txnType, status }, hosted))
      expect(alone).toBe(status === 'S' ? `payment ${wanted}` : 'recheck reference order-1001')
      const named = summaryOf(await read({ txnType, status, paymentId: '77' }, hosted))
      expect(named).toBe(`payment ${status === 'F' ? 'open' : wanted}`)
    },
  )

  const other = makeId(2)
  const rows: ReadonlyArray<readonly [what: string, changes: Row, wanted: string]> = [
    ['a capture', { txnType: 'CAPTURE' }, 'recheck reference order-1001'],
    [
      'a capture that names its origin',
      { txnType: 'CAPTURE', originTransactionId: other },
      'recheck reference order-1001',
    ],
    ['a void', { txnType: 'VOID', status: 'F' }, 'recheck reference order-1001'],
    [
      'a capture without a reference',
      { txnType: 'CAPTURE', merchantTxnId: null, originTransactionId: other },
      `recheck id ${other}`,
    ],
    ['a capture with nothing', { txnType: 'CAPTURE', merchantTxnId: null }, `recheck id ${id}`],
    [
      'a capture whose reference would ask for several',
      { txnType: 'CAPTURE', merchantTxnId: 'a,b', originTransactionId: other },
      `recheck id ${other}`,
    ],
    ['TXN about a refund', { txnType: 'REFUND', originTransactionId: other }, `recheck id ${other}`],
    [
      'TXN about REFUND_AUDIT',
      { txnType: 'REFUND_AUDIT', originTransactionId: other },
      `recheck id ${other}`,
    ],
    [
      'REFUND',
      { notifyType: 'REFUND', txnType: 'REFUND', originTransactionId: other },
      `recheck id ${other}`,
    ],
    [
      'REFUND with the reference of its origin',
      { notifyType: 'REFUND', txnType: 'REFUND', originMerchantTxnId: 'order-7', merchantTxnId: null },
      'recheck reference order-7',
    ],
    [
      'REFUND with an origin that is none',
      { notifyType: 'REFUND', originTransactionId: '../7', originMerchantTxnId: 'order-7' },
      'recheck reference order-7',
    ],
    [
      'REFUND with both of its origin',
      { notifyType: 'REFUND', originTransactionId: other, originMerchantTxnId: 'order-7' },
      `recheck id ${other}`,
    ],
    ['REFUND with nothing', { notifyType: 'REFUND', txnType: 'REFUND' }, `recheck id ${id}`],
    ['REFUND_AUDIT', { notifyType: 'REFUND_AUDIT', originTransactionId: other }, `recheck id ${other}`],
    ['CANCEL of a sale', { notifyType: 'CANCEL', txnType: 'SALE', status: 'S' }, 'payment canceled'],
    [
      'CANCEL of an authorization',
      { notifyType: 'CANCEL', txnType: 'AUTH', status: 'S' },
      'payment canceled',
    ],
    ['CANCEL that failed', { notifyType: 'CANCEL', status: 'F' }, 'recheck reference order-1001'],
    ['CANCEL under way', { notifyType: 'CANCEL', status: 'P' }, 'recheck reference order-1001'],
    [
      'CANCEL of something else',
      { notifyType: 'CANCEL', txnType: 'CAPTURE', status: 'S' },
      'recheck reference order-1001',
    ],
    [
      'CANCEL of a payment that is said to be paid',
      { notifyType: 'CANCEL', status: 'S', paymentStatus: 'S' },
      'recheck reference order-1001',
    ],
    ['an unknown txnType', { txnType: 'TELEPORT' }, `recheck id ${id}`],
    ['an unknown notifyType', { notifyType: 'TELEPORT', status: 'S' }, `recheck id ${id}`],
    ['an unknown notifyType about nothing', { notifyType: 'TELEPORT', transactionId: null }, 'unrelated'],
    ['an unknown notifyType about ""', { notifyType: 'TELEPORT', transactionId: '' }, 'unrelated'],
  ]
  it.each(rows)('%s', async (_, changes, wanted) => {
    expect(summaryOf(await read(changes))).toBe(wanted)
    expect(summaryOf(await read(changes, hosted))).toBe(wanted)
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
  ]
  const about = { txnType: undefined, status: undefined }

  it.each(chargebacks)('CHARGEBACK with %s is %s', async (chargebackStatus, wanted) => {
    const event = await read({ ...about, notifyType: 'CHARGEBACK', chargebackStatus })
    expect(event).toMatchObject({ kind: 'dispute', key: { id }, dispute: { status: wanted } })
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
      expect(event).toMatchObject({ kind: 'dispute', key: { id }, dispute: { status: 'early_warning' } })
    }
  })

  it('is known of a payment without an id by its reference, or of none', async () => {
    const dispute = { ...about, notifyType: 'CHARGEBACK', chargebackStatus: 'NEW', transactionId: null }
    expect(await read(dispute)).toMatchObject({ kind: 'dispute', key: { reference: 'order-1001' } })
    expect(await read({ ...dispute, merchantTxnId: null })).not.toHaveProperty('key')
  })
})
