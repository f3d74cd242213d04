import {
  advance,
  createPayments,
  isPaymentError,
  type Money,
  memoryClaims,
  nextStep,
  type PaymentProvider,
  type PaymentReport,
  type ReportStep,
  resolveAttempts,
  waitForOutcome,
} from 'payment-status'

/** What the shop knows of one order. A real shop keeps this in its database. */
export interface Order {
  readonly reference: string
  readonly amount: Money
  readonly capture: 'automatic' | 'manual'
  /** What is believed of each payment of the order, by provider and id. */
  readonly believed: Map<string, PaymentReport>
  /** What the last news of a payment said to do. */
  readonly steps: Map<string, ReportStep['kind']>
  shipped: boolean
  paidTwice: boolean
  hasDispute: boolean
}

/** Hears what the shop comes to believe. */
export type OnBelief = (report: PaymentReport, order: Order) => void

/**
 * A shop that does everything the way the docs say, with the public API alone: it believes only reports, guards them
 * with `advance`, lets `nextStep` say what to do, takes webhooks and asks again for what never came.
 */
export function createShop(
  providers: readonly PaymentProvider[],
  {
    onBelief = () => {},
    patienceMs = 20_000,
  }: { readonly onBelief?: OnBelief; readonly patienceMs?: number } = {},
) {
  const payments = createPayments(providers)
  const orders = new Map<string, Order>()
  /** Which order a payment belongs to: a webhook of a dispute names no reference. */
  const orderOf = new Map<string, Order>()
  const toRecheck = new Map<string, PaymentReport['payment']>()
  const errors: unknown[] = []

  function accept(report: PaymentReport): void {
    const { payment } = report
    const key = keyOf(payment)
    const order = orderOf.get(key) ?? orders.get(payment.reference ?? '')
    if (!order) return
    orderOf.set(key, order)
    const advanced = advance(order.believed.get(key), report)
    order.believed.set(key, advanced.report)
    if (report.source === 'lookup') toRecheck.delete(key)
    if (advanced.recheck) toRecheck.set(key, advanced.report.payment)
    onBelief(advanced.report, order)
    act(order, advanced.report)
  }

  function act(order: Order, report: PaymentReport): void {
    const step = nextStep(report, {
      expected: { amount: order.amount, reference: order.reference },
      capture: order.capture,
    })
    order.steps.set(keyOf(report.payment), step.kind)
    if (step.kind === 'look_up') toRecheck.set(keyOf(report.payment), report.payment)
    if (step.kind === 'fulfill') order.shipped = true
    order.paidTwice = resolveAttempts([...order.believed.values()]).paidTwice
  }

  /** Asks about payments until each has been answered, or the tries are spent: a night is long. */
  async function recheck(handles: Iterable<PaymentReport['payment']>, tries = 12): Promise<number> {
    let unanswered = 0
    for (const handle of handles) {
      const report = await ask(() => payments.lookup(handle), tries)
      if (report) accept(report)
      else unanswered++
    }
    return unanswered
  }

  async function ask<Answer>(question: () => Promise<Answer>, tries: number): Promise<Answer | undefined> {
    for (let attempt = 1; attempt <= tries; attempt++) {
      try {
        return await question()
      } catch (error) {
        if (!isPaymentError(error)) throw error
        errors.push(error)
      }
    }
    return undefined
  }

  return {
    payments,
    orders,
    errors,

    /** Takes an order, before it is sent to a provider. */
    takeOrder(reference: string, amount: Money, capture: Order['capture'] = 'automatic'): Order {
      const order: Order = {
        reference,
        amount,
        capture,
        believed: new Map(),
        steps: new Map(),
        shipped: false,
        paidTwice: false,
        hasDispute: false,
      }
      orders.set(reference, order)
      return order
    },

    /** The provider's create call answered. */
    async hearResponse(provider: string, body: unknown, sent?: unknown): Promise<void> {
      accept(await payments.provider(provider).readResponse(body, sent))
    },

    /** The shopper is back. The URL proves nothing: it only says what to look up. */
    async hearReturn(provider: string, url: string): Promise<void> {
      const step = nextStep(payments.readReturn(provider, url))
      if (step.kind !== 'look_up' || !step.key) return
      const { key } = step
      const looked = waitForOutcome((signal) => payments.find({ provider, ...key }, { signal }), {
        until: (reports) => reports.length > 0,
        schedule: [1, 1], // a real page waits for seconds: pollSchedules.card
        signal: AbortSignal.timeout(patienceMs), // nobody looks at a spinner for ever
      }).catch((error: unknown) => void errors.push(error))
      for (const report of (await looked)?.value ?? []) accept(report)
    },

    /** Where webhooks arrive: `POST /webhooks/<provider>`. */
    webhooks: payments.webhookHandler({
      claims: memoryClaims(),
      onReports: (reports) => reports.forEach(accept),
      onDispute({ provider, key }) {
        const order = key && 'id' in key ? orderOf.get(keyOf({ provider, id: key.id })) : undefined
        if (order) order.hasDispute = true
      },
      onError: (error) => errors.push(error),
    }),

    /** The other half of double insurance: asks again for what was in doubt, and for whatever is not settled. */
    async nightly(which: (order: Order) => boolean = () => true): Promise<number> {
      const doubtful = [...toRecheck.values()]
      toRecheck.clear()
      const known = [...orders.values()]
        .filter(which)
        .flatMap(({ believed }) => [...believed.values()].map(({ payment }) => payment))
      return (await recheck(doubtful)) + (await recheck(known))
    },

    /** Asks every provider what there is of an order: finds payments no news ever came of. */
    async reconcile(order: Order): Promise<boolean> {
      const standing = await ask(async () => {
        const reports: PaymentReport[] = []
        for (const { name } of providers) {
          reports.push(...(await payments.find({ provider: name, reference: order.reference })))
        }
        return reports
      }, 12)
      standing?.forEach(accept)
      return standing !== undefined
    },
  }
}

export type Shop = ReturnType<typeof createShop>

function keyOf({ provider, id }: { readonly provider: string; readonly id: string }): string {
  return `${provider} ${id}`
}
