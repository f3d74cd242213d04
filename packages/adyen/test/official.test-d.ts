import type { Types } from '@adyen/api-library'
import type { AdyenEventCode, AdyenItem, AdyenPaymentResponse, AdyenResultCode } from '@payment-status/adyen'
import { expectTypeOf, it } from 'vitest'

type Item = Types.notification.NotificationRequestItem
type Response = Types.checkout.PaymentResponse

it('reads members that the official library names', () => {
  expectTypeOf<keyof AdyenItem>().toExtend<keyof Item>()
  expectTypeOf<keyof AdyenPaymentResponse>().toExtend<keyof Response>()
})

it('lists every event and every result of the official library', () => {
  expectTypeOf<`${Item['eventCode']}`>().toExtend<AdyenEventCode>()
  expectTypeOf<`${NonNullable<Response['resultCode']>}`>().toEqualTypeOf<AdyenResultCode>()
})
