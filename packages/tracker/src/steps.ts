import { isDeepStrictEqual } from 'node:util'
import { type NextStep, nextStep, type OrderTerms, outcomeOf, type PaymentReport } from '@payment-status/core'
import { match } from 'ts-pattern'
import type { OrderRow, PaymentRow } from './rows.ts'

/** What is said of a payment now, against all that was said of its order before. */
export interface Saying {
  /** What the payment allows; absent while a lookup has to tell first. */
  readonly step?: NextStep
  /** Whether the shop has not been told it yet. */
  readonly isNew: boolean
  /** Why a lookup has to tell first. */
  readonly lookUp?: string
  readonly fulfilledBy?: string
  readonly captureAskedFor?: string
}

export interface Speech {
  readonly order: OrderRow
  /** Whether the shop itself named the id of this payment. */
  readonly isNamed: boolean
  /** The references the shop watches at this provider. */
  readonly references: readonly string[]
  readonly report: PaymentReport
  readonly previous: NextStep | undefined
  /** All payments of the order. */
  readonly payments: readonly PaymentRow[]
}

export function keyOf({ provider, id }: { readonly provider: string; readonly id: string }): string {
  return `${provider}/${id}`
}

/** `fulfill` and `capture` once for an order: a second payment that is held or paid is for a person to look at. */
export function decideStep(speech: Speech): Saying {
  const { order, report, previous, payments } = speech
  const key = keyOf(report.payment)
  const step = nextStep(report, termsFor(speech))
  const say = (other: NextStep): Saying => ({
    step: other,
    // Not by its text: a database keeps the members of an object in an order of its own.
    isNew: !isDeepStrictEqual(other, previous),
  })
  return match(step)
    .returnType<Saying>()
    .with({ kind: 'look_up' }, () => ({
      isNew: false,
      lookUp: 'what was heard leaves open what a lookup can tell',
    }))
    .with({ kind: 'fulfill' }, (fulfill) => {
      if (order.fulfilledBy === key) return { step: fulfill, isNew: false }
      if (order.fulfilledBy !== undefined)
        return say(investigate('another payment of this order is paid already'))
      return { step: fulfill, isNew: true, fulfilledBy: key }
    })
    .with({ kind: 'capture' }, (capture) => {
      if (order.captureAskedFor === key) return { step: capture, isNew: false }
      if (order.fulfilledBy !== undefined)
        return say(investigate('another payment of this order is paid already'))
      const earlier = payments.find((payment) => keyOf(payment) === order.captureAskedFor)
      if (earlier && outcomeOf(earlier.report.payment.status) !== 'not_paid')
        return say(investigate('another payment of this order was to be captured already'))
      return { step: capture, isNew: true, captureAskedFor: key }
    })
    .otherwise(say)
}

/** An order has as many references as attempts: the one of this attempt is compared. */
function termsFor({ order: { terms }, isNamed, references, report }: Speech): OrderTerms {
  const { reference } = report.payment
  if (isNamed && terms.expected.reference === undefined) return terms
  const expected =
    reference !== undefined && references.includes(reference)
      ? reference
      : (terms.expected.reference ?? (isNamed ? undefined : references[0]))
  return { ...terms, expected: { ...terms.expected, reference: expected } }
}

function investigate(why: string): NextStep {
  return { kind: 'investigate', why }
}
