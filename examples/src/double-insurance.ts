import {
  advance,
  isDecided,
  isPaymentError,
  type Money,
  memoryClaims,
  nextStep,
  type PaymentReport,
  type Payments,
  type ReportStep,
} from 'payment-status'

/** One order, as the shop's own database has it. */
export interface Order {
  readonly reference: string
  readonly amount: Money
  /** Where the shopper was sent to pay. */
  readonly provider: string
  /** What is believed of each of its payments: a refused shopper tries again. */
  readonly believed: Map<string, PaymentReport>
  isDelivered: boolean
}

/** A shop that hears of a payment twice: by webhook, and by asking at night for what never came. */
export function createInsuredShop(payments: Payments, deliver: (order: Order) => void) {
  const orders = new Map<string, Order>()

  /** The one way in for news, whatever door it came through. In a real shop: one transaction, the order's row locked. */
  async function hear(report: PaymentReport): Promise<void> {
    const { provider, id, reference = '' } = report.payment
    const order = orders.get(reference)
    if (!order) return
    const key = `${provider} ${id}`
    const news = advance(order.believed.get(key), report)
    let step: ReportStep | undefined
    if ('report' in news) {
      order.believed.set(key, news.report)
      step = act(order, news.report)
    }
    // A webhook may contradict what is known, or leave out the amount; a lookup tells all there is. If it fails, the
    // endpoint answers 503 and the webhook comes again.
    const isInDoubt = news.recheck || step?.kind === 'investigate'
    if (isInDoubt && report.source === 'webhook') await hear(await payments.lookup({ provider, id }))
  }

  function act(order: Order, report: PaymentReport): ReportStep {
    const { reference, amount } = order
    const step = nextStep(report, { expected: { amount, reference }, capture: 'automatic' })
    if (step.kind === 'fulfill' && !order.isDelivered) {
      order.isDelivered = true
      deliver(order)
    }
    return step
  }

  return {
    hear,

    /** Remembers an order before the shopper is sent away to pay it. */
    takeOrder(order: Pick<Order, 'reference' | 'amount' | 'provider'>): void {
      orders.set(order.reference, { ...order, believed: new Map(), isDelivered: false })
    },

    /** The first insurance: `POST /webhooks/<provider>`. */
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

function isSettled({ believed }: Order): boolean {
  return believed.size > 0 && [...believed.values()].every(({ payment }) => isDecided(payment.status))
}
