import { inspect } from 'node:util'
import { isPaymentError, PaymentError, type PaymentErrorCode } from '@payment-status/core'
import { expect, it, vi } from 'vitest'

const retryable: Readonly<Record<PaymentErrorCode, boolean>> = {
  invalid_input: false,
  invalid_payload: false,
  invalid_signature: false,
  not_found: false,
  unauthorized: false,
  rejected: false,
  rate_limited: true,
  unavailable: true,
  unsupported: false,
}

it.each(Object.entries(retryable))('%s is retryable: %s', (code, expected) => {
  const error = new PaymentError({ code: code as PaymentErrorCode, provider: 'test-pay', message: 'no' })
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ code, retryable: expected, provider: 'test-pay', name: 'PaymentError' })
})

it('a message begins with who speaks', () => {
  const error = new PaymentError({ code: 'unavailable', provider: 'test-pay', message: 'no answer' })
  expect(error.message).toBe('[test-pay] no answer')
  expect(String(error)).toBe('PaymentError: [test-pay] no answer')
})

it('details are there when they are known, and absent when they are not', () => {
  const details = {
    requestId: 'req_1',
    providerCode: '20005',
    httpStatus: 429,
    retryAfterMs: 1000,
    issues: [{ path: 'data.id', expected: 'string' }],
  }
  const basics = { code: 'rate_limited', provider: 'test-pay', message: 'slower' } as const
  expect(new PaymentError({ ...basics, ...details })).toMatchObject(details)
  const bare = new PaymentError({ ...basics, requestId: undefined })
  for (const key of Object.keys(details)) expect(key in bare).toBe(false)
})

it('an error of another copy of this package is a PaymentError too', async () => {
  vi.resetModules()
  const copy = await import('../src/model/errors.ts')
  const error = new copy.PaymentError({ code: 'unavailable', provider: 'test-pay', message: 'no' })
  expect(copy.PaymentError).not.toBe(PaymentError)
  expect(error).not.toBeInstanceOf(PaymentError)
  expect(isPaymentError(error)).toBe(true)
})

it.each([
  undefined,
  null,
  'PaymentError',
  0,
  {},
  new Error('no'),
  { name: 'PaymentError', code: 'unavailable' },
])('anything else is not a PaymentError: %s', (value) => expect(isPaymentError(value)).toBe(false))

it('what a log prints holds the details and nothing hidden', () => {
  const error = new PaymentError({
    code: 'not_found',
    provider: 'test-pay',
    message: 'none',
    httpStatus: 404,
  })
  expect(inspect(error)).toMatch(/\[test-pay\] none[\s\S]*httpStatus: 404/)
  expect(error.cause).toBeUndefined()
})

it.each([
  '4242424242424242',
  '4242-4242-4242-4242',
  '4242.4242.4242.4242',
  '4242_4242_4242_4242',
  '42424242-4242-4242-8888-888888888888',
  'sk_test_SECRET',
  'req.sk_live_1',
  'two words',
  'x'.repeat(65),
  'a\u200bb',
  '',
])('a code or an id that could be something else is left out: %j', (word) => {
  const error = new PaymentError({
    code: 'rejected',
    provider: 'test-pay',
    message: 'no',
    requestId: word,
    providerCode: word,
  })
  expect('requestId' in error || 'providerCode' in error).toBe(false)
})

it.each([
  'req_LzPuDfcmWNw3fH',
  '0HL80RJLS76I7',
  '5c8e2b0a-40f5-4b1d-9a51-5e2a8a3c1d77',
  'card_declined',
  '20005',
])('an id that a provider’s support asks for is kept: %s', (requestId) =>
  expect(
    new PaymentError({ code: 'rejected', provider: 'test-pay', message: 'no', requestId }).requestId,
  ).toBe(requestId),
)
