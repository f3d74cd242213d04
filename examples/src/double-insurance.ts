import {
  advance,
  isDecided,
  isPaymentError,
  type ListRange,
  type Money,
  memoryClaims,
  nextStep,
  type OrderTerms,
  type PaymentReport,
  type Payments,
  resolveAttempts,
} from 'payment-status'

/** One order, as the shop's own database has it. */
export interface Order {
  readonly reference: string
  readonly amount: Money
  readonly capture: OrderTerms['capture']
  /** Where the shopper was sent to pay. */
  readonly provider: string
  /** What is believed of each of its payments: a refused shopper tries again. */
  readonly believed: Map<string, PaymentReport>
  /** Which of them have to be looked up. It stays until a lookup answers: a question that failed is asked again. */
  readonly inDoubt: Set<string>
  isDelivered: boolean
  /** Why a person should look at it. */
  toInvestigate?: string
}

export interface InsuredShopOptions {
  deliver(order: Order): void
  /** Takes the held funds of an order with manual capture. */
  capture?(order: Order, report: PaymentReport): void
  onError?(error: unknown): void
}

const HOUR_IN_MILLISECONDS = 60 * 60 * 1000
/** A night that is run again, because somebody did not answer, asks only about what was not answered. */
const ASKED_AGAIN_AFTER = 12 * HOUR_IN_MILLISECONDS
/** What is decided is confirmed once a week: a refund's webhook can be lost as well. */
const CONFIRMED_AGAIN_AFTER = 7 * 24 * HOUR_IN_MILLISECONDS

/** A shop that hears of a payment twice: by webhook, and by asking for what never came. */
export function createInsuredShop(payments: Payments, options: InsuredShopOptions) {
  const { deliver, capture = () => {}, onError = (error) => console.error(error) } = options
  const orders = new Map<string, Order>()
  /** A dispute names a payment, not an order. */
  const orderOf = new Map<string, Order>()

  /**
   * The one way in for news, whatever its source. Resolves to what is believed now; rejects when a lookup it asks for fails,
   * and the doubt stays.
   */
  async function hear(report: PaymentReport): Promise<PaymentReport> {
    const key = keyOf(report.payment)
    const order = orders.get(report.payment.reference ?? '') ?? orderOf.get(key)
    if (!order) return report
    store(order, report)
    await lookUp(order)
    return order.believed.get(key) ?? report
  }

  /** In a real shop: one transaction, the order's row locked. */
  function store(order: Order, report: PaymentReport): void {
    const key = keyOf(report.payment)
    const news = advance(order.believed.get(key), report)
    order.believed.set(key, news.report)
    orderOf.set(key, order)
    if (report.source === 'lookup') order.inDoubt.delete(key)
    if (news.recheck) order.inDoubt.add(key)
    decide(order, news.report)
  }

  /** Follows from what is stored, not from what came: whatever was missed yesterday is done today. */
  function decide(order: Order, report: PaymentReport): void {
    const { reference, amount, believed, inDoubt } = order
    const step = nextStep(report, { expected: { amount, reference }, capture: order.capture })
    if (step.kind === 'look_up') inDoubt.add(keyOf(report.payment))
    if (step.kind === 'investigate') order.toInvestigate = step.why
    if (step.kind === 'capture') capture(order, report)
    if (resolveAttempts([...believed.values()]).paidTwice) order.toInvestigate = 'paid twice'
    if (step.kind === 'fulfill' && !order.isDelivered) {
      order.isDelivered = true
      deliver(order)
    }
  }

  async function lookUp(order: Order): Promise<void> {
    for (const key of [...order.inDoubt]) {
      const report = order.believed.get(key)
      if (report) store(order, await payments.lookup(report.payment))
    }
  }

  /** Asks about one order. By reference first: it finds the payment no webhook ever told of. */
  async function look(order: Order): Promise<void> {
    const { provider, reference, believed } = order
    const found = await payments.find({ provider, reference })
    for (const report of found) store(order, report)
    const answered = new Set(found.map(({ payment }) => keyOf(payment)))
    for (const [key, { payment }] of [...believed])
      if (!answered.has(key)) store(order, await payments.lookup(payment))
    await lookUp(order)
  }

  return {
    hear,

    /** Remembers an order before the shopper is sent away to pay it. */
    takeOrder(terms: {
      readonly reference: string
      readonly amount: Money
      readonly provider: string
      readonly capture?: OrderTerms['capture']
    }): Order {
      const order: Order = {
        capture: 'automatic',
        ...terms,
        believed: new Map(),
        inDoubt: new Set(),
        isDelivered: false,
      }
      orders.set(order.reference, order)
      return order
    },

    /** The first insurance: `POST /webhooks/<provider>`. A lookup that fails answers 503, and the webhook comes again. */
    webhooks: payments.webhookHandler({
      claims: memoryClaims(), // for one process; several need a store they share, as in docs/webhooks.md
      async onReports(reports) {
        for (const report of reports) await hear(report)
      },
      onDispute({ provider, key }) {
        const order = key && 'id' in key ? orderOf.get(keyOf({ provider, id: key.id })) : undefined
        if (order) order.toInvestigate = 'the payment is disputed'
      },
      onError,
    }),

    /**
     * The second: walks each provider's payments of a period, say the last two days, and asks about every order that no
     * lookup has confirmed for a while. Returns what nobody could tell about: run it again, until then nothing is decided.
     */
    async nightly({ from, to }: ListRange): Promise<readonly string[]> {
      const unanswered: string[] = []
      const ask = async (name: string, question: () => Promise<void>) =>
        question().catch((error: unknown) => {
          if (!isPaymentError(error)) throw error
          onError(error)
          unanswered.push(name)
        })
      for (const provider of new Set([...orders.values()].map(({ provider }) => provider))) {
        await ask(provider, async () => {
          for await (const report of payments.list({ provider, from, to })) await hear(report)
        })
      }
      for (const order of orders.values()) {
        if (!wasAsked(order)) await ask(order.reference, () => look(order))
      }
      return unanswered
    },
  }
}

function keyOf({ provider, id }: { readonly provider: string; readonly id: string }): string {
  return `${provider} ${id}`
}

function wasAsked({ believed, inDoubt }: Order): boolean {
  const isConfirmed = ({ payment, source, observedAt }: PaymentReport) =>
    source === 'lookup' &&
    Date.now() - Date.parse(observedAt) <
      (isDecided(payment.status) ? CONFIRMED_AGAIN_AFTER : ASKED_AGAIN_AFTER)
  return inDoubt.size === 0 && believed.size > 0 && [...believed.values()].every(isConfirmed)
}
