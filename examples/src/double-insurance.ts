import {
  advance,
  type DisputeEvent,
  decideOrder,
  isDecided,
  isPaymentError,
  type ListRange,
  type Money,
  memoryClaims,
  type OrderTerms,
  type Payment,
  type PaymentReport,
  type Payments,
  paymentKey,
} from 'payment-status'

/** One order, as the shop's own database stores it. */
export interface Order {
  readonly reference: string
  readonly amount: Money
  readonly capture: OrderTerms['capture']
  /** Provider that the shopper was sent to. */
  readonly provider: string
  /** Recorded state of each of its payments, by `provider/id`. A declined shopper tries again. */
  readonly recorded: Map<string, PaymentReport>
  /** When each payment was looked up last, by `provider/id`. A list confirms less than a lookup. */
  readonly lookedUpAt: Map<string, number>
  /** Payments to look up. A key stays until a lookup has answered, so a failed request is repeated. */
  readonly rechecks: Set<string>
  /** The payment that the order was delivered for. */
  fulfilledBy?: string
  captureRequestedFor?: string
  /** Why an operator should look at it. */
  toInvestigate?: string
}

export interface InsuredShopOptions {
  deliver(order: Order): void
  /** Captures the held funds of an order with manual capture. */
  capture?(order: Order, report: PaymentReport): void
  onError?(error: unknown): void
}

const HOUR_IN_MILLISECONDS = 60 * 60 * 1000
/** A night that runs again, because a provider did not answer, asks only for what is still open. */
const POLLED_AGAIN_AFTER = 12 * HOUR_IN_MILLISECONDS
/** A settled payment is confirmed once a week: the webhook of a refund can be lost too. */
const CONFIRMED_AGAIN_AFTER = 7 * 24 * HOUR_IN_MILLISECONDS

