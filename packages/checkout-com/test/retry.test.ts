import { createCheckoutCom, signWebhook, toPaymentStatus } from '@payment-status/checkout-com'
import { describe, expect, it } from 'vitest'
import { connect, makePayment, paymentId, webhookSecret } from './make.ts'

const at = '2026-03-10T12:00:00Z'
const past = '2026-03-10T11:59:59Z'
const future = '2026-03-10T12:00:01Z'

/** Written out from the provider's documents: a plan exists unless it is switched off, used up or over. */
const table = [
  ['switched off', { enabled: false, max_attempts: 5, attempts_made: 0 }, 'failed'],
  ['switched off, with a next attempt', { enabled: false, next_attempt_on: future }, 'failed'],
  ['switched on, with nothing else', { enabled: true }, 'failed'],
  ['a setting alone', { enabled: true, max_attempts: 6 }, 'failed'],
  ['attempts left', { enabled: true, max_attempts: 6, attempts_made: 1 }, 'processing'],
  ['attempts left, without `enabled`', { max_attempts: 6, attempts_made: 1 }, 'processing'],
  ['attempts left of the default six', { attempts_made: 5 }, 'processing'],
  ['the default six made', { attempts_made: 6 }, 'failed'],
  ['all attempts made', { max_attempts: 4, attempts_made: 4 }, 'failed'],
  ['a next attempt to come', { next_attempt_on: future }, 'processing'],
  ['a next attempt that has passed', { next_attempt_on: past }, 'failed'],
  ['a next attempt at this moment', { next_attempt_on: at }, 'failed'],
  [
    'all made, and a next attempt to come',
    { max_attempts: 4, attempts_made: 4, next_attempt_on: future },
    'processing',
  ],
  ['attempts left, and its end passed', { max_attempts: 6, attempts_made: 1, ends_on: past }, 'failed'],
  [
    'attempts left, and its end to come',
    { max_attempts: 6, attempts_made: 1, ends_on: future },
    'processing',
  ],
  ['an end to come, with a setting', { max_attempts: 6, ends_on: future }, 'processing'],
  ['an end to come', { ends_on: future }, 'processing'],
  ['an end that passed', { ends_on: past }, 'failed'],
  [
    'a passed attempt, with more to come',
    { attempts_made: 2, max_attempts: 6, next_attempt_on: past, ends_on: future },
    'processing',
  ],
  [
    'an end on a day that no month has',
    { attempts_made: 1, max_attempts: 6, ends_on: '2026-06-34T15:24:56Z' },
    'processing',
  ],
] as const

describe('a declined payment with a retry plan', () => {
  it.each(table)('%s is read at the time of the report', async (_, retry, status) => {
    const declined = { status: 'Declined', approved: false, response_code: '20051', retry }
    expect(toPaymentStatus(declined, at)).toBe(status)

    const config = { clock: () => Date.parse(at), webhookSecrets: webhookSecret }
    const { checkout } = connect(({ url }) => {
      const body = makePayment(declined)
      return url.pathname.startsWith('/payments/') ? body : { data: [body] }
    }, config)
    const [row] = await checkout.lookupByReference('order-1001')
    expect((await checkout.lookup(paymentId)).payment.status).toBe(status)
    expect(row?.payment.status).toBe(status)
    expect((await checkout.readResponse(makePayment(declined))).payment.status).toBe(status)
    const data = { id: paymentId, amount: 2500, currency: 'EUR', response_code: '20051', retry }
    const body = JSON.stringify({ id: 'evt_1', type: 'payment_declined', created_on: at, data })
    const later = createCheckoutCom({
      webhookSecrets: webhookSecret,
      clock: () => Date.parse(at) + 86_400_000,
    })
    const event = await later.readWebhook(await signWebhook(body, webhookSecret))
    expect(event.kind === 'payment' && event.report.payment.status).toBe(status)
  })

  it('is over for a hard decline, which Checkout.com does not try again', async () => {
    const retry = { enabled: true, attempts_made: 1, max_attempts: 6, next_attempt_on: future }
    const read = (decline: object) =>
      toPaymentStatus({ status: 'Declined', approved: false, retry, ...decline }, at)
    expect(read({ response_code: '30041' })).toBe('failed')
    expect(read({ actions: [{ response_code: '30041' }] })).toBe('failed')
    expect(read({ response_code: '20051' })).toBe('processing')
  })

  it('ends by days: the same answer is `processing` before its end and `failed` after it', async () => {
    const retry = { enabled: true, attempts_made: 2, max_attempts: 6, ends_on: '2026-03-20T00:00:00Z' }
    const statusAt = async (time: string) => {
      const body = makePayment({ status: 'Declined', approved: false, retry })
      const { checkout } = connect(() => body, { clock: () => Date.parse(time) })
      return (await checkout.lookup(paymentId)).payment
    }
    expect(await statusAt('2026-03-19T23:59:59Z')).toMatchObject({
      status: 'processing',
      facts: { attempts_made: 2, max_attempts: 6, ends_on: '2026-03-20T00:00:00Z' },
    })
    const ended = await statusAt('2026-03-20T00:00:00Z')
    expect(ended.status).toBe('failed')
    expect(ended.facts).toEqual({ status: 'Declined', approved: false })
  })

  it('is read at the time the provider processed a create call', async () => {
    const retry = { next_attempt_on: future }
    const body = makePayment({ status: 'Declined', approved: false, retry, processed_on: at })
    const checkout = createCheckoutCom({ clock: () => Date.parse(future) + 1000 })
    expect((await checkout.readResponse(body)).payment.status).toBe('processing')
  })
})
