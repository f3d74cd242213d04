import { match } from 'ts-pattern'
import type { PaymentReport } from '../model/evidence.ts'
import type { Payment, PaymentOperation, ShopperAction } from '../model/payment.ts'
import { outcomeOf } from '../model/status.ts'
import { checkAmount } from './amount.ts'
import { blocksDelivery, disputesOf } from './dispute.ts'
import type { NextStep, ShopperStep } from './next-step.ts'
import type { OrderTerms } from './terms.ts'
import { toTime } from './time.ts'

/** Returns the step that one payment allows against the order's terms; `now` in milliseconds since 1970. */
export function stepOfPayment(report: PaymentReport, terms: OrderTerms, now: number): NextStep {
  const { payment, source } = report
  const { action, decline } = payment
  const poll = !terms.webhookOnly
  // What a lookup did not state, a lookup may still state: it comes before a person does.
  const unclear = (why: string): NextStep => (source === 'lookup' ? investigate(why) : { kind: 'look_up' })
  const certain = (step: NextStep): NextStep => {
    const gap = findGap(payment, terms)
    return gap ? unclear(gap) : step
  }
  const blocker = findBlocker(payment)
  if (blocker) return investigate(blocker)
  const difference = findDifference(payment, terms)
  if (difference) return unclear(difference)
  return match(payment.status)
    .returnType<NextStep>()
    .with('open', () =>
      decline ? { kind: 'ask_again', newPayment: false, decline } : { kind: 'wait', poll },
    )
    .with('requires_action', () => (action ? stepOfAction(action) : { kind: 'wait', poll: true }))
    .with('processing', () =>
      payment.awaits === 'merchant' ? certainToComplete(payment, terms, unclear) : { kind: 'wait', poll },
    )
    .with('authorized', () => {
      const hold = checkHold(report, now)
      if (hold === 'expired' && terms.capture === 'manual')
        return unclear('the hold has expired. Do not capture it')
      if (hold === 'may_have_expired') return { kind: 'look_up' }
      const capture = lastCapture(payment)?.status
      if (capture === 'failed') return investigate('a capture was declined')
      if (terms.capture === 'automatic' || capture === 'pending') return { kind: 'wait', poll }
      return isBeingVoided(payment) ? investigate('a void is pending') : certain({ kind: 'capture' })
    })
    .with('captured', () => certain({ kind: 'fulfill' }))
    .with('partially_captured', () => {
      if (payment.captured !== 0 && checkAmount(payment, terms.expected.amount) === 'matches')
        return certain({ kind: 'fulfill' })
      if (payment.operations?.some(({ kind, status }) => kind === 'capture' && status === 'failed'))
        return investigate('a capture was declined')
      return hasMoreToCapture(payment)
        ? { kind: 'wait', poll }
        : unclear('only part of the money is captured')
    })
    .with('partially_refunded', () => unclear('part of the money was refunded'))
    .with('unknown', () => unclear('the provider states something this library has no meaning for'))
    .with('verified', () =>
      terms.expected.amount.amount === 0
        ? certain({ kind: 'fulfill' })
        : unclear('a card was verified, no money was captured'),
    )
    .with('failed', () => ({ kind: 'ask_again', newPayment: true, ...(decline ? { decline } : {}) }))
    .with('canceled', 'expired', 'refunded', () => ({ kind: 'stop' }))
    .exhaustive()
}

/** Returns why a person has to look before anything is captured or delivered, whatever the amounts say. */
export function findBlocker(payment: Payment): string | undefined {
  // Whatever is recorded: a payment that counts as failed may hold the money.
  if (payment.conflict)
    return 'a lookup contradicted the recorded state. Compare the payment with the provider’s dashboard'
  const outcome = outcomeOf(payment.status)
  const isToBeTaken = payment.awaits === 'merchant'
  if (outcome === 'returned') return findUnfinishedReturn(payment)
  if (!['held', 'paid', 'verified'].includes(outcome) && !isToBeTaken) return undefined
  if (disputesOf(payment).some(blocksDelivery)) return 'the payment is disputed'
  const refund = findOpenRefund(payment)
  if (refund) return refund
  return payment.review === 'open' ? 'the provider is reviewing the payment' : undefined
}

/** Returns why the refunds are not the last word on the money. */
function findOpenRefund({ operations = [] }: Payment): string | undefined {
  const refunds = operations.filter(({ kind }) => kind === 'refund')
  if (refunds.some(({ status }) => status === 'pending')) return 'a refund is pending'
  if (refunds.some(({ status }) => status === 'failed')) return 'a refund failed'
  if (refunds.some(({ status }) => status === 'unknown')) return 'the result of a refund is not known'
  return undefined
}

