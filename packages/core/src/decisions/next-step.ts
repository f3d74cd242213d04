import { inputError } from '../model/errors.ts'
import type { LookupKey, PaymentHint, PaymentReport } from '../model/evidence.ts'
import type { Money } from '../model/money.ts'
import type { Decline, ShopperAction } from '../model/payment.ts'
import { stepOfAction, stepOfPayment } from './step-of-payment.ts'
import { checkTerms, type OrderTerms } from './terms.ts'

/** Action for the shopper on the page they are on. */
export type ShownAction = Exclude<ShopperAction, { readonly kind: 'redirect' }>

/** Step that involves the shopper. */
export type ShopperStep =
  | { readonly kind: 'send_shopper'; readonly url: string }
  | { readonly kind: 'show_shopper'; readonly action: ShownAction }

/** Step that a hint allows: show the shopper something, or look the payment up. */
export type HintNextStep = ShopperStep | { readonly kind: 'look_up'; readonly key?: LookupKey } // without a key, the id you stored

/** Step that the recorded state allows. */
export type NextStep =
  | ShopperStep
  | { readonly kind: 'wait'; readonly poll: boolean } // poll: false where for days only a webhook brings the result
  | { readonly kind: 'capture' }
  | { readonly kind: 'fulfill' }
  | {
      readonly kind: 'ask_again'
      readonly newPayment: boolean
      readonly decline?: Decline
      /** Amount that is still missing, of an order that is paid in parts. */
      readonly amount?: Money
    }
  | { readonly kind: 'stop' } // canceled, expired, refunded: deliver nothing
  | { readonly kind: 'complete' } // the shopper has agreed: make the provider's next call
  | { readonly kind: 'look_up' } // a lookup can state more than this report: it comes before a person does
  | { readonly kind: 'investigate'; readonly why: string } // a person has to look; `why` is safe to log
  | { readonly kind: 'none' } // already fulfilled or captured: nothing to do

/**
 * Returns what may be done now. A hint can only be shown or looked up. A report is judged against the order's terms; give
 * it the report that `advance` returned. For an order with several payments, use `decideOrder`.
 *
 * `capture` and `fulfill` need a payment that states the order's reference (where one is expected), its currency and its
 * amount, with no open dispute, review, refund or conflict. A webhook, a response or a list that leaves something open
 * results in `look_up`; `investigate` follows only where a lookup cannot help. Throws `invalid_input` for anything else
 * than a hint or a report, and for terms that cannot be right.
 *
 * @example
 * const step = nextStep(report, { expected: { amount: { amount: 6540, currency: 'USD' } }, capture: 'automatic' })
 */
export function nextStep(hint: PaymentHint): HintNextStep
export function nextStep(report: PaymentReport, terms: OrderTerms): NextStep
export function nextStep(evidence: PaymentHint | PaymentReport, terms?: OrderTerms): HintNextStep | NextStep {
  if (evidence?.evidence === 'report') {
    checkTerms(terms as OrderTerms)
    return stepOfPayment(evidence, terms as OrderTerms, Date.now())
  }
  if (evidence?.evidence !== 'hint')
    throw inputError(
      'payment-status',
      'the first argument must be a hint, or a report with the order’s terms',
    )
  if (evidence.action) return stepOfAction(evidence.action)
  return evidence.key ? { kind: 'look_up', key: evidence.key } : { kind: 'look_up' }
}
