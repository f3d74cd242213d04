import type { Payment } from '@airwallex/components-sdk'
import type { PaymentAcceptanceAttemptPaymentMethodDetail } from '@airwallex/node-sdk/dist/model/paymentAcceptanceAttemptPaymentMethodDetail.js'
import type { PaymentAcceptancePaymentAttempt } from '@airwallex/node-sdk/dist/model/paymentAcceptancePaymentAttempt.js'
import type { PaymentAcceptancePaymentDispute } from '@airwallex/node-sdk/dist/model/paymentAcceptancePaymentDispute.js'
import type { PaymentAcceptancePaymentIntentSingleResponse } from '@airwallex/node-sdk/dist/model/paymentAcceptancePaymentIntentSingleResponse.js'
import type { PaymentAcceptanceRefund } from '@airwallex/node-sdk/dist/model/paymentAcceptanceRefund.js'
import type {
  AirwallexAttempt,
  AirwallexMethodType,
  AirwallexPaymentIntent,
  AirwallexRefund,
} from '@payment-status/airwallex'
import { expectTypeOf, it } from 'vitest'
import type { AirwallexDispute } from '../src/schema.ts'

/** Members that the official SDK does not name: the documentation or other sources do. */
type Undocumented =
  | 'original_amount'
  | 'original_currency'
  | 'failure_details'
  | 'dispute_id'
  | 'dispute_amount'
  | 'dispute_currency'
type Read<T> = Exclude<keyof T, Undocumented>

it('reads members that the official SDK names', () => {
  expectTypeOf<Read<AirwallexPaymentIntent>>().toExtend<keyof PaymentAcceptancePaymentIntentSingleResponse>()
  expectTypeOf<Read<AirwallexAttempt>>().toExtend<keyof PaymentAcceptancePaymentAttempt>()
  expectTypeOf<Read<AirwallexRefund>>().toExtend<keyof PaymentAcceptanceRefund>()
  expectTypeOf<Read<AirwallexDispute>>().toExtend<keyof PaymentAcceptancePaymentDispute>()
})

/** Members of an attempt's payment method that are not a method. */
type NotMethods = 'created_at' | 'updated_at' | 'customer_id' | 'id' | 'metadata' | 'status' | 'type'

it('has every payment method of an attempt', () => {
  expectTypeOf<
    Exclude<keyof PaymentAcceptanceAttemptPaymentMethodDetail, NotMethods>
  >().toEqualTypeOf<AirwallexMethodType>()
})

it("reads what the browser SDK's elements pass on", () => {
  expectTypeOf<Payment.ElementEvent['detail']['intent']>().toExtend<
    Pick<Payment.Intent, 'id' | 'status'> | undefined
  >()
  expectTypeOf<Payment.ElementEvent['detail']['error']>().toExtend<{ code?: string } | undefined>()
})
