import type { Payment, PaymentProvider, PaymentReport, WebhookEvent } from '@payment-status/core'

/** A payment of 10.00 EUR for order-1, of which nothing is known but what is given. */
export function makePayment(parts: Partial<Payment> = {}): Payment {
  return {
    provider: 'test-pay',
    id: 'pay_1',
    reference: 'order-1',
    status: 'captured',
    amount: { amount: 1000, currency: 'EUR' },
    facts: {},
    ...parts,
  }
}

/** The clock of these tests: so many seconds past noon. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 20, 12) + seconds * 1000).toISOString()
}

export function webhook(
  parts: Partial<Payment>,
  occurred: number | undefined,
  observed = occurred ?? 0,
): PaymentReport {
  return {
    evidence: 'report',
    source: 'webhook',
    payment: makePayment(parts),
    ...(occurred === undefined ? {} : { occurredAt: at(occurred) }),
    observedAt: at(observed),
  }
}

export function lookup(
  parts: Partial<Payment>,
  sent: number,
  source: 'lookup' | 'list' = 'lookup',
): PaymentReport {
  return { evidence: 'report', source, payment: makePayment(parts), observedAt: at(sent) }
}

/** The parts of an event that hold for every kind of it. */
export const eventBase = {
  provider: 'test-pay',
  id: 'evt_1',
  type: 'something.happened',
  reply: { status: 200, body: 'evt_1', contentType: 'text/plain' },
} as const satisfies Partial<WebhookEvent>

/** A provider that refuses every question that is not answered in `sources`. */
export function makeProvider(sources: Partial<PaymentProvider> = {}): PaymentProvider<'test-pay'> {
  const closed = (): never => {
    throw new Error('this test does not expect that question')
  }
  return {
    readClientResult: closed,
    readReturn: closed,
    readResponse: async () => closed(),
    readWebhook: async () => closed(),
    lookup: async () => closed(),
    lookupByReference: async () => closed(),
    find: async () => closed(),
    list: closed,
    ...sources,
    name: 'test-pay',
  }
}
