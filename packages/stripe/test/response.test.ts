import { expect, it } from 'vitest'
import { createStripe } from '../src/index.ts'
import { makeIntent, withCode } from './helpers.ts'

const stripe = createStripe()

it('reads the intent that answered a create call', async () => {
  const report = await stripe.readResponse(makeIntent())
  expect(report).toMatchObject({ evidence: 'report', source: 'response', payment: { status: 'captured' } })
  expect(Date.parse(report.observedAt)).toBeGreaterThan(Date.now() - 10_000)
  expect(report).not.toHaveProperty('occurredAt') // `created` is older than what a confirm call answers
})

it('reads the intent that a refused confirm call answers with', async () => {
  const last_payment_error = { type: 'card_error', code: 'card_declined', decline_code: 'do_not_honor' }
  const payment_intent = makeIntent({
    status: 'requires_payment_method',
    amount_received: 0,
    last_payment_error,
  })
  const { payment } = await stripe.readResponse({ error: { ...last_payment_error, payment_intent } })
  expect(payment).toMatchObject({ status: 'open', decline: { code: 'do_not_honor' } })
})

it.each([
  [
    { type: 'invalid_request_error', code: 'parameter_missing', message: 'Missing: amount.' },
    'parameter_missing',
  ],
  [{ type: 'card_error', code: 'card_declined', decline_code: 'fraudulent' }, 'card_declined'],
  [{ type: 'api_error' }, 'api_error'],
  [{ type: 'idempotency_error', payment_intent: null }, 'idempotency_error'],
  [{ code: 'sk_test_madeHereNotARealKey' }, undefined],
  [{ code: 'pi_1_secret_2' }, undefined],
])('rejects %o', async (error, providerCode) => {
  const refusal = await stripe.readResponse({ error }).catch((reason: unknown) => reason)
  expect(refusal).toMatchObject({ ...withCode('rejected'), retryable: false })
  expect((refusal as { providerCode?: string }).providerCode).toBe(providerCode)
})

it.each([
  null,
  undefined,
  'ok',
  [],
  {},
  { error: 'no' },
  { id: 'cs_test_1', object: 'checkout.session' },
  { error: {}, id: 7 },
])('refuses %j', async (body) => {
  const code =
    body && 'error' in Object(body) && typeof Object(body).error === 'object' ? 'rejected' : 'invalid_payload'
  await expect(stripe.readResponse(body)).rejects.toMatchObject(withCode(code))
})

it.each([
  ['cs_test_1', 'Checkout Session'],
  ['ch_1', 'charge'],
])('says what to do with %s, which is not a PaymentIntent', async (id, name) => {
  await expect(stripe.readResponse({ id })).rejects.toMatchObject({
    code: 'invalid_payload',
    message: expect.stringContaining(`This is the id of a ${name}: look the payment up by it`),
  })
})
