import type { Payment, PaymentStatus, ReportStep } from 'payment-status'

/** What each status means, in a few words. */
export const meanings: Readonly<Record<PaymentStatus, string>> = {
  open: 'nothing taken; the shopper can pay on this payment',
  requires_action: 'the shopper must do something first',
  processing: 'the provider or a bank is still deciding',
  authorized: 'funds are held, not taken',
  partially_captured: 'part of the authorized funds is taken',
  captured: 'the funds are taken: paid',
  partially_refunded: 'part of the money went back',
  refunded: 'the money went back',
  verified: 'a card was checked for no money',
  canceled: 'ended with nothing taken',
  expired: 'ended by time with nothing taken',
  failed: 'refused, with nothing taken',
  unknown: 'the provider said something we have no meaning for',
}

/** The provider's own words a status was read from. */
export function wordsOf({ facts }: Payment): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
}

/** What may be done now. */
export function describeStep(step: ReportStep): string {
  switch (step.kind) {
    case 'send_shopper':
      return 'send the shopper on'
    case 'show_shopper':
      return `show the shopper (${step.action.kind})`
    case 'wait':
      return step.poll ? 'wait, and ask again' : 'wait for the webhook'
    case 'capture':
      return 'capture it'
    case 'fulfill':
      return 'deliver'
    case 'ask_again':
      return step.newPayment ? 'ask again, with a new payment' : 'ask again, on this payment'
    case 'stop':
      return 'deliver nothing'
    case 'investigate':
      return `have a person look: ${step.why}`
  }
}
