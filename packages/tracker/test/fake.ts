import {
  type LookupKey,
  type Payment,
  PaymentError,
  type PaymentProvider,
  type PaymentReport,
  type PaymentStatus,
  type WebhookEvent,
} from '@payment-status/core'

export interface FakeProvider extends PaymentProvider {
  /** Payments that the provider has. */
  readonly payments: Map<string, Payment>
  /** Questions it was asked, as ids and references. */
  readonly asked: string[]
  /** Error of every lookup, while set. */
  fault: PaymentError | undefined
  set(id: string, status: PaymentStatus, more?: Partial<Payment>): Payment
  /** A report of what it knows, from a source of yours. */
  report(id: string, source?: PaymentReport['source'], more?: Partial<PaymentReport>): PaymentReport
  webhook(id: string, more?: Partial<PaymentReport>): WebhookEvent
  recheck(key: LookupKey): WebhookEvent
  /** A webhook as it comes over the network. */
  request(event: WebhookEvent): Request
}

export const EUR = (amount: number) => ({ amount, currency: 'EUR' })

let events = 0

/** A provider in memory, whose webhooks are signed with the word `sealed`. */
export function createFake(name = 'fake', createdAt?: string): FakeProvider {
  const payments = new Map<string, Payment>()
  const asked: string[] = []
  const answer = (payment: Payment, source: PaymentReport['source'] = 'lookup'): PaymentReport => ({
    evidence: 'report',
    source,
    payment,
    observedAt: new Date().toISOString(),
  })
  const reply = { status: 200, body: 'ok', contentType: 'text/plain' }
  const fake: FakeProvider = {
    name,
    payments,
    asked,
    fault: undefined,
    set(id, status, more = {}) {
      const payment: Payment = {
        provider: name,
        id,
        reference: `ref-${id}`,
        status,
        amount: EUR(1000),
        ...(status === 'captured' ? { captured: 1000 } : {}),
        ...(status === 'authorized' ? { authorized: 1000 } : {}),
        createdAt: payments.get(id)?.createdAt ?? createdAt ?? new Date().toISOString(),
        facts: { status },
        ...more,
      }
      payments.set(id, payment)
      return payment
    },
    report(id, source = 'webhook', more = {}) {
      const payment = payments.get(id)
      if (!payment) throw new Error('the fake knows no such payment')
      const occurredAt = source === 'webhook' ? { occurredAt: new Date().toISOString() } : {}
      return { ...answer(payment, source), ...occurredAt, ...more }
    },
    webhook: (id, more) => ({
      provider: name,
      id: `event-${++events}`,
      type: 'payment.changed',
      reply,
      kind: 'payment',
      report: fake.report(id, 'webhook', more),
    }),
    recheck: (key) => ({
      provider: name,
      id: `event-${++events}`,
      type: 'payment.rang',
      reply,
      kind: 'recheck',
      key,
      why: 'something happened',
    }),
    request: (event) =>
      new Request(`https://shop.example/webhooks/${name}`, {
        method: 'POST',
        headers: { seal: 'sealed' },
        body: JSON.stringify(event),
      }),
    readClientResult: () => ({ evidence: 'hint', provider: name, source: 'client' }),
    readReturn(url) {
      const id = new URL(url).searchParams.get('payment')
      return { evidence: 'hint', provider: name, source: 'return_url', ...(id ? { key: { id } } : {}) }
    },
    async readResponse(body) {
      return answer(body as Payment, 'response')
    },
    async readWebhook({ rawBody, headers }) {
      if (new Headers(headers as Headers).get('seal') !== 'sealed')
        throw new PaymentError({ code: 'invalid_signature', provider: name, message: 'no seal' })
      const text = typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody)
      return JSON.parse(text) as WebhookEvent
    },
    async lookup(id) {
      asked.push(id)
      const observedAt = new Date().toISOString()
      await Promise.resolve()
      if (fake.fault) throw fake.fault
      const payment = payments.get(id)
      if (!payment) throw new PaymentError({ code: 'not_found', provider: name, message: 'no such payment' })
      return { ...answer(payment), observedAt }
    },
    async lookupByReference(reference) {
      asked.push(reference)
      if (fake.fault) throw fake.fault
      return [...payments.values()]
        .filter((payment) => payment.reference === reference)
        .map((one) => answer(one))
    },
    async find(key) {
      return 'id' in key ? [await fake.lookup(key.id)] : fake.lookupByReference(key.reference)
    },
    async *list({ from, to }) {
      for (const payment of payments.values()) {
        const createdAt = Date.parse(payment.createdAt ?? '')
        if (createdAt >= from.getTime() && createdAt < to.getTime()) yield answer(payment, 'list')
      }
    },
  }
  return fake
}
