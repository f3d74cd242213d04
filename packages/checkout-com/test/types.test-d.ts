import {
  type CheckoutComConfig,
  type CheckoutComStatus,
  createCheckoutCom,
  toPaymentStatus,
} from '@payment-status/checkout-com'
import type {
  Payment,
  PaymentHint,
  PaymentProvider,
  PaymentReport,
  PaymentStatus,
  WebhookEvent,
} from '@payment-status/core'
import { match } from 'ts-pattern'
import { describe, expectTypeOf, it } from 'vitest'

declare const hint: PaymentHint
declare const report: PaymentReport
declare const event: WebhookEvent
declare const status: CheckoutComStatus
declare function act(report: PaymentReport): void

describe('what must not compile', () => {
  it('is a match over their words that misses one', () => {
    match(status)
      .with('Authorized', 'Card Verified', 'Partially Captured', 'Captured', 'Declined', () => 1)
      .with('Partially Refunded', 'Refunded', 'Voided', 'Pending', 'Canceled', 'Expired', () => 2)
      .with('Requested', 'Retry Scheduled', 'Authentication Requested', 'Paid', 'Returned', () => 3)
      // @ts-expect-error 'Active' has no arm
      .exhaustive()
  })

  it('is a match over an event that misses a kind', () => {
    match(event)
      .with({ kind: 'payment' }, () => 1)
      .with({ kind: 'recheck' }, () => 2)
      .with({ kind: 'unrelated' }, () => 3)
      // @ts-expect-error disputes have no arm
      .exhaustive()
  })

  it('is a hint where a report is needed', () => {
    act(report)
    // @ts-expect-error a hint proves nothing
    act(hint)
    // @ts-expect-error a hint has no payment
    hint.payment
    // @ts-expect-error and so no status
    hint.status
    expectTypeOf<PaymentHint>().not.toExtend<PaymentReport>()
  })

  it('is a report whose event was not narrowed first', () => {
    // @ts-expect-error only the kind 'payment' has one
    event.report
    if (event.kind === 'payment') expectTypeOf(event.report).toEqualTypeOf<PaymentReport>()
  })

  it('is a change to what was reported', () => {
    // @ts-expect-error reports are read only
    report.payment.status = 'captured'
  })
})

describe('a provider', () => {
  it('has its name in its type', () => {
    expectTypeOf(createCheckoutCom().name).toEqualTypeOf<'checkout-com'>()
    expectTypeOf(createCheckoutCom({ secretKey: 'sk_x' }).name).toEqualTypeOf<'checkout-com'>()
    expectTypeOf(createCheckoutCom({ name: 'checkout-eu' }).name).toEqualTypeOf<'checkout-eu'>()
    expectTypeOf(createCheckoutCom()).toExtend<PaymentProvider>()
  })

  it('takes what the environment holds, set or not', () => {
    const config: CheckoutComConfig = {
      secretKey: process.env.CKO_SECRET_KEY,
      subdomain: process.env.CKO_SUBDOMAIN,
      baseUrl: process.env.CKO_BASE_URL,
      webhookSecrets: process.env.CKO_WEBHOOK_SECRET,
      webhookAuthorization: process.env.CKO_WEBHOOK_AUTHORIZATION,
      accessToken: undefined,
      environment: undefined,
      fetch: undefined,
      timeoutMs: undefined,
      retries: undefined,
    }
    expectTypeOf(config).toExtend<CheckoutComConfig>()
    // @ts-expect-error a key is not a number
    createCheckoutCom({ secretKey: 7 })
    // @ts-expect-error a misspelled option is not taken in silence
    createCheckoutCom({ secretkey: 'sk_x' })
  })

  it('takes the platform’s own fetch, and a plain function', () => {
    createCheckoutCom({ fetch: globalThis.fetch })
    createCheckoutCom({ fetch: async () => new Response() })
  })
})

describe('a report', () => {
  it('has a status out of the thirteen words', () => {
    expectTypeOf(report.payment.status).toEqualTypeOf<PaymentStatus>()
    expectTypeOf(toPaymentStatus({ status: 'Captured', approved: true })).toEqualTypeOf<PaymentStatus>()
  })

  it('states what is optional, or leaves it out', () => {
    expectTypeOf<Payment['amount']>().toEqualTypeOf<
      { readonly amount: number; readonly currency: string } | undefined
    >()
    // @ts-expect-error an output is left out, not undefined
    const payment: Payment = { provider: 'x', id: 'x', status: 'open', facts: {}, reference: undefined }
    expectTypeOf(payment).toEqualTypeOf<Payment>()
  })
})
