import type { PaymentReport, PaymentStatus, Payments } from 'payment-status'

/** In these nothing is taken, held or on its way. */
const freeToPay: readonly PaymentStatus[] = ['open', 'requires_action', 'canceled', 'expired', 'failed']

/**
 * May the shopper be offered another provider? Not while money is taken, held or on its way, and not on half an answer.
 * After a yes the first payment can still be paid: a shopper goes back to a page that is open in another tab. So ask
 * `settle` until the first one has ended, and cancel it at its provider if you can.
 */
export async function maySwitch(payments: Payments, reference: string): Promise<boolean> {
  const { status } = await payments.orderStatus(reference) // `unknown` while a provider cannot be reached
  return freeToPay.includes(status)
}

/** How an order came out over all providers. */
export interface Settlement {
  /** The payment the order is paid with. */
  readonly keep?: PaymentReport
  /** Those it was paid with as well: refund them at their providers. */
  readonly giveBack: readonly PaymentReport[]
  /** A provider could not be reached, so there may be more. */
  readonly askAgain: boolean
}

/** Finds out how an order was paid, and whether more than once. */
export async function settle(payments: Payments, reference: string): Promise<Settlement> {
  const { paid, paidTwice, unreachable } = await payments.orderStatus(reference)
  const keep = paid.at(-1) // newest first: later payments are refunded
  return {
    ...(keep ? { keep } : {}),
    giveBack: paidTwice ? paid.slice(0, -1) : [],
    askAgain: unreachable.length > 0,
  }
}
