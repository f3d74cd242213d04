import { match } from 'ts-pattern'
import { inputError } from '../model/errors.ts'
import type { LookupKey, PaymentHint, PaymentReport } from '../model/evidence.ts'
import type { Money } from '../model/money.ts'
import type { Decline, Payment, ShopperAction } from '../model/payment.ts'
import { outcomeOf } from '../model/status.ts'
import { checkAmount } from './amount.ts'

/** What the shop itself knows of an order, from its own records: never from what a payment says. */
export interface OrderTerms {
  readonly expected: {
    /** What the shopper has to pay. */
    readonly amount: Money
    /** The reference the payment was created with. Without one, references are not compared. */
    readonly reference?: string | undefined
  }
  /** Whether the provider takes authorized funds by itself, or waits to be told. */
  readonly capture: 'automatic' | 'manual'
  /** True for vouchers and bank transfers: for days only a webhook will tell. */
  readonly webhookOnly?: boolean | undefined
}

/** Something for the shopper to do on the page they are on. */
export type ShownAction = Exclude<ShopperAction, { readonly kind: 'redirect' }>

/** What a hint allows: something for the shopper's eyes, or a question to the provider. */
export type HintNextStep =
  | { readonly kind: 'send_shopper'; readonly url: string }
  | { readonly kind: 'show_shopper'; readonly action: ShownAction }
  | { readonly kind: 'look_up'; readonly key?: LookupKey } // without a key, the id you stored

/** What a report allows. */
export type NextStep =
  | { readonly kind: 'send_shopper'; readonly url: string }
  | { readonly kind: 'show_shopper'; readonly action: ShownAction }
  | { readonly kind: 'wait'; readonly poll: boolean } // poll: false where only a webhook will help for days
  | { readonly kind: 'capture' }
  | { readonly kind: 'fulfill' }
  | { readonly kind: 'ask_again'; readonly newPayment: boolean; readonly decline?: Decline }
  | { readonly kind: 'stop' } // canceled, expired, refunded: deliver nothing
  | { readonly kind: 'look_up' } // a lookup can tell more than this report: ask before a person does
  | { readonly kind: 'investigate'; readonly why: string } // a lookup said it: a person should look; `why` is safe to log

/**
 * What may be done now. A hint can only be shown or looked up; a report decides, against the order's own terms. Ask it
 * of the report that `advance` said to store.
 *
 * `capture` and `fulfill` are said only when the payment states the order's reference (where one is expected), its
 * currency and its amount, and no dispute is open or lost. `investigate` is said only of what a lookup told: a webhook,
 * a response or a list that leaves something open is looked up first. Throws `invalid_input` for news that is none, and
 * for a report without an order.
 */
export function nextStep(hint: PaymentHint): HintNextStep
export function nextStep(report: PaymentReport, order: OrderTerms): NextStep
export function nextStep(news: PaymentHint | PaymentReport, order?: OrderTerms): HintNextStep | NextStep {
  if (news?.evidence === 'report') {
    if (!order?.expected?.amount)
      throw inputError('payment-status', "a report needs the order's terms: { expected, capture }")
    const step = stepOfPayment(news.payment, order)
    return step.kind === 'investigate' && news.source !== 'lookup' ? { kind: 'look_up' } : step
  }
  if (news?.evidence !== 'hint')
    throw inputError('payment-status', 'nextStep takes a hint, or a report and its order')
  if (news.action) return stepOfAction(news.action)
  return news.key ? { kind: 'look_up', key: news.key } : { kind: 'look_up' }
}

function stepOfPayment(payment: Payment, { expected, capture, webhookOnly }: OrderTerms): NextStep {
  const difference = findDifference(payment, expected)
  if (difference) return investigate(difference)
  const { action, decline } = payment
  const poll = !webhookOnly
  return match(payment.status)
    .returnType<NextStep>()
    .with('open', () =>
      decline ? { kind: 'ask_again', newPayment: false, decline } : { kind: 'wait', poll },
    )
    .with('requires_action', () => (action ? stepOfAction(action) : { kind: 'wait', poll: true }))
    .with('processing', () => ({ kind: 'wait', poll }))
    .with('authorized', () =>
      capture === 'manual' ? ifCertain({ kind: 'capture' }, payment, expected) : { kind: 'wait', poll },
    )
    .with('captured', () => ifCertain({ kind: 'fulfill' }, payment, expected))
    .with('partially_captured', () => investigate('only part of the money is taken'))
    .with('partially_refunded', () => investigate('part of the money went back'))
    .with('unknown', () => investigate('the provider said something this library has no meaning for'))
    .with('verified', () =>
      expected.amount.amount === 0
        ? ifCertain({ kind: 'fulfill' }, payment, expected)
        : investigate('a card was checked, no money was taken'),
    )
    .with('failed', () => ({ kind: 'ask_again', newPayment: true, ...(decline ? { decline } : {}) }))
    .with('canceled', 'expired', 'refunded', () => ({ kind: 'stop' }))
    .exhaustive()
}

/** What the payment states that is not the order's. What it does not state is no difference yet. */
function findDifference(payment: Payment, expected: OrderTerms['expected']): string | undefined {
  const { reference, amount, status } = payment
  if (expected.reference !== undefined && reference !== undefined && reference !== expected.reference)
    return "the payment's reference is not the order's"
  if (amount === undefined) return undefined
  if (amount.currency !== expected.amount.currency) return "the payment's currency is not the order's"
  const outcome = outcomeOf(status)
  if (outcome === 'paid' || outcome === 'held') {
    const check = checkAmount(payment, expected.amount)
    if (check === 'underpaid') return 'the money taken or held is less than the order asks'
    if (check === 'overpaid') return 'the money taken or held is more than the order asks'
    return undefined
  }
  return amount.amount === expected.amount.amount
    ? undefined
    : "the amount asked of the shopper is not the order's"
}

/** Money and goods move only on what is stated: here silence is not enough. */
function ifCertain(step: NextStep, payment: Payment, expected: OrderTerms['expected']): NextStep {
  if (expected.reference !== undefined && payment.reference === undefined)
    return investigate('the payment does not state a reference')
  if (payment.status !== 'verified' && checkAmount(payment, expected.amount) !== 'matches')
    return investigate('the payment does not state its amount')
  if ((payment.refunded ?? 0) > 0) return investigate('part of the money went back')
  // A shop that delivers while the bank takes the money back has lost both.
  const dispute = payment.dispute?.status
  if (dispute !== undefined && dispute !== 'won' && dispute !== 'closed')
    return investigate('the payment is disputed')
  return step
}

function stepOfAction(
  action: ShopperAction,
): Extract<NextStep, { readonly kind: 'send_shopper' | 'show_shopper' }> {
  return action.kind === 'redirect'
    ? { kind: 'send_shopper', url: action.url }
    : { kind: 'show_shopper', action }
}

function investigate(why: string): NextStep {
  return { kind: 'investigate', why }
}
