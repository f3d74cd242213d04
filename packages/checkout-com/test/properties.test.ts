import { createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { isPaymentError, outcomeOf, type PaymentReport, paymentStatuses } from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect, connect, paymentId, sessionId, webhookSecret } from './make.ts'
import { checkProperty } from './property.ts'

type Json = Readonly<Record<string, unknown>>

const checkout = createCheckoutCom({ webhookSecrets: webhookSecret })

/** Recorded and synthetic payments, as a create call or a lookup returns them. */
const payments: readonly Json[] = checkoutComFixtures.payments.flatMap(({ response }) =>
  response ? [response.body as Json] : [],
)

/** Webhooks of all the types that may say something of a payment, in their envelope. */
const events: readonly Json[] = await Promise.all(
  checkoutComFixtures.payments.flatMap(({ webhook }) =>
    webhook ? [webhook().then(({ rawBody }) => JSON.parse(String(rawBody)) as Json)] : [],
  ),
)

const words = [
  'Captured',
  'Authorized',
  'Voided',
  'Pending',
  'payment_captured',
  'payment_refunded',
  paymentId,
  '',
]
const anything = fc.oneof(
  fc.constantFrom<unknown>(...words, null, true, false, 0, 1, -1, 2500, 0.5, 2 ** 60, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
)

/** One of these, with one place in it taken by something else, or left out. */
function mutated(originals: readonly Json[]): fc.Arbitrary<unknown> {
  const place = fc.tuple(fc.constantFrom(...originals), fc.nat(), fc.option(anything, { nil: undefined }))
  return place.map(([original, nth, value]) => {
    const paths = pathsOf(original)
    return replaceAt(original, paths[nth % paths.length] ?? [], value)
  })
}

function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [
    [...path, key],
    ...pathsOf(member, [...path, key]),
  ])
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement
  const copy = structuredClone(value) as Record<string, unknown>
  copy[key] = replaceAt(copy[key], rest, replacement)
  return JSON.parse(JSON.stringify(copy))
}

/** Returns what a source gives, or `undefined` for a `PaymentError`; anything else that is thrown fails the property. */
async function through<T>(read: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (isPaymentError(error)) return undefined
    throw error
  }
}

function checkReport(report: PaymentReport): void {
  const { payment } = report
  expect(report.evidence).toBe('report')
  expect(paymentStatuses).toContain(payment.status)
  expect(payment.id).toMatch(report.source === 'webhook' ? /^[a-z]+_\w+$/ : /^pay_\w{26}$/)
  expect(JSON.parse(JSON.stringify(report))).toStrictEqual(report)
  for (const amount of [payment.amount?.amount ?? 0, payment.authorized ?? 0, payment.captured ?? 0]) {
    expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true)
  }
  if (payment.action?.kind === 'redirect') expect(payment.action.url).toMatch(/^https?:/)
}

/** The oracle, in other words than the code's: money came in only where these pairs say so. */
function saysPaid(payload: unknown): boolean {
  const { status, approved } = (payload ?? {}) as Json
  return approved === true && /^(partially )?captured$|^partially refunded$/i.test(String(status))
}

/** Of Flow's answer, too. */
function saysHeld(payload: unknown): boolean {
  const { status, approved } = (payload ?? {}) as Json
  return (approved === true && /^authorized$/i.test(String(status))) || status === 'Approved'
}

function checkPayment(report: PaymentReport, payload: unknown): void {
  checkReport(report)
  const outcome = outcomeOf(report.payment.status)
  if (outcome === 'paid') expect(saysPaid(payload)).toBe(true)
  if (outcome === 'held') expect(saysHeld(payload)).toBe(true)
}

const bodies = fc.oneof(anything, mutated(payments), mutated(payments))