/** Creates a shop that learns of every payment twice: by webhook, and by polling for those that never came. */
export function createInsuredShop(payments: Payments, options: InsuredShopOptions) {
  const { deliver, capture = () => {}, onError = (error) => console.error(error) } = options
  const orders = new Map<string, Order>()
  /** A dispute names a payment or one of its operations, and not the order. */
  const orderOf = new Map<string, Order>()

  /**
   * Stores a report, whatever its source, and acts on what the order then allows. Resolves to the recorded state. Rejects
   * when a lookup that it needs fails: the lookup is repeated later.
   */
  async function ingest(report: PaymentReport): Promise<PaymentReport> {
    const key = paymentKey(report.payment)
    const order = orders.get(report.payment.reference ?? '') ?? orderOf.get(key)
    if (!order) return report
    store(order, report)
    await recheck(order)
    return order.recorded.get(key) ?? report
  }

  /** In a real shop: one transaction, with the order's row locked. */
  function store(order: Order, incoming: PaymentReport | DisputeEvent, key = keyOf(incoming)): void {
    const advanced = advance(order.recorded.get(key), incoming)
    order.recorded.set(key, advanced.report)
    const { provider, operations = [] } = advanced.report.payment
    for (const id of operations.map((operation) => operation.id))
      orderOf.set(paymentKey({ provider, id }), order)
    orderOf.set(key, order)
    if ('source' in incoming && incoming.source === 'lookup') {
      order.rechecks.delete(key)
      order.lookedUpAt.set(key, Date.parse(incoming.observedAt))
    }
    if (advanced.recheck) order.rechecks.add(key)
    act(order)
  }

  /** Acts on what is stored, not on what came in: a step that was missed yesterday is taken today. */
  function act(order: Order): void {
    const { reference, amount, recorded, rechecks, fulfilledBy, captureRequestedFor } = order
    const terms = { expected: { amount, reference }, capture: order.capture }
    const all = [...recorded.values()]
    const { step, payment } = decideOrder({ terms, payments: all, fulfilledBy, captureRequestedFor })
    if (step.kind === 'investigate') order.toInvestigate = step.why
    if (!payment) return
    const key = paymentKey(payment.payment)
    if (step.kind === 'look_up') rechecks.add(key)
    if (step.kind === 'capture') {
      order.captureRequestedFor = key
      capture(order, payment)
    }
    if (step.kind === 'fulfill') {
      order.fulfilledBy = key
      deliver(order)
    }
  }

  async function recheck(order: Order): Promise<void> {
    for (const key of [...order.rechecks]) {
      const report = order.recorded.get(key)
      if (report) store(order, await payments.lookup(report.payment))
    }
  }

  /**
   * Polls one order. By reference first, where the provider can be asked so: that finds the payment whose webhook never
   * came. Elsewhere the answer to the create call is what makes a payment known.
   */
  async function poll(order: Order): Promise<void> {
    const { provider, reference, recorded } = order
    const isAsked = payments.provider(provider).answers?.byReference !== 'none'
    const found = isAsked ? await payments.find({ provider, reference }) : []
    for (const report of found) store(order, report)
    const answered = new Set(found.map(({ payment }) => paymentKey(payment)))
    for (const [key, { payment }] of [...recorded])
      if (!answered.has(key)) store(order, await payments.lookup(payment))
    await recheck(order)
  }

  /** Stores a dispute with its payment. Where its key names neither an order nor a known payment, a lookup finds them. */
  async function ingestDispute(event: DisputeEvent): Promise<void> {
    const { provider, key, dispute } = event
    if (!key) return
    const ids = 'id' in key ? [key.id, ...(key.operations ?? []).map(({ id }) => id)] : []
    const known = ids.flatMap((id) => orderOf.get(paymentKey({ provider, id })) ?? [])[0]
    const isOf = ({ payment }: PaymentReport) =>
      'reference' in key || ids.includes(payment.id) || payment.operations?.some(({ id }) => ids.includes(id))
    const find = () => [...(known?.recorded.values() ?? [])].find(isOf)
    const report = find() ?? (await payments.find({ provider, ...key }))[0]
    if (!report) return
    await ingest(report)
    const order = known ?? orders.get(report.payment.reference ?? '')
    if (!order) return
    store(order, event, paymentKey(report.payment))
    // Once delivered, a dispute changes nothing that the shop does by itself: an operator answers it.
    order.toInvestigate =
      dispute.proven === false
        ? 'a dispute names this payment in unsigned fields: check it'
        : 'the payment is disputed'
  }

  return {
    ingest,

    /** Records an order before the shopper is sent away to pay it. */
    takeOrder(terms: {
      readonly reference: string
      readonly amount: Money
      readonly provider: string
      readonly capture?: OrderTerms['capture']
    }): Order {
      const order: Order = {
        capture: 'automatic',
        ...terms,
        recorded: new Map(),
        lookedUpAt: new Map(),
        rechecks: new Set(),
      }
      orders.set(order.reference, order)
      return order
    },

    /** The first insurance: `POST /webhooks/<provider>`. A failed lookup answers 503, and the webhook comes again. */
    webhooks: payments.webhookHandler({
      claims: memoryClaims(), // for one process; several need a shared store, as in docs/webhooks.md
      async onReports(reports) {
        for (const report of reports) await ingest(report)
      },
      onDispute: ingestDispute,
      onError,
    }),

    /**
     * The second insurance: lists each provider's payments of a period, say the last two days, and polls every order that
     * no lookup has confirmed for a while. Returns what could not be answered: run it again, until then nothing is decided.
     */
    async nightly({ from, to }: ListRange): Promise<readonly string[]> {
      const unanswered: string[] = []
      const attempt = async (name: string, request: () => Promise<void>) =>
        request().catch((error: unknown) => {
          if (!isPaymentError(error)) throw error
          onError(error)
          unanswered.push(name)
        })
      for (const provider of new Set([...orders.values()].map(({ provider }) => provider))) {
        await attempt(provider, async () => {
          for await (const report of payments.list({ provider, from, to })) await ingest(report)
        })
      }
      for (const order of orders.values()) {
        if (!isConfirmed(order)) await attempt(order.reference, () => poll(order))
      }
      return unanswered
    },
  }
}

function keyOf(incoming: PaymentReport | DisputeEvent): string {
  return 'payment' in incoming ? paymentKey(incoming.payment) : ''
}

function isConfirmed({ recorded, lookedUpAt, rechecks }: Order): boolean {
  const isRecent = ([key, { payment }]: [string, PaymentReport]) =>
    Date.now() - (lookedUpAt.get(key) ?? 0) <
    (isSettled(payment) ? CONFIRMED_AGAIN_AFTER : POLLED_AGAIN_AFTER)
  return rechecks.size === 0 && recorded.size > 0 && [...recorded].every(isRecent)
}

/** A provider may list a refund on the day it began, and never again. */
function isSettled({ status, operations = [] }: Payment): boolean {
  return isDecided(status) && operations.every((operation) => operation.status !== 'pending')
}
