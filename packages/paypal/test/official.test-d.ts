import type {
  PayPalAuthorizationStatus,
  PayPalCaptureReason,
  PayPalCaptureStatus,
  PayPalMethodType,
  PayPalOrderStatus,
  PayPalRefundStatus,
} from '@payment-status/paypal'
import type {
  AuthorizationStatus,
  CaptureIncompleteReason,
  CaptureStatus,
  OrderStatus,
  PaymentSourceResponse,
  RefundStatus,
} from '@paypal/paypal-server-sdk'
import { expectTypeOf, it } from 'vitest'

it('lists every word of the official SDK, and no other', () => {
  expectTypeOf<`${OrderStatus}`>().toEqualTypeOf<PayPalOrderStatus>()
  expectTypeOf<`${CaptureStatus}`>().toEqualTypeOf<PayPalCaptureStatus>()
  expectTypeOf<`${CaptureIncompleteReason}`>().toEqualTypeOf<PayPalCaptureReason>()
  expectTypeOf<`${AuthorizationStatus}`>().toEqualTypeOf<PayPalAuthorizationStatus>()
  expectTypeOf<`${RefundStatus}`>().toEqualTypeOf<PayPalRefundStatus>()
})

/** The SDK spells its members in camel case. */
type ToSnake<Text extends string> = Text extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${ToSnake<Tail>}`
  : ''

it('has every payment source of the official SDK', () => {
  expectTypeOf<ToSnake<keyof PaymentSourceResponse & string>>().toExtend<PayPalMethodType>()
})
