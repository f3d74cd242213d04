import { PaymentError, type PaymentProvider, type PaymentReport, type PaymentStatus } from 'payment-status'

export function report(provider: string, id: string, status: PaymentStatus): PaymentReport {
  return {
    evidence: 'report',
    source: 'lookup',
    payment: { provider, id, status, reference: 'order-1', facts: {} },
    observedAt: '2026-11-20T12:00:00.000Z',
  }
}

export const unavailable = (provider: string) =>
  new PaymentError({ code: 'unavailable', provider, message: 'no answer' })

/** A provider that knows these payments, all of order-1. */
export function makeProvider<const Name extends string>(
  name: Name,
  reports: readonly PaymentReport[] = [],
  sources: Partial<PaymentProvider> = {},
): PaymentProvider<Name> {
  const lookupByReference: PaymentProvider['lookupByReference'] = async () => reports
  const lookup: PaymentProvider['lookup'] = async (id) => {
    const found = reports.find(({ payment }) => payment.id === id)
    if (found) return found
    throw new PaymentError({ code: 'not_found', provider: name, message: 'none' })
  }
  return {
    readClientResult: () => ({ evidence: 'hint', provider: name, source: 'client' }),
    readReturn: (url) => ({
      evidence: 'hint',
      provider: name,
      source: 'return_url',
      key: { id: String(url) },
    }),
    readResponse: async () => report(name, 'pay_1', 'open'),
    readWebhook: async () => ({
      provider: name,
      id: 'evt_1',
      type: 'test',
      reply: { status: 200, body: name, contentType: 'text/plain' },
      kind: 'unrelated',
    }),
    lookup,
    lookupByReference,
    find: async (key, options) =>
      'id' in key ? [await lookup(key.id, options)] : lookupByReference(key.reference, options),
    async *list() {},
    ...sources,
    name,
  }
}
