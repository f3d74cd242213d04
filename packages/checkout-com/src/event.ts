import type { PaymentStatus } from '@payment-status/core'
import { isOneOf } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { isDeclineCode } from './decline.ts'
import type { RetryFacts } from './retry.ts'
import type { CheckoutComBalances } from './schema.ts'
import { hasTaken, holdsOrTook, isVoidedWhole, toDeclinedStatus, toHeld } from './status.ts'
import { type CheckoutComEventType, checkoutComEventTypes } from './vocabulary.ts'

/** Meaning of an event: a status, or that only a lookup states the result. */
export type EventMeaning =
  | {
      readonly kind: 'payment'
      readonly status: PaymentStatus
      /**
       * Where the payment's amount is: `data.amount` if it is not that of one capture, refund or void; `balances`, with the
       * other sums, if they stated the status.
       */
      readonly amountIn: 'amount' | 'balances' | undefined
    }
  | { readonly kind: 'recheck'; readonly why: string }

/** Fields that an event's meaning is read from, in addition to its type. */
export interface EventFacts extends RetryFacts {
  readonly balances?: CheckoutComBalances
}

/** Types of operations that succeeded. */
const approvals: readonly CheckoutComEventType[] = [
  'payment_approved',
  'card_verified',
  'payment_captured',
  'payment_refunded',
  'payment_voided',
]

/**
 * Returns what a webhook type means. No webhook states the payment's status, and only `balances` distinguish a part from
 * the whole. `at` is the time of the event.
 */
export function toEventMeaning(type: CheckoutComEventType, facts: EventFacts, at?: string): EventMeaning {
  const { balances, response_code } = facts
  if (approvals.includes(type) && isDeclineCode(response_code)) return recheck('its response code declines')
  return (
    match(type)
      .returnType<EventMeaning>()
      .with('payment_approved', () => payment('authorized', 'amount'))
      .with('card_verified', () => payment('verified', 'amount'))
      .with('payment_declined', 'card_verification_declined', () =>
        holdsOrTook(balances)
          ? recheck('a decline of a payment whose funds are held or captured')
          : payment(toDeclinedStatus(facts, at), 'amount'),
      )
      .with('payment_canceled', () =>
        holdsOrTook(balances)
          ? recheck('a cancellation of a payment whose funds are held or captured')
          : payment('canceled'),
      )
      .with('payment_expired', () =>
        hasTaken(balances) ? recheck('the expiry of a payment that was captured') : payment('expired'),
      )
      .with('payment_captured', () => toCaptureMeaning(balances))
      .with('payment_refunded', () => toRefundMeaning(balances))
      .with('payment_voided', () =>
        isVoidedWhole(balances) ? payment('canceled', 'balances') : recheck('a void of all or of a part'),
      )
      .with('payment_pending', () => recheck('it may hold a redirect the shopper must follow'))
      .with('payment_capture_pending', 'payment_capture_declined', () => recheck('a capture changed'))
      .with('payment_void_declined', () => recheck('a void was declined'))
      .with('payment_refund_pending', 'payment_refund_declined', () => recheck('a refund changed'))
      .with('payment_authentication_failed', () => recheck('3-D Secure failed'))
      .with('payment_retry_scheduled', () => recheck('Checkout.com will try a declined payment again'))
      // A bank debit that was captured and taken back. A payout with this type is recognized before.
      .with('payment_returned', () => recheck('a bank returned the money'))
      .with('payment_paid', () => recheck('a payout was paid'))
      .with('payment_authorization_incremented', 'payment_authorization_increment_declined', () =>
        recheck('the authorized amount changed'),
      )
      .exhaustive()
  )
}

/** Returns whether a webhook type about a payment has a meaning of its own. */
export function isEventType(type: string): type is CheckoutComEventType {
  return isOneOf(checkoutComEventTypes, type)
}

const payment = (status: PaymentStatus, amountIn?: 'amount' | 'balances'): EventMeaning => ({
  kind: 'payment',
  status,
  amountIn,
})

const recheck = (why: string): EventMeaning => ({ kind: 'recheck', why })

function toCaptureMeaning(balances: CheckoutComBalances): EventMeaning {
  const { total_captured, total_refunded } = balances ?? {}
  const held = toHeld(balances)
  if (!total_captured || !held) return recheck('a capture of all or of a part')
  if (total_refunded) return recheck('a capture of a payment that was refunded in part')
  return payment(total_captured >= held ? 'captured' : 'partially_captured', 'balances')
}

function toRefundMeaning(balances: CheckoutComBalances): EventMeaning {
  const { total_captured, total_refunded } = balances ?? {}
  if (!total_refunded || !total_captured) return recheck('a refund of all or of a part')
  return payment(total_refunded >= total_captured ? 'refunded' : 'partially_refunded', 'balances')
}
