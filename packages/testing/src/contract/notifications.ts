import type { PaymentProvider, WebhookDelivery } from '@payment-status/core'
import type { PaymentFixture } from '@payment-status/core/kit'
import { isLookedUp } from './fixture.ts'
import type { ProviderContractOptions } from './options.ts'
import { codeOf, endingOf } from './outcome.ts'
import type { TestRunner } from './runner.ts'
import type { Subject } from './subject.ts'
import { tamper, toText } from './tamper.ts'

/** Kinds of event that change nothing themselves: only these may come from a webhook without a signature. */
const harmless: readonly string[] = ['recheck', 'unrelated']

/**
 * Tests that a webhook without a signature is refused, or, at a provider that sends such notifications, that it only
 * triggers a lookup.
 */
export function testNotifications(
  { describe, it, expect }: TestRunner,
  subject: Subject,
  options: ProviderContractOptions,
): void {
  const { payments } = options.fixtures
  const notified = payments.filter(({ unsignedWebhook }) => unsignedWebhook)

  describe('a webhook that is not signed', () => {
    if (notified.length === 0) {
      it('is refused where no fixture has an `unsignedWebhook`', async () => {
        const { provider } = subject.connected()
        const read: string[] = []
        for (const { id } of payments) {
          for (const rawBody of [`id=${encodeURIComponent(id)}`, JSON.stringify({ id })]) {
            if ((await codeOf(() => provider.readWebhook({ rawBody, headers: {} }))) === 'no error')
              read.push(rawBody)
          }
        }
        expect(read).toEqual([])
      })
      return
    }

    it('only triggers a lookup of the payment that it names', async () => {
      const { provider } = subject.connected()
      for (const fixture of notified) {
        const event = await provider.readWebhook(await deliver(fixture))
        expect({ title: fixture.title, kind: event.kind }).toEqual({ title: fixture.title, kind: 'recheck' })
        if (event.kind !== 'recheck' || !isLookedUp(subject, fixture, options)) continue
        const found = (await provider.find(event.key)).map(({ payment }) => payment)
        expect(found.map(({ id, status }) => ({ id, status }))).toEqual([
          { id: fixture.id, status: fixture.status },
        ])
      }
    })

    it('changes nothing itself, whatever its body states', async () => {
      const { provider } = subject.connected()
      const believed: string[] = []
      for (const fixture of notified) {
        for (const { what, delivery } of forgeries(await deliver(fixture), fixture)) {
          const kind = await kindOf(provider, delivery)
          if (kind !== undefined && !harmless.includes(kind))
            believed.push(`${fixture.title}, ${what}: ${kind}`)
        }
      }
      expect(believed).toEqual([])
    })

    it('has a new id at each delivery, because every change of a payment sends the same body', async () => {
      const { provider } = subject.connected()
      const ids: string[] = []
      for (const fixture of notified) {
        const delivery = await deliver(fixture)
        for (const { id } of [await provider.readWebhook(delivery), await provider.readWebhook(delivery)])
          ids.push(id)
      }
      expect(ids.filter((id, index) => id === '' || ids.indexOf(id) !== index)).toEqual([])
    })
  })
}

async function deliver({ unsignedWebhook }: PaymentFixture): Promise<WebhookDelivery> {
  if (!unsignedWebhook) throw new TypeError('a fixture without an unsigned webhook was selected')
  return unsignedWebhook()
}

/** Returns the kind of event that a delivery is read as, or `undefined` where it is refused. */
async function kindOf(provider: PaymentProvider, delivery: WebhookDelivery): Promise<string | undefined> {
  const ending = await endingOf(() => provider.readWebhook(delivery))
  return ending.kind === 'value' ? ending.value.kind : undefined
}

/** Returns the notification with each change of its body, and the fixture's own evidence without a signature. */
function forgeries(original: WebhookDelivery, { response }: PaymentFixture) {
  const text = toText(original.rawBody)
  return [
    ...tamper(original, undefined),
    { what: 'fields of a form added', delivery: { ...original, rawBody: `${text}&status=paid&amount=1` } },
    ...(response ? [response.body] : []).map((body) => ({
      what: 'the answer to the create call',
      delivery: { ...original, rawBody: JSON.stringify(body) },
    })),
  ]
}
