import type { NextStep, Payment } from 'payment-status'

/** Returns the provider's own words that a status was read from. */
export function wordsOf({ facts }: Payment): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
}

/** Describes a step in plain words. */
export function describeStep(step: NextStep): string {
  switch (step.kind) {
    case 'send_shopper':
      return 'send the shopper on'
    case 'show_shopper':
      return `show the shopper (${step.action.kind})`
    case 'wait':
      return step.poll ? 'wait, and poll' : 'wait for the webhook'
    case 'capture':
      return 'capture it'
    case 'fulfill':
      return 'deliver'
    case 'ask_again':
      return step.newPayment ? 'ask again, with a new payment' : 'ask again, on this payment'
    case 'complete':
      return 'make the next call'
    case 'none':
      return 'nothing to do'
    case 'stop':
      return 'deliver nothing'
    case 'look_up':
      return 'look it up'
    case 'investigate':
      return `have a person look: ${step.why}`
  }
}
