import { afterEach, describe, expect, it } from 'vitest'
import { stripeFixtures } from '../../stripe/src/fixtures/index.ts'
import { createStripe } from '../../stripe/src/index.ts'
import {
  advance,
  createWebhookHandler,
  memoryClaims,
  type Observed,
  observe,
  type PaymentReport,
} from '../src/index.ts'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** Published messages, without their durations. */
function record(name: keyof Observed): { readonly [member: string]: unknown }[] {
  const stated: Record<string, unknown>[] = []
  stops.push(
    observe(name, (message) => {
      const { durationMs = 0, ...rest } = { ...message } as Record<string, unknown>
      expect(durationMs).toBeGreaterThanOrEqual(0)
      stated.push(rest)
    }),
  )
  return stated
}

const paid = stripeFixtures.payments.find(({ status, webhook }) => status === 'captured' && webhook)
const paidId = paid?.id ?? ''
const createProvider = (fetch = stripeFixtures.respond) =>
  createStripe({
    ...stripeFixtures.secrets,
    retries: 0,
    fetch: (input, init) => fetch(new Request(input, init)),
  })

async function toRequest(change = (body: string) => body): Promise<Request> {
  const delivery = await paid?.webhook?.()
  return new Request('https://shop.example/webhooks', {
    method: 'POST',
    headers: { ...(delivery?.headers as Record<string, string>) },
    body: change(String(delivery?.rawBody)),
  })
}

describe('what can be observed', () => {
  it('is each delivery, with its outcome, and each claim on it', async () => {
    const deliveries = record('delivery')
    const claims = record('claim')
    let fails = false
    const handler = createWebhookHandler(createProvider(), {
      claims: memoryClaims(),
      onReports() {
        if (fails) throw new Error('the shop is down')
      },
    })
    const failing = createWebhookHandler(createProvider(), {
      claims: {
        begin: async () => {
          throw new Error('the store is down')
        },
        end: async () => {},
      },
      onReports() {},
    })
    await handler(await toRequest())
    await handler(await toRequest())
    await handler(await toRequest((body) => `${body} `))
    await handler(new Request('https://shop.example/webhooks'))
    fails = true
    const fresh = createWebhookHandler(createProvider(), {
      claims: memoryClaims(),
      onReports: () => Promise.reject(),
    })
    await fresh(await toRequest())
    await failing(await toRequest())
    expect(deliveries).toEqual([
      { provider: 'stripe', kind: 'payment', outcome: 'handled', status: 200 },
      { provider: 'stripe', kind: 'payment', outcome: 'repeated', status: 200 },
      { provider: 'stripe', outcome: 'forged', status: 401 },
      { provider: 'stripe', outcome: 'refused', status: 405 },
      { provider: 'stripe', kind: 'payment', outcome: 'failed', status: 500 },
      { provider: 'stripe', kind: 'payment', outcome: 'failed', status: 500 },
    ])
    expect(claims.map(({ result }) => result)).toEqual([
      'new',
      'ended_done',
      'done',
      'new',
      'ended_failed',
      'threw',
    ])
  })

  it('is each question, with its attempts and the status of its answer', async () => {
    const questions = record('request')
    await createProvider().lookup(paidId)
    await createProvider()
      .find({ id: 'pi_nobodyhasthisid' })
      .catch(() => {})
    await createProvider(async () => new Response('{}', { status: 503 }))
      .lookupByReference('order-1')
      .catch(() => {})
    await createProvider()
      .lookup(paidId, { signal: AbortSignal.abort() })
      .catch(() => {})
    const range = { from: new Date(0), to: new Date() }
    for await (const _ of createProvider().list(range)) break
    for await (const _ of createProvider().list(range));
    expect(questions).toEqual([
      { provider: 'stripe', what: 'lookup', outcome: 'answered', attempts: expect.any(Number), status: 200 },
      { provider: 'stripe', what: 'lookup', outcome: 'not_found', attempts: 1, status: 404 },
      { provider: 'stripe', what: 'lookupByReference', outcome: 'unavailable', attempts: 1, status: 503 },
      { provider: 'stripe', what: 'lookup', outcome: 'aborted', attempts: 0 },
      { provider: 'stripe', what: 'list', outcome: 'left', attempts: expect.any(Number), status: 200 },
      { provider: 'stripe', what: 'list', outcome: 'answered', attempts: expect.any(Number), status: 200 },
    ])
  })

  it('is each result of advance, which is the same with and without listeners', async () => {
    const report = await createProvider().lookup(paidId)
    const older: PaymentReport = {
      ...report,
      observedAt: '2020-01-01T00:00:00.000Z',
      payment: { ...report.payment, status: 'processing' },
    }
    const unheard = [advance(undefined, report), advance(report, older)]
    const verdicts = record('advance')
    expect([advance(undefined, report), advance(report, older)]).toEqual(unheard)
    expect(verdicts).toEqual([
      { provider: 'stripe', outcome: 'applied', source: 'lookup', to: 'captured', recheck: false },
      {
        provider: 'stripe',
        outcome: 'stale',
        source: 'lookup',
        from: 'captured',
        to: 'processing',
        recheck: true,
      },
    ])
  })

  it('holds no id, no amount and nothing else of a payload', async () => {
    const stated = [record('delivery'), record('request'), record('advance'), record('claim')]
    const report = await createProvider().lookup(paidId)
    advance(undefined, report)
    await createWebhookHandler(createProvider(), { claims: memoryClaims(), onReports() {} })(
      await toRequest(),
    )
    const text = JSON.stringify(stated)
    expect(stated.every(({ length }) => length > 0)).toBe(true)
    for (const value of [
      paidId,
      report.payment.reference,
      report.payment.amount?.amount,
      report.payment.method?.last4,
    ])
      if (value !== undefined) expect(text).not.toContain(`${value}`)
  })

  it('ends when the listener is removed', async () => {
    const stated = record('request')
    for (const stop of stops.splice(0)) stop()
    await createProvider().lookup(paidId)
    expect(stated).toEqual([])
  })
})
