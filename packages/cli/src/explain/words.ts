import {
  type NextStep,
  nextStep,
  type Payment,
  type PaymentHint,
  type PaymentReport,
  type PaymentStatus,
  statusMeanings,
  type WebhookEvent,
} from '@payment-status/core'
import { match } from 'ts-pattern'
import type { SignatureCheck } from './finding.ts'
import { formatMoney } from './money.ts'

/** The line that says where a payment stands. */
export function describePayment(payment: Payment): string {
  const { id, reference, status, amount, captured, refunded, decline, dispute, method } = payment
  const figure = (name: string, value: number | undefined) =>
    value !== undefined && amount
      ? `${name} ${formatMoney({ amount: value, currency: amount.currency })}`
      : undefined
  return [
    `${status}: ${statusMeanings[status]}`,
    amount && formatMoney(amount),
    figure('captured', captured === amount?.amount ? undefined : captured),
    figure('refunded', refunded === 0 ? undefined : refunded),
    decline && `refused: ${decline.reason}`,
    dispute && `disputed: ${dispute.status}`,
    method && [method.name ?? method.kind, method.brand, method.last4].filter(Boolean).join(' '),
    id,
    reference !== undefined && `reference ${reference}`,
  ]
    .filter((part) => typeof part === 'string')
    .join(' · ')
}

export function describeFacts(payment: Payment): string {
  const facts = Object.entries(payment.facts).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  return facts.length > 0 ? facts.join(', ') : 'no word of the provider is kept'
}

/** What to do with a payment, were its own amount the one the order asks for. */
export function adviseOnPayment(report: PaymentReport): string {
  const { amount = { amount: 0, currency: 'EUR' }, status } = report.payment
  // Asked as of a lookup: what is pasted here is all there is, so "look it up" would say nothing of the status.
  const step = nextStep({ ...report, source: 'lookup' }, { expected: { amount }, capture: 'manual' })
  return adviseOnStep(step, status)
}

function adviseOnStep(step: NextStep, status: PaymentStatus): string {
  return match(step)
    .with({ kind: 'fulfill' }, () =>
      status === 'verified'
        ? 'the card is good; nothing was taken, so there is nothing to deliver for money'
        : 'deliver the order, once, if this amount and reference are your order’s',
    )
    .with(
      { kind: 'capture' },
      () => 'the money is held: capture it, or wait if your account captures by itself',
    )
    .with({ kind: 'send_shopper' }, () => 'send the shopper to the page it names, then look it up')
    .with(
      { kind: 'show_shopper' },
      () => 'show the shopper what it holds, then wait for a webhook or look it up',
    )
    .with({ kind: 'wait' }, () => 'wait: nothing is decided; look it up again, or wait for a webhook')
    .with({ kind: 'ask_again' }, ({ newPayment }) =>
      newPayment
        ? 'tell the shopper, and start a new payment'
        : 'tell the shopper: this payment can be tried again',
    )
    .with({ kind: 'complete' }, () => 'the shopper has agreed: make the provider’s next call')
    .with({ kind: 'none' }, () => 'nothing: it is done already')
    .with({ kind: 'stop' }, () => 'deliver nothing')
    .with({ kind: 'look_up' }, () => 'look it up')
    .with({ kind: 'investigate' }, ({ why }) => `a person should look: ${why}`)
    .exhaustive()
}

/** What the shape of the evidence proves, when it reached you the way it should. */
export function describeProof(source: PaymentReport['source'], isChecked: boolean | undefined): string {
  return match(source)
    .with('response', () =>
      isChecked
        ? 'its signature holds: the provider said so when it answered'
        : 'what the provider answered, if your own server got it; a copy from elsewhere proves nothing',
    )
    .with(
      'lookup',
      'list',
      () => 'what the provider answered, if your own server asked; of that moment, and no longer',
    )
    .with('webhook', () => 'nothing before its signature is checked')
    .exhaustive()
}

export function describeSignature(signature: SignatureCheck): string {
  return match(signature)
    .with('valid', () => 'its signature holds: the provider said so')
    .with(
      'invalid',
      () => 'nothing: its signature does not hold with the configured secret, anybody could have written it',
    )
    .with('not_checked', () => 'nothing yet: signature not checked, so anybody could have written it')
    .exhaustive()
}

export function describeHint({ key, appears }: PaymentHint): string {
  const look = match(appears)
    .with('looks_paid', () => 'looks paid')
    .with('looks_unfinished', () => 'looks unfinished')
    .with('looks_refused', () => 'looks refused')
    .with(undefined, () => 'does not say how it went')
    .exhaustive()
  return `${look} · ${describeKey(key)}`
}

export function describeKey(key: PaymentHint['key']): string {
  if (key === undefined) return 'names no payment: use the id you stored'
  return 'id' in key ? `payment ${key.id}` : `reference ${key.reference}`
}

/** What an event says that tells of no payment itself. */
export function describeEvent(event: Exclude<WebhookEvent, { readonly kind: 'payment' }>): string {
  return match(event)
    .with({ kind: 'recheck' }, ({ why, key }) => `${why} · ${describeKey(key)}`)
    .with({ kind: 'dispute' }, ({ dispute, key }) =>
      [
        `a dispute: ${dispute.status}`,
        dispute.amount && formatMoney(dispute.amount),
        dispute.reason,
        dispute.respondBy && `answer by ${dispute.respondBy}`,
        describeKey(key),
      ]
        .filter(Boolean)
        .join(' · '),
    )
    .with({ kind: 'operation' }, ({ operation, key }) =>
      [`${operation.kind} ${operation.status}`, describeKey(key)].filter(Boolean).join(' · '),
    )
    .with({ kind: 'unreadable' }, ({ why }) => why)
    .with({ kind: 'unrelated' }, () => 'has nothing to do with a payment')
    .exhaustive()
}

export function adviseOnEvent(event: Exclude<WebhookEvent, { readonly kind: 'payment' }>): string {
  return match(event)
    .with({ kind: 'recheck' }, () => 'look the payment up: only the answer says what it means')
    .with({ kind: 'dispute' }, () => 'stop delivering, and gather what proves the delivery')
    .with({ kind: 'operation' }, () => 'add it to the recorded payment with foldOperations')
    .with({ kind: 'unreadable' }, () => 'acknowledge it, and check the payment in the provider’s dashboard')
    .with({ kind: 'unrelated' }, () => 'acknowledge it, and move on')
    .exhaustive()
}
