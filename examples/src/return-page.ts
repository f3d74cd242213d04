import {
  isPaymentError,
  type LookupKey,
  type Money,
  type NextStep,
  nextStep,
  type OrderStatus,
  type OrderTerms,
  outcomeOf,
  type PaymentReport,
  type Payments,
  type PollSchedule,
  pollSchedules,
  resolveAttempts,
  waitForOutcome,
} from 'payment-status'

/** The order of the shopper who is back: from your session and your records, never from the URL. */
export interface ReturningOrder {
  readonly provider: string
  readonly reference: string
  readonly amount: Money
  readonly capture: OrderTerms['capture']
}

export interface ReturnPageOptions {
  orderOf(request: Request): ReturningOrder | undefined
  /** Records a report and resolves to the recorded state: see double-insurance.ts. */
  ingest(report: PaymentReport): Promise<PaymentReport>
  /** When the page polls: by default four more times, in ten seconds. */
  readonly schedule?: PollSchedule
}

/** Creates the page a provider sends the shopper back to. The URL only says what to look up, because anyone can type one. */
export function createReturnPage(
  payments: Payments,
  { orderOf, ingest, schedule = pollSchedules.card.slice(0, 4) }: ReturnPageOptions,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const order = orderOf(request)
    if (!order) return show('We know of no order of yours.', 404)
    const key = readKey(payments, order, request.url)
    try {
      const { value: orderStatus } = await waitForOutcome(
        async (signal) => {
          const recorded: PaymentReport[] = []
          for (const report of await find(payments, { ...key, provider: order.provider }, signal))
            recorded.push(await ingest(report))
          return resolveAttempts(recorded)
        },
        { until: hasOutcome, schedule, signal: request.signal },
      )
      if (!orderStatus.deciding) return show(toText({ kind: 'wait', poll: true }))
      // The payment of another shopper has another reference: then this is `investigate`.
      const { reference, amount, capture } = order
      return show(toText(nextStep(orderStatus.deciding, { expected: { reference, amount }, capture })))
    } catch (error) {
      if (!isPaymentError(error)) throw error
      return show(toText({ kind: 'wait', poll: true })) // not known yet, which is not "declined"
    }
  }
}

/** Returns the key that the URL names, or the order's own reference. */
function readKey(payments: Payments, { provider, reference }: ReturningOrder, url: string): LookupKey {
  try {
    const step = nextStep(payments.readReturn(provider, url))
    if (step.kind === 'look_up' && step.key) return step.key
  } catch (error) {
    if (!isPaymentError(error)) throw error
  }
  return { reference }
}

/** `not_found` is not an answer yet: a query API can lag behind, and an id may be invented. */
async function find(
  payments: Payments,
  handle: { readonly provider: string } & LookupKey,
  signal: AbortSignal,
): Promise<readonly PaymentReport[]> {
  return payments.find(handle, { signal }).catch((error: unknown) => {
    if (isPaymentError(error) && error.code === 'not_found') return []
    throw error
  })
}

function hasOutcome({ deciding }: OrderStatus): boolean {
  if (!deciding) return false
  return outcomeOf(deciding.payment.status) !== 'undecided' || deciding.payment.decline !== undefined
}

function toText(step: NextStep): string {
  switch (step.kind) {
    case 'fulfill':
    case 'none':
      return 'Thank you. Your order is paid.'
    case 'capture':
      return 'Thank you. The amount is reserved, and is taken when we send your order.'
    case 'wait':
    case 'complete':
      return 'Thank you. Your bank has not answered yet: we will write to you as soon as it has.'
    case 'send_shopper':
      return `Your bank would like you to confirm the payment: ${step.url}`
    case 'show_shopper':
      return 'One more step: please follow what the payment form shows.'
    case 'ask_again':
      return step.decline?.retry === 'same_method'
        ? 'The payment was declined. Please try again.'
        : 'The payment was declined. Please try another card or method.'
    case 'stop':
      return 'This payment was ended, and your order is not on its way.'
    case 'look_up':
    case 'investigate':
      return 'We are looking into your payment, and will write to you.'
  }
}

function show(text: string, status = 200): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
