import {
  advance,
  isDecided,
  isPaymentError,
  type Money,
  memoryClaims,
  nextStep,
  type PaymentReport,
  type Payments,
} from 'payment-status'

/** One order, as the shop's own database has it. */
export interface Order {
  readonly reference: string
  readonly amount: Money
  /** Where the shopper was sent to pay. */
  readonly provider: string
  /** What is believed of each of its payments: a refused shopper tries again. */
  readonly believed: Map<string, PaymentReport>
  /** Which of them have to be looked up. It stays until a lookup answers: a question that failed is asked again. */
  readonly inDoubt: Set<string>
  isDelivered: boolean
}

/** A shop that hears of a payment twice: by webhook, and by asking for what never came. */
export function createInsuredShop(payments: Payments, deliver: (order: Order) => void) {
  const orders = new Map<string, Order>()

  /** The one way in for news, whatever its source. Rejects when a lookup it asks for fails; the doubt stays. */
  async function hear(report: PaymentReport): Promise<void> {
    const order = orders.get(report.payment.reference ?? '')
    if (!order) return
    store(order, report)
    for (const key of [...order.inDoubt]) {
      const believed = order.believed.get(key)
      if (believed) store(order, await payments.lookup(believed.payment))
    }
  }

  /** In a real shop: one transaction, the order's row locked. */
  function store(order: Order, report: PaymentReport): void {
    const key = `${report.payment.provider} ${report.payment.id}`
    const news = advance(order.believed.get(key), report)
    order.believed.set(key, news.report)
    if (report.source === 'lookup') order.inDoubt.delete(key)
    if (news.recheck) order.inDoubt.add(key)
    decide(order, key)
  }

  /** Follows from what is stored, not from what came: whatever was missed yesterday is done today. */
  function decide(order: Order, key: string): void {
    const { reference, amount, believed, inDoubt } = order
    const report = believed.get(key)
    if (!report) return
    const step = nextStep(report, { expected: { amount, reference }, capture: 'automatic' })
    if (step.kind === 'look_up') inDoubt.add(key)
    if (step.kind === 'fulfill' && !order.isDelivered) {
      order.isDelivered = true
      deliver(order)
    }
  }

  return {
    hear,

    /** Remembers an order before the shopper is sent away to pay it. */
    takeOrder(order: Pick<Order, 'reference' | 'amount' | 'provider'>): void {
      orders.set(order.reference, { ...order, believed: new Map(), inDoubt: new Set(), isDelivered: false })
    },

    /** The first insurance: `POST /webhooks/<provider>`. A lookup that fails answers 503, and the webhook comes again. */
    webhooks: payments.webhookHandler({
      claims: memoryClaims(), // for one process; several need a store they share, as in docs/webhooks.md
      async onReports(reports) {
        for (const report of reports) await hear(report)
      },
      onError: (error) => console.error(error),
    }),

    /** The second: asks about every order whose story has not ended. Returns those that nobody could tell about. */
    async nightly(): Promise<readonly string[]> {
      const unanswered: string[] = []
      for (const order of orders.values()) {
        if (isSettled(order)) continue
        const { provider, reference } = order
        try {
          // By reference, not by the ids that are known: it finds the payment no webhook ever told of.
          for (const report of await payments.find({ provider, reference })) await hear(report)
        } catch (error) {
          if (!isPaymentError(error)) throw error
          unanswered.push(reference) // tomorrow again; until then nothing is decided
        }
      }
      return unanswered
    },
  }
}

function isSettled({ believed, inDoubt }: Order): boolean {
  return (
    inDoubt.size === 0 &&
    believed.size > 0 &&
    [...believed.values()].every(({ payment }) => isDecided(payment.status))
  )
}