/**
 * Returns why a refunded payment may still hold money: a refund is open or failed, and those that succeeded do not add up to
 * what was captured. A provider may count a refund before its bank has accepted it.
 */
export function findUnfinishedReturn(payment: Payment): string | undefined {
  const { captured, operations = [] } = payment
  const returned = operations.filter(({ kind, status }) => kind === 'refund' && status === 'succeeded')
  const sum = returned.reduce((total, { amount = 0 }) => total + amount, 0)
  return captured !== undefined && sum >= captured ? undefined : findOpenRefund(payment)
}

/** Returns what the payment states that is not the order's. What it does not state is no difference yet. */
function findDifference(payment: Payment, { expected, notBefore, split }: OrderTerms): string | undefined {
  const { reference, amount, status, createdAt } = payment
  if (isBefore(createdAt, notBefore)) return 'the payment was created before this order'
  if (expected.reference !== undefined && reference !== undefined && reference !== expected.reference)
    return "the payment's reference is not the order's"
  if (amount === undefined) return undefined
  if (amount.currency !== expected.amount.currency) return "the payment's currency is not the order's"
  const outcome = outcomeOf(status)
  if (outcome === 'paid' || outcome === 'held') {
    const check = checkAmount(payment, expected.amount)
    if (check === 'underpaid' && status !== 'partially_captured' && !split)
      return 'the money captured or held is less than the order asks for'
    if (check === 'overpaid') return 'the money captured or held is more than the order asks for'
    return undefined
  }
  if (split ? amount.amount <= expected.amount.amount : amount.amount === expected.amount.amount)
    return undefined
  return "the amount requested from the shopper is not the order's"
}

/** Returns what is not stated: money and goods move only on what is. */
function findGap(payment: Payment, { expected, notBefore }: OrderTerms): string | undefined {
  if (notBefore !== undefined && payment.createdAt === undefined)
    return 'the payment does not state when it was created'
  if (expected.reference !== undefined && payment.reference === undefined)
    return 'the payment does not state a reference'
  const check = checkAmount(payment, expected.amount)
  if (payment.status !== 'verified' && (check === 'not_stated' || check === 'other_currency'))
    return 'the payment does not state its amount'
  return wasRefunded(payment) ? 'part of the money was refunded' : undefined
}

/** A refund that is recorded counts, also where the status and the figure do not state it yet. */
function wasRefunded({ refunded = 0, operations = [] }: Payment): boolean {
  return refunded > 0 || operations.some(({ kind, status }) => kind === 'refund' && status === 'succeeded')
}

function isBeingVoided({ operations = [] }: Payment): boolean {
  return operations.some(({ kind, status }) => kind === 'void' && status === 'pending')
}

/** The merchant's next call takes the money: it needs the same certainty as a capture. */
function certainToComplete(
  { reference, amount, createdAt }: Payment,
  { expected, notBefore }: OrderTerms,
  unclear: (why: string) => NextStep,
): NextStep {
  if (notBefore !== undefined && createdAt === undefined)
    return unclear('the payment does not state when it was created')
  if (expected.reference !== undefined && reference === undefined)
    return unclear('the payment does not state a reference')
  return amount === undefined ? unclear('the payment does not state its amount') : { kind: 'complete' }
}

/** Returns whether a hold can still be captured: a lookup made after its end says whether it ended. */
function checkHold({ payment, source, observedAt }: PaymentReport, now: number) {
  const end = toTime(payment.authorizationExpiresAt)
  if (!(now >= end)) return 'valid'
  return source === 'lookup' && toTime(observedAt) >= end ? 'expired' : 'may_have_expired'
}

/** Returns the latest capture, whatever became of it. */
export function lastCapture({ operations = [] }: Payment): PaymentOperation | undefined {
  return operations.findLast(({ kind }) => kind === 'capture')
}

/** Returns whether part of the hold is still to be captured. */
function hasMoreToCapture({ authorized, captured }: Payment): boolean {
  return authorized !== undefined && captured !== undefined && authorized > captured
}

/**
 * Returns whether a payment was created before an order could have asked for it. Compared in whole seconds, because some
 * providers state no more: a payment of the same second may be the order's.
 */
export function isBefore(createdAt: string | undefined, notBefore: string | undefined): boolean {
  return toTime(createdAt) < Math.floor(toTime(notBefore) / 1000) * 1000
}

export function stepOfAction(action: ShopperAction): ShopperStep {
  return match(action)
    .returnType<ShopperStep>()
    .with({ kind: 'redirect' }, ({ url }) => ({ kind: 'send_shopper', url }))
    .with({ kind: 'show' }, { kind: 'sdk' }, (shown) => ({ kind: 'show_shopper', action: shown }))
    .exhaustive()
}

export function investigate(why: string): NextStep {
  return { kind: 'investigate', why }
}
