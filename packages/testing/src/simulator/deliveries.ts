import type { WebhookDelivery } from '@payment-status/core'
import type { ProviderSimulation, SimulatedPayment } from '@payment-status/core/kit'
import type { Clock } from './clock.ts'
import type { Faults, WebhookFault } from './faults.ts'
import type { Random } from './random.ts'

/** One attempt to deliver a webhook. */
export interface DeliveryRecord {
  readonly provider: string
  readonly paymentId: string
  /** The payment's step that it reports. */
  readonly step: number
  /** ISO 8601 instant of the virtual clock. */
  readonly at: string
  /** From 1; more where the shop did not answer with 2xx. */
  readonly attempt: number
  readonly faults: readonly WebhookFault[]
  /** HTTP status of the shop's answer. 0 if it could not be reached, `undefined` if nothing was sent. */
  readonly status?: number
}

export type SendWebhook = (request: Request) => Promise<Response>

interface Parcel {
  readonly simulation: ProviderSimulation
  readonly payment: SimulatedPayment
  /** Which of the webhooks about this step. */
  readonly index: number
  readonly faults: readonly WebhookFault[]
}

export interface Deliveries {
  /** Sends the webhooks about a payment's newest step, as well or badly as the faults have it. */
  announce(payment: SimulatedPayment, simulation: ProviderSimulation): Promise<void>
  readonly records: readonly DeliveryRecord[]
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const LONGEST_HOLD = 6 * DAY

/** Webhooks on their way to the shop, on the virtual clock. */
export function createDeliveries({
  clock,
  random,
  faults,
  webhookUrl,
  latest,
  send,
}: {
  readonly clock: Clock
  readonly random: Random
  readonly faults: Faults
  readonly webhookUrl: string
  /** Returns a payment as it is now. */
  latest(payment: SimulatedPayment): SimulatedPayment
  readonly send: SendWebhook
}): Deliveries {
  const records: DeliveryRecord[] = []
  const { webhooks = {} } = faults
  /** Webhooks held back until a newer one of their payment is out. */
  const held = new Map<string, Parcel[]>()

  async function attempt(parcel: Parcel, number: number): Promise<void> {
    const { simulation, payment, faults: drawn } = parcel
    const isCut = drawn.includes('cutShort') && number === 1
    // Built at each attempt, as providers do whose signature holds the time, or whose content is that of the moment.
    const delivery = (
      await simulation.createWebhooks(payment, {
        unknownWord: drawn.includes('unknownWord'),
        at: new Date(clock.now()),
        latest: latest(payment),
      })
    )[parcel.index]
    if (!delivery) return
    // A shop that cannot be reached is one that did not answer.
    const request = toRequest(delivery, `${webhookUrl}/${simulation.provider}`, isCut)
    const answered = (async () => send(request))().catch(() => undefined)
    const response = (await answered) ?? Response.error()
    record(parcel, number, response.status)
    await response.body?.cancel().catch(() => {}) // it may be read elsewhere
    release(
      `${simulation.provider} ${payment.id}`,
      (held) => held.payment.steps.length < payment.steps.length,
    )
    if (response.ok) return
    const wait = simulation.redeliveries[number - 1]
    if (wait !== undefined) clock.at(clock.now() + wait, () => attempt(parcel, number + 1))
  }

  function record({ simulation, payment, faults: drawn }: Parcel, number: number, status?: number): void {
    records.push({
      provider: simulation.provider,
      paymentId: payment.id,
      step: payment.steps.length,
      at: new Date(clock.now()).toISOString(),
      attempt: number,
      faults: drawn,
      ...(status === undefined ? {} : { status }),
    })
  }

  /** Sends what was held back and fits, a while from now. */
  function release(key: string, fits: (parcel: Parcel) => boolean): void {
    const waiting = held.get(key) ?? []
    held.set(
      key,
      waiting.filter((parcel) => !fits(parcel)),
    )
    for (const parcel of waiting.filter(fits)) {
      clock.at(clock.now() + random.between(1, 600) * MINUTE, () => attempt(parcel, 1))
    }
  }

  function dispatch(parcel: Parcel): void {
    const { faults: drawn, payment, simulation } = parcel
    if (drawn.includes('lost')) {
      record(parcel, 0)
      return
    }
    if (drawn.includes('late')) {
      const key = `${simulation.provider} ${payment.id}`
      held.set(key, [...(held.get(key) ?? []), parcel])
      clock.at(clock.now() + LONGEST_HOLD, () => release(key, (waiting) => waiting === parcel))
      return
    }
    const wait = drawn.includes('delayed')
      ? random.between(DAY / MINUTE, (5 * DAY) / MINUTE) * MINUTE
      : drawn.includes('reordered')
        ? random.between(1, 10) * MINUTE
        : random.between(50, 3000)
    clock.at(clock.now() + wait, () => attempt(parcel, 1))
    if (drawn.includes('doubled'))
      clock.at(clock.now() + wait + random.between(0, 5 * MINUTE), () => attempt(parcel, 1))
  }

  return {
    records,
    async announce(payment, simulation) {
      const kinds: readonly WebhookFault[] = ['lost', 'doubled', 'reordered', 'delayed', 'late', 'cutShort']
      const ordinary = await simulation.createWebhooks(payment)
      if (ordinary.length > 1 && random.chance(webhooks.swapped)) {
        const parcels = Array.from(
          ordinary.keys(),
          (index): Parcel => ({
            simulation,
            payment,
            index,
            faults: ['swapped'],
          }),
        )
        // At once, as by two of the provider's servers: the shop has both before it has answered either.
        clock.at(clock.now() + random.between(50, 3000), async () => {
          await Promise.all(parcels.toReversed().map((parcel) => attempt(parcel, 1)))
        })
        return
      }
      for (const index of ordinary.keys()) {
        dispatch({
          simulation,
          payment,
          index,
          faults: kinds.filter((kind) => random.chance(webhooks[kind])),
        })
      }
      if (random.chance(webhooks.unknownWord)) {
        dispatch({ simulation, payment, index: 0, faults: ['unknownWord'] })
      }
    },
  }
}

function toRequest({ rawBody, headers }: WebhookDelivery, url: string, isCut: boolean): Request {
  const body = isCut ? rawBody.slice(0, Math.floor(rawBody.length / 2)) : rawBody
  return new Request(url, {
    method: 'POST',
    headers: headers as Record<string, string>,
    body: body as BodyInit,
  })
}
