import type {
  PaymentHint,
  PaymentProvider,
  PaymentReport,
  PaymentStatus,
  WebhookEvent,
} from '@payment-status/core'
import {
  createOnerway,
  type OnerwayConfig,
  type OnerwayNotifyType,
  type OnerwayPaymentStatus,
  type OnerwayProvider,
  type OnerwayStatus,
  type OnerwayTxnType,
  toPaymentStatus,
} from '@payment-status/onerway'
import { match } from 'ts-pattern'
import { describe, expectTypeOf, it } from 'vitest'

declare const hint: PaymentHint
declare const event: WebhookEvent
declare const status: OnerwayStatus
declare const txnType: OnerwayTxnType
declare function act(report: PaymentReport): void

const config = {
  merchantNo: '800001',
  secretKey: 'test-secret-not-real',
  environment: 'sandbox',
  integration: 'direct',
} as const
const onerway = createOnerway(config)

describe('what must not compile', () => {
  it('is a response without what was sent', () => {
    onerway.readResponse({}, { txnType: 'SALE', merchantTxnId: 'order-1001' })
    // @ts-expect-error the answer holds neither txnType nor merchantTxnId
    onerway.readResponse({})
    // @ts-expect-error the reference is needed too
    onerway.readResponse({}, { txnType: 'SALE' })
    // @ts-expect-error S means nothing without its txnType
    onerway.readResponse({}, { merchantTxnId: 'order-1001' })
  })

  it('is a match over their words that misses one', () => {
    match(status)
      .with('S', 'F', 'P', 'R', 'N', 'I', () => 1)
      // @ts-expect-error 'U' has no arm
      .exhaustive()
    match(txnType)
      .with('SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD', 'CAPTURE', 'VOID', () => 1)
      // @ts-expect-error 'REFUND' has no arm
      .exhaustive()
  })

  it('is a hint where a report is needed', () => {
    // @ts-expect-error a hint proves nothing
    act(hint)
    // @ts-expect-error and has no payment
    act(onerway.readReturn('https://shop.example/return'))
  })

  it('is a report whose event was not narrowed first', () => {
    // @ts-expect-error only the kind 'payment' has one
    event.report
    if (event.kind === 'payment') expectTypeOf(event.report).toEqualTypeOf<PaymentReport>()
  })

  it('is a configuration that leaves out what decides the meaning', () => {
    const { integration: _, ...without } = config
    // @ts-expect-error direct or hosted decides what F means
    createOnerway(without)
    // @ts-expect-error there are two environments
    createOnerway({ ...config, environment: 'live' })
    // @ts-expect-error a misspelled option is not taken in silence
    createOnerway({ ...config, timezone: '+08:00' })
    // @ts-expect-error ids are never numbers
    onerway.lookup(1919652333131005952n)
  })
})

describe('a provider', () => {
  it('has its name in its type', () => {
    expectTypeOf(onerway.name).toEqualTypeOf<'onerway'>()
    expectTypeOf(createOnerway({ ...config, name: 'onerway-hk' }).name).toEqualTypeOf<'onerway-hk'>()
    expectTypeOf(createOnerway({ ...config, name: undefined }).name).toExtend<string>()
    expectTypeOf(onerway).toEqualTypeOf<OnerwayProvider>()
    expectTypeOf(onerway).toExtend<PaymentProvider<'onerway'>>()
  })

  it('takes what the environment holds, set or not, where it is optional', () => {
    const optional: OnerwayConfig = {
      ...config,
      baseUrl: process.env.ONERWAY_BASE_URL,
      webhookSecrets: process.env.ONERWAY_WEBHOOK_SECRET,
      timeZone: process.env.ONERWAY_TIME_ZONE,
      webhookSignature: undefined,
      webhooks: undefined,
      refundQueryPath: process.env.ONERWAY_REFUND_QUERY_PATH,
      fetch: undefined,
      timeoutMs: undefined,
      retries: undefined,
    }
    expectTypeOf(optional).toExtend<OnerwayConfig>()
    createOnerway({ ...config, merchantNo: process.env.ONERWAY_MERCHANT_NO })
    createOnerway({ ...config, secretKey: process.env.ONERWAY_SECRET_KEY })
    const { merchantNo: _, ...withoutNumber } = config
    // @ts-expect-error a merchant number that is not even mentioned is forgotten
    createOnerway(withoutNumber)
    createOnerway({ ...config, secretKey: ['new', 'old'], fetch: globalThis.fetch })
  })
})

describe('how far a webhook is trusted', () => {
  it('is a recheck or a payment', () => {
    createOnerway({ ...config, webhooks: 'believe' })
    // @ts-expect-error there are two
    createOnerway({ ...config, webhooks: 'trust' })
  })
})

describe('the vocabularies', () => {
  it('are literal', () => {
    expectTypeOf<OnerwayStatus>().toEqualTypeOf<'S' | 'F' | 'P' | 'R' | 'N' | 'I' | 'U'>()
    expectTypeOf<OnerwayPaymentStatus>().toEqualTypeOf<'S' | 'A' | 'P' | 'I' | 'R' | 'U' | 'O' | 'N'>()
    expectTypeOf<OnerwayNotifyType>().toEqualTypeOf<
      'TXN' | 'REFUND_AUDIT' | 'CANCEL' | 'CHARGEBACK' | 'PRE_DISPUTE'
    >()
  })

  it('are read with any word, into the thirteen', () => {
    expectTypeOf(toPaymentStatus({ txnType: 'TELEPORT', status: null })).toEqualTypeOf<PaymentStatus>()
    // @ts-expect-error a status means nothing without its txnType
    toPaymentStatus({ status: 'S' })
  })
})
