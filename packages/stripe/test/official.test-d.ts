import type Stripe from 'stripe'
import { expectTypeOf, it } from 'vitest'
import type {
  chargeFields,
  disputeFields,
  intentFields,
  refundFields,
  reviewFields,
  sessionFields,
} from '../src/fixtures/objects.ts'
import {
  createStripe,
  type StripeAdviceCode,
  type StripeCancellationReason,
  type StripeCharge,
  type StripeChargeStatus,
  type StripeDisputeStatus,
  type StripeErrorCode,
  type StripeEventFamily,
  type StripeEventType,
  type StripeFacts,
  type StripeMethodType,
  type StripeNextActionType,
  type StripePaymentIntent,
  type StripeStatus,
} from '../src/index.ts'
import type { StripeDispute, StripeRefund } from '../src/schema.ts'

/** The words of one of Stripe's unions, without the "or any other text" its open ones end with. */
type Words<T> = T extends string ? (string extends T ? never : T) : never

it('has every status a PaymentIntent can take, and no other', () => {
  expectTypeOf<Words<Stripe.PaymentIntent.Status>>().toEqualTypeOf<StripeStatus>()
})

it('has every reason a PaymentIntent is canceled for', () => {
  expectTypeOf<Words<Stripe.PaymentIntent.CancellationReason>>().toEqualTypeOf<StripeCancellationReason>()
})

it('has every type of next action', () => {
  expectTypeOf<Exclude<keyof Stripe.PaymentIntent.NextAction, 'type'>>().toEqualTypeOf<StripeNextActionType>()
})

it('has every method a charge can be paid with', () => {
  expectTypeOf<Exclude<keyof Stripe.Charge.PaymentMethodDetails, 'type'>>().toEqualTypeOf<StripeMethodType>()
})

it('has every status of a charge', () => {
  expectTypeOf<Words<Stripe.Charge.Status>>().toEqualTypeOf<StripeChargeStatus>()
})

it('has every status of a dispute', () => {
  expectTypeOf<Words<Stripe.Dispute.Status>>().toEqualTypeOf<StripeDisputeStatus>()
})

it('has every advice code', () => {
  expectTypeOf<Words<Stripe.Charge.Outcome.AdviceCode>>().toEqualTypeOf<StripeAdviceCode>()
})

it('has every event of the families it reads', () => {
  type Theirs = Extract<Words<Stripe.Event['type']>, `${StripeEventFamily}.${string}`>
  expectTypeOf<Theirs>().toEqualTypeOf<StripeEventType>()
})

it('knows no error code that Stripe does not', () => {
  expectTypeOf<StripeErrorCode>().toExtend<Words<Stripe.PaymentIntent.LastPaymentError.Code>>()
})

it("reads the official library's own objects", () => {
  expectTypeOf<Stripe.PaymentIntent>().toExtend<StripeFacts>()
  type Read = Pick<Stripe.PaymentIntent, keyof StripePaymentIntent & keyof Stripe.PaymentIntent>
  // What is read loosely has an index signature, which Stripe's own interfaces have not.
  type Loose = 'next_action' | 'latest_charge'
  expectTypeOf<Omit<Read, Loose>>().toExtend<Omit<StripePaymentIntent, Loose>>()
  expectTypeOf<Omit<Stripe.Charge, 'payment_method_details'>>().toExtend<
    Omit<StripeCharge, 'payment_method_details'>
  >()
  expectTypeOf<keyof StripeCharge>().toExtend<keyof Stripe.Charge>()
  expectTypeOf<Stripe.Refund>().toExtend<StripeRefund>()
  expectTypeOf<Stripe.Dispute>().toExtend<StripeDispute>()
  expectTypeOf<keyof StripePaymentIntent>().toExtend<keyof Stripe.PaymentIntent>()
})

it('builds objects with every member that is never missing', () => {
  type Certain<T> = { [Key in keyof T]-?: undefined extends T[Key] ? never : Key }[keyof T]
  expectTypeOf<Certain<Stripe.PaymentIntent>>().toExtend<keyof typeof intentFields>()
  expectTypeOf<Certain<Stripe.Charge>>().toExtend<keyof typeof chargeFields>()
  expectTypeOf<Certain<Stripe.Refund>>().toExtend<keyof typeof refundFields>()
  expectTypeOf<Certain<Stripe.Dispute>>().toExtend<keyof typeof disputeFields>()
  expectTypeOf<Certain<Stripe.Review>>().toExtend<keyof typeof reviewFields>()
  expectTypeOf<Certain<Stripe.Checkout.Session>>().toExtend<keyof typeof sessionFields>()
})

it('keeps the name it was given', () => {
  expectTypeOf(createStripe({}).name).toEqualTypeOf<'stripe'>()
  expectTypeOf(createStripe({ name: 'stripe-eu' }).name).toEqualTypeOf<'stripe-eu'>()
})
