import { type AdyenConfig, createAdyen, signWebhook } from '@payment-status/adyen'
import { adyenFixtures } from '@payment-status/adyen/fixtures'
import {
  advance,
  foldEvent,
  type Payment,
  type PaymentErrorCode,
  type PaymentReport,
  type WebhookDelivery,
  type WebhookEvent,
} from '@payment-status/core'

export const { secrets } = adyenFixtures

/** A JSON object of the API. */
export type Fields = Readonly<Record<string, unknown>>

export const PAYMENT = 'PAYMENTREF000001'

/** An item over 25.00 EUR, in the documentation's shape. */
export const makeItem = (eventCode: string, facts: Fields = {}): Fields => ({
  eventCode,
  success: 'true',
  pspReference: eventCode === 'AUTHORISATION' ? PAYMENT : `${eventCode.replaceAll('_', '')}1`,
  ...(eventCode === 'AUTHORISATION' ? {} : { originalReference: PAYMENT }),
  merchantAccountCode: secrets.merchantAccount,
  merchantReference: eventCode === 'AUTHORISATION' ? 'order-1001' : 'modification-1',
  amount: { value: 2500, currency: 'EUR' },
  eventDate: '2026-11-30T10:00:00+01:00',
  ...facts,
})

export const makeBody = (...items: readonly Fields[]): string =>
  JSON.stringify({
    live: 'false',
    notificationItems: items.map((NotificationRequestItem) => ({ NotificationRequestItem })),
  })

export const sign = (...items: readonly Fields[]): Promise<WebhookDelivery> =>
  signWebhook(makeBody(...items), secrets.webhookSecrets)

export const connect = (config: AdyenConfig<string> = {}) =>
  createAdyen({ ...secrets, capture: 'manual', multipleCaptures: true, ...config })

/** Reads signed items; one gives its event. */
export async function read(items: Fields | readonly Fields[], config: AdyenConfig<string> = {}) {
  const list = Array.isArray(items) ? (items as readonly Fields[]) : [items as Fields]
  return connect(config).readWebhook(await sign(...list))
}

/** Returns how a payment stands after the events of each item, in their order: what the tracker records. */
export function fold(events: readonly WebhookEvent[]): Payment | undefined {
  let recorded: PaymentReport | undefined
  for (const event of events) {
    if (event.kind === 'several') throw new TypeError('split the events first')
    if (event.kind === 'dispute') {
      recorded = advance(recorded, event, { canLookUp: false }).report
      continue
    }
    if (event.kind !== 'operation') continue
    const payment = foldEvent(recorded?.payment, event)
    if (!payment) continue
    const observedAt = '2026-11-30T09:00:00.000Z'
    const report = { evidence: 'report', source: 'webhook', payment, observedAt } as const
    recorded = advance(recorded, report, { canLookUp: false }).report
  }
  return recorded?.payment
}

export async function codeOf(work: () => unknown): Promise<PaymentErrorCode | 'no error' | 'another error'> {
  try {
    await work()
    return 'no error'
  } catch (error) {
    return (error as { readonly code?: PaymentErrorCode }).code ?? 'another error'
  }
}

/** Every order of a list. */
export function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  )
}
