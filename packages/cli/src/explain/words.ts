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
import type { SignatureCheck } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { formatMoney } from './money.ts'

/** Describes a payment in one line. */
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
    decline && `declined: ${decline.reason}`,
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
  return facts.length > 0 ? facts.join(', ') : 'the status alone'
}

/** Describes the next step, as if the payment's own amount were the order's. */
export function adviseOnPayment(report: PaymentReport): string {
  const { amount = { amount: 0, currency: 'EUR' }, status } = report.payment
  // Read as a lookup's answer: "look it up" would say nothing about the pasted status.
  const step = nextStep({ ...report, source: 'lookup' }, { expected: { amount }, capture: 'manual' })
  return adviseOnStep(step, status)
}

function adviseOnStep(step: NextStep, status: PaymentStatus): string {
  return match(step)
    .with({ kind: 'fulfill' }, () =>
      status === 'verified'
        ? 'the card is valid; no money was taken, so deliver nothing for it'
        : 'deliver the order, once, if the amount and the reference are your order’s',
    )
    .with(
      { kind: 'capture' },
      () => 'the money is held: capture it, or wait if your account captures automatically',
    )
    .with({ kind: 'send_shopper' }, () => 'send the shopper to the page it names, then look it up')
    .with(
      { kind: 'show_shopper' },
      () => 'show the shopper its instructions, then wait for a webhook or look it up',
    )
    .with({ kind: 'wait' }, () => 'wait: the payment is undecided; look it up again, or wait for a webhook')
    .with({ kind: 'ask_again' }, ({ newPayment }) =>
      newPayment
        ? 'inform the shopper, and start a new payment'
        : 'inform the shopper: this payment can be tried again',
    )
    .with({ kind: 'complete' }, () => 'the shopper has agreed: make the provider’s next call')
    .with({ kind: 'none' }, () => 'nothing: it is done already')
    .with({ kind: 'stop' }, () => 'deliver nothing')
    .with({ kind: 'look_up' }, () => 'look it up')
    .with({ kind: 'investigate' }, ({ why }) => `investigate: ${why}`)
    .exhaustive()
}

/** Describes the proof a source gives, if the text arrived the way it should. */
export function describeProof(source: PaymentReport['source'], isChecked: boolean | undefined): string {
  return match(source)
    .with('response', () =>
      isChecked
        ? 'its signature is valid: the provider answered this'
        : 'the provider’s answer, if your own server received it; a copy from elsewhere proves nothing',
    )
    .with('lookup', 'list', () => 'the provider’s answer at that moment, if your own server sent the request')
    .with('webhook', () => 'nothing until its signature is verified')
    .exhaustive()
}

export function describeSignature(signature: SignatureCheck): string {
  return match(signature)
    .with('valid', () => 'its signature is valid: the provider sent it')
    .with(
      'invalid',
      () => 'nothing: its signature is not valid with the configured secret; anyone could have written it',
    )
    .with('not_checked', () => 'nothing yet: signature not checked, so anyone could have written it')
    .exhaustive()
}

export function describeHint({ key, appears }: PaymentHint): string {
  const look = match(appears)
    .with('looks_paid', () => 'looks paid')
    .with('looks_unfinished', () => 'looks unfinished')
    .with('looks_refused', () => 'looks declined')
    .with(undefined, () => 'does not state how it ended')
    .exhaustive()
  return `${look} · ${describeKey(key)}`
}

export function describeKey(key: PaymentHint['key']): string {
  if (key === undefined) return 'names no payment: use the id you stored'
  return 'id' in key ? `payment ${key.id}` : `reference ${key.reference}`
}

/** Describes an event that states no payment. */
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
    .with({ kind: 'unrelated' }, () => 'unrelated to a payment')
    .with(
      { kind: 'several' },
      ({ events }) => `${events.length} events: ${events.map(({ type }) => type).join(', ')}`,
    )
    .exhaustive()
}

export function adviseOnEvent(event: Exclude<WebhookEvent, { readonly kind: 'payment' }>): string {
  return match(event)
    .with({ kind: 'recheck' }, () => 'look the payment up: only the answer states its status')
    .with({ kind: 'dispute' }, () => 'stop delivering, and collect the proof of delivery')
    .with({ kind: 'operation' }, () => 'add it to the recorded payment with foldEvent')
    .with({ kind: 'unreadable' }, () => 'acknowledge it, and check the payment in the provider’s dashboard')
    .with({ kind: 'unrelated' }, () => 'acknowledge it; nothing else is to do')
    .with({ kind: 'several' }, () => 'handle each event, and acknowledge when all of them are handled')
    .exhaustive()
}
