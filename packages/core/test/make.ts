import {
  type Difference,
  type OwnRecord,
  type Payment,
  type PaymentProvider,
  type PaymentReport,
  type PaymentStatus,
  type ReconcileSummary,
  reconcile,
  type WebhookEvent,
} from '@payment-status/core'

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

/** `captured@5`: a captured payment created five seconds past noon; without a time it states none. */
export function attempts(...words: readonly string[]): readonly PaymentReport[] {
  return words.map((word, index) => {
    const [status, created] = word.split('@')
    const times = created === undefined ? {} : { createdAt: at(Number(created)) }
    return lookup({ id: `pay_${index}`, status: status as PaymentStatus, ...times }, 100)
  })
}

/** Every order in which items can come. */
export const permutations = <Item>(items: readonly Item[]): Item[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))

export const listed = (parts: Partial<Payment>): PaymentReport => lookup(parts, 0, 'list')

export async function* toList<T>(rows: Iterable<T>, error?: Error): AsyncGenerator<T> {
  yield* rows
  if (error) throw error
}

interface Run {
  readonly found: readonly Difference[]
  readonly summary: ReconcileSummary
}

export async function runReconcile(
  theirs: AsyncIterable<PaymentReport>,
  ours: Iterable<OwnRecord> | AsyncIterable<OwnRecord>,
): Promise<Run> {
  const found: Difference[] = []
  const comparison = reconcile(theirs, ours)
  for (;;) {
    const next = await comparison.next()
    if (next.done) return { found, summary: next.value }
    found.push(next.value)
  }
}

/** In few words, sorted: `differs pay_1 status,amount`. */
export function inWords({ found }: Run): string[] {
  return found
    .map(({ kind, theirs, ours, fields }) =>
      [kind, theirs?.payment?.id ?? ours?.id ?? ours?.reference ?? '?', fields?.join() ?? '']
        .join(' ')
        .trim(),
    )
    .toSorted()
}