describe('whatever a source is given', () => {
  it('as a response is a report, or a PaymentError', async () => {
    const property = fc.asyncProperty(bodies, async (body) => {
      const report = await through(() => checkout.readResponse(body))
      if (report) checkPayment(report, body)
    })
    await checkProperty(property)
  })

  it('as the answer to a lookup is a report, or a PaymentError', async () => {
    const property = fc.asyncProperty(bodies, async (body) => {
      const { checkout: asking } = connect(() => Response.json(body ?? null))
      const report = await through(() => asking.lookup(sessionId))
      if (report) checkPayment(report, body)
    })
    await checkProperty(property)
  })

  it('as a row of a list is a report, or a PaymentError, and spoils no other row', async () => {
    const [good] = payments
    const property = fc.asyncProperty(bodies, fc.boolean(), async (row, first) => {
      const data = first ? [row, good] : [good, row]
      const { checkout: asking } = connect(() => ({ data }))
      const reference = String(good?.reference)
      const range = { from: new Date('2000-01-01T00:00:00Z'), to: new Date('2100-01-01T00:00:00Z') }
      const found = await through(() => asking.lookupByReference(reference))
      const listed = await through(() => collect(asking.list(range)))
      for (const report of [...(found ?? []), ...(listed ?? [])]) {
        const payload = report.payment.id === good?.id ? [good, row] : [row]
        checkReport(report)
        if (outcomeOf(report.payment.status) === 'paid') expect(payload.some(saysPaid)).toBe(true)
      }
      if (found && first === false) expect(found.map(({ payment }) => payment.id)).toContain(good?.id)
    })
    await checkProperty(property)
  })

  it('as a webhook that is signed is an event, or a PaymentError', async () => {
    const property = fc.asyncProperty(fc.oneof(anything, mutated(events), mutated(events)), async (body) => {
      const delivery = await signWebhook(JSON.stringify(body ?? null), webhookSecret)
      const event = await through(() => checkout.readWebhook(delivery))
      if (event?.kind !== 'payment') return
      checkReport(event.report)
      const { type, data } = body as { type: string; data: { balances?: { total_captured?: number } } }
      const outcome = outcomeOf(event.report.payment.status)
      if (outcome === 'held') expect(type).toBe('payment_approved')
      if (outcome !== 'paid') return
      expect(['payment_captured', 'payment_refunded']).toContain(type)
      expect(data.balances?.total_captured).toBeGreaterThan(0)
    })
    await checkProperty(property)
  })

  it('as a webhook that is not signed is refused, whatever it says', async () => {
    const property = fc.asyncProperty(fc.string(), fc.string(), async (rawBody, signature) => {
      const headers = { 'cko-signature': signature }
      await expect(checkout.readWebhook({ rawBody, headers })).rejects.toMatchObject({
        code: 'invalid_signature',
      })
    })
    await checkProperty(property)
  })

  it('as a browser result is a hint, or a PaymentError', async () => {
    const property = fc.asyncProperty(bodies, async (result) => {
      const hint = await through(() => checkout.readClientResult(result))
      if (!hint) return
      expect(hint).not.toHaveProperty('status')
      expect(hint.evidence).toBe('hint')
      expect(JSON.parse(JSON.stringify(hint))).toStrictEqual(hint)
    })
    await checkProperty(property)
  })

  it('as a return URL is a hint, or a PaymentError', async () => {
    const values = fc.oneof(fc.string(), fc.constantFrom(paymentId, sessionId, `${paymentId}\n`, '../..'))
    const names = fc.constantFrom('cko-payment-id', 'cko-session-id', 'status', 'id')
    const queries = fc.array(fc.tuple(names, values), { maxLength: 4 })
    const made = queries.map((query) => `https://shop.example/return?${new URLSearchParams(query)}`)
    const property = fc.asyncProperty(fc.oneof(fc.string(), fc.webUrl(), made), async (url) => {
      const hint = await through(() => checkout.readReturn(url))
      if (!hint) return
      expect(hint).not.toHaveProperty('status')
      if (hint.key) expect(hint.key).toEqual({ id: expect.stringMatching(/^(pay|sid)_\w{26}$/) })
    })
    await checkProperty(property)
  })
})
