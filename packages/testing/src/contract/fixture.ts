import {
  advance,
  foldEvent,
  type PaymentProvider,
  type PaymentReport,
  type WebhookDelivery,
  type WebhookEvent,
} from '@payment-status/core'
import type { PaymentFixture } from '@payment-status/core/kit'
import { readReport } from './evidence.ts'
import type { ProviderContractOptions } from './options.ts'
import type { Subject } from './subject.ts'

/** Returns whether the provider's query API holds a fixture. */
export function isLookedUp(
  { answers }: Subject,
  { title }: PaymentFixture,
  { exceptions = {} }: Pick<ProviderContractOptions, 'exceptions'>,
): boolean {
  return answers.lookup === 'asked' && exceptions[title]?.lookup !== 'left out'
}

/** Returns a fixture's webhooks, oldest first. */
export async function deliveriesOf({
  webhook,
  webhooks,
}: PaymentFixture): Promise<readonly WebhookDelivery[]> {
  const last = await webhook?.()
  return [...((await webhooks?.()) ?? []), ...(last ? [last] : [])]
}

/** Adds an event to what earlier ones stated, as a shop at a provider without lookups does. */
export function addEvent(
  recorded: PaymentReport | undefined,
  event: WebhookEvent,
  canLookUp: boolean,
): PaymentReport | undefined {
  if (event.kind === 'payment') return advance(recorded, event.report, { canLookUp }).report
  if (event.kind !== 'operation') return recorded
  const payment = foldEvent(recorded?.payment, event)
  if (!payment) return recorded
  if (recorded) return { ...recorded, payment }
  return { evidence: 'report', source: 'webhook', payment, observedAt: new Date().toISOString() }
}

/** Reads a fixture from the best source it has: a lookup, its webhooks, the answer to its create call. */
export async function readFixture(
  provider: PaymentProvider,
  fixture: PaymentFixture,
  isAsked: boolean,
): Promise<PaymentReport | undefined> {
  if (isAsked) return provider.lookup(fixture.id)
  let recorded: PaymentReport | undefined
  for (const delivery of await deliveriesOf(fixture)) {
    recorded = addEvent(recorded, await provider.readWebhook(delivery), false)
  }
  return recorded ?? (fixture.response && readReport(provider, fixture.response))
}
