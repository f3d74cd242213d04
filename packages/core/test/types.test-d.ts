import {
  type Advance,
  advance,
  createWebhookHandler,
  type HintNextStep,
  type LookupKey,
  type LookupOptions,
  memoryClaims,
  type NextStep,
  nextStep,
  type OrderTerms,
  type Payment,
  type PaymentHint,
  type PaymentProvider,
  type PaymentReport,
  type PaymentStatus,
  type WebhookHandlerOptions,
  waitForOutcome,
} from '@payment-status/core'
import { expectTypeOf, it } from 'vitest'

declare const hint: PaymentHint
declare const report: PaymentReport
declare const order: OrderTerms
declare const provider: PaymentProvider

it('a hint has no status, so nothing can be decided on it by mistake', () => {
  // @ts-expect-error
  void hint.payment
  // @ts-expect-error
  void hint.status
  // @ts-expect-error
  advance(report, hint)
  // @ts-expect-error
  nextStep(hint, order)
})

it('the next step of a report needs the order, and is typed by what was given', () => {
  expectTypeOf(nextStep(hint)).toEqualTypeOf<HintNextStep>()
  expectTypeOf(nextStep(report, order)).toEqualTypeOf<NextStep>()
  // @ts-expect-error
  nextStep(report)
  expectTypeOf<HintNextStep['kind']>().toEqualTypeOf<'send_shopper' | 'show_shopper' | 'look_up'>()
  expectTypeOf<Extract<HintNextStep, { kind: 'fulfill' }>>().toBeNever()
})

it('an optional input can be undefined, an optional output is absent', () => {
  const env: { readonly REFERENCE?: string } = {}
  nextStep(report, {
    expected: { amount: { amount: 1, currency: 'EUR' }, reference: env.REFERENCE },
    capture: 'manual',
    webhookOnly: undefined,
  })
  // @ts-expect-error
  const payment: Payment = { provider: 'p', id: 'i', status: 'open', facts: {}, reference: undefined }
  void payment
})

it('there is a report to store whatever the outcome', () => {
  const news = advance(undefined, report)
  expectTypeOf(news).toEqualTypeOf<Advance>()
  expectTypeOf(news.report).toEqualTypeOf<PaymentReport>()
})

it('a payment is a lookup key, its operations included', () => {
  expectTypeOf<Payment>().toExtend<LookupKey>()
  expectTypeOf<Payment['operations']>().toExtend<LookupOptions['operations']>()
})

it('waiting gives what the look gives', () => {
  expectTypeOf(waitForOutcome(async () => report)).resolves.toEqualTypeOf<{
    readonly value: PaymentReport
    readonly done: boolean
  }>()
  const standing = waitForOutcome(async () => ({ status: 'open' as PaymentStatus }), {
    until: ({ status }) => status !== 'open',
  })
  expectTypeOf(standing).resolves.toEqualTypeOf<{
    readonly value: { status: PaymentStatus }
    readonly done: boolean
  }>()
  waitForOutcome((signal) => provider.lookup('pay_1', { signal }), { signal: undefined, schedule: [1] })
  // @ts-expect-error a value that is not a report needs `until`
  waitForOutcome(async () => 1)
})

it('a webhook handler is given reports or events, never both and never neither', () => {
  const claims = memoryClaims()
  createWebhookHandler(provider, {
    claims: 'none',
    onEvent(event) {
      void event.kind
    },
  })
  createWebhookHandler(provider, {
    claims,
    maxBodyBytes: undefined,
    onError: undefined,
    onReports(reports) {
      expectTypeOf(reports).toEqualTypeOf<readonly PaymentReport[]>()
    },
    async onDispute({ kind }) {
      expectTypeOf(kind).toEqualTypeOf<'dispute'>()
    },
  })
  // @ts-expect-error
  createWebhookHandler(provider, { claims })
  // @ts-expect-error
  createWebhookHandler(provider, { onReports() {} })
  // @ts-expect-error
  createWebhookHandler(provider, { claims, onReports() {}, onEvent() {} })
  // @ts-expect-error
  createWebhookHandler(provider, { claims, onEvent() {}, onDispute() {} })
  expectTypeOf<WebhookHandlerOptions>().toHaveProperty('claims')
  expectTypeOf(createWebhookHandler).returns.toEqualTypeOf<(request: Request) => Promise<Response>>()
})
