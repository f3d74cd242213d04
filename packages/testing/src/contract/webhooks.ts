import type { PaymentProvider, WebhookDelivery, WebhookEvent } from '@payment-status/core'
import { deliveriesOf } from './fixture.ts'
import type { ProviderContractOptions } from './options.ts'
import { codeOf } from './outcome.ts'
import { findNotPlain } from './plain.ts'
import type { TestRunner } from './runner.ts'
import type { Subject } from './subject.ts'
import { tamper, toBytes, toText } from './tamper.ts'

/** Tests that a webhook is read only if the received bytes verify. */
export function testWebhooks(
  { describe, it, expect }: TestRunner,
  subject: Subject,
  options: ProviderContractOptions,
): void {
  const { fixtures, signedPart, withoutSignature = dropHeaders } = options
  const signed = fixtures.payments.filter(({ webhook, webhooks }) => webhook ?? webhooks)
  if (signed.length === 0) return

  /** The titles of the webhooks that are not answered with `code`. */
  async function otherwise(
    code: string,
    provider: PaymentProvider,
    change: (delivery: WebhookDelivery) => WebhookDelivery[],
  ): Promise<string[]> {
    const others: string[] = []
    for (const fixture of signed) {
      for (const delivery of (await deliveriesOf(fixture)).flatMap(change)) {
        const answer = await codeOf(() => provider.readWebhook(delivery))
        if (answer !== code) others.push(`${fixture.title}: ${answer}`)
      }
    }
    return others
  }

  describe('a webhook', () => {
    it('with one changed byte is refused', async () => {
      const { provider } = subject.connected()
      const accepted: string[] = []
      for (const fixture of signed) {
        for (const original of await deliveriesOf(fixture)) {
          const changes = tamper(original, signedPart)
          if (changes.length === 0) accepted.push(`${fixture.title}: no change reaches its signed part`)
          for (const { what, delivery } of changes) {
            const answer = await codeOf(() => provider.readWebhook(delivery))
            if (answer !== 'invalid_signature') accepted.push(`${fixture.title}, ${what}: ${answer}`)
          }
        }
      }
      expect(accepted).toEqual([])
    })

    it('signed with another secret is refused', async () => {
      const provider = subject.trusting('another')
      expect(await otherwise('invalid_signature', provider, (delivery) => [delivery])).toEqual([])
    })

    it('without a signature is refused', async () => {
      const { provider } = subject.connected()
      const change = (delivery: WebhookDelivery) => [withoutSignature(delivery)]
      expect(await otherwise('invalid_signature', provider, change)).toEqual([])
    })

    it('is never read where no secret is configured', async () => {
      expect(
        await otherwise(
          'invalid_input',
          lazily(() => subject.trusting('none')),
          (delivery) => [delivery],
        ),
      ).toEqual([])
    })

    it('whose body was parsed already is rejected', async () => {
      const { provider } = subject.connected()
      const change = ({ rawBody, ...rest }: WebhookDelivery) => [
        { ...rest, rawBody: JSON.parse(toText(rawBody)) as string },
      ]
      expect(await otherwise('invalid_input', provider, change)).toEqual([])
    })

    it('reads alike as bytes and as text, and with headers of any kind and case', async () => {
      const { provider } = subject.connected()
      for (const fixture of signed) {
        for (const { rawBody, headers, ...rest } of await deliveriesOf(fixture)) {
          const entries = toEntries(headers)
          const upper = entries.map(([name, value]) => [name.toUpperCase(), value])
          const deliveries: WebhookDelivery[] = [
            { ...rest, rawBody: toText(rawBody), headers },
            { ...rest, rawBody: toBytes(rawBody), headers: new Headers(entries) },
            { ...rest, rawBody, headers: Object.fromEntries(upper) },
            {
              ...rest,
              rawBody,
              headers: Object.fromEntries(entries.map(([name, value]) => [name, [value]])),
            },
          ]
          const [first, ...others] = await Promise.all(
            deliveries.map((delivery) => provider.readWebhook(delivery)),
          )
          for (const other of others) expect(withoutClock(other)).toEqual(withoutClock(first))
        }
      }
    })

    it('has one id however often it is delivered, and an answer the provider takes for a yes', async () => {
      const { provider } = subject.connected()
      const ids: string[] = []
      for (const fixture of signed) {
        const redelivered = await deliveriesOf(fixture)
        for (const [index, delivery] of (await deliveriesOf(fixture)).entries()) {
          const event = await provider.readWebhook(delivery)
          const again = await provider.readWebhook(redelivered[index] ?? delivery)
          ids.push(event.id)
          expect({ id: again.id, type: again.type }).toEqual({ id: event.id, type: event.type })
          expect(typeof event.id === 'string' && event.id !== '').toBe(true)
          expect(event.reply.status >= 200 && event.reply.status < 300).toBe(true)
          expect(typeof event.reply.body).toBe('string')
          expect(findNotPlain(event)).toBe(undefined)
        }
      }
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
    })
  })
}

/** A provider that may refuse its configuration at once, or at the call that needs it. */
function lazily(create: () => PaymentProvider): PaymentProvider {
  return {
    readWebhook: async (delivery: WebhookDelivery) => create().readWebhook(delivery),
  } as PaymentProvider
}

function dropHeaders(delivery: WebhookDelivery): WebhookDelivery {
  return { ...delivery, headers: {} }
}

function toEntries(headers: WebhookDelivery['headers']): [string, string][] {
  return headers instanceof Headers
    ? [...headers.entries()]
    : Object.entries(headers).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]],
      )
}

function withoutClock(event: WebhookEvent | undefined): unknown {
  return event?.kind === 'payment' ? { ...event, report: { ...event.report, observedAt: '' } } : event
}
