import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import {
  type PaymentProvider,
  paymentStatuses,
  type WebhookDelivery,
  type WebhookEvent,
} from '@payment-status/core'
import { readForm, readHeader, toNotification } from '@payment-status/core/kit'
import { type ProviderContractOptions, type TestRunner, testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'
import { runSuite } from './run-suite.ts'

type Options = ProviderContractOptions<typeof checkoutComFixtures.secrets>

/** One payment whose provider sends notifications too: `id=pay_…` without a signature. */
const payments = checkoutComFixtures.payments
  .filter(({ title }) => title === 'captured, looked up by pay_ id')
  .map((fixture) => ({
    ...fixture,
    unsignedWebhook: async (): Promise<WebhookDelivery> => ({ rawBody: `id=${fixture.id}`, headers: {} }),
  }))

const options: Options = {
  fixtures: { ...checkoutComFixtures, payments },
  create: (config) => createCheckoutCom(config),
  unknownId: 'pay_nobodyhasthispaymentid2222',
  newWord: 'Teleported',
  withoutFixture: paymentStatuses.filter((status) => status !== 'captured'),
}

type Read = (provider: PaymentProvider, delivery: WebhookDelivery) => WebhookEvent | Promise<WebhookEvent>

/** Returns the failing tests about unsigned webhooks, at a provider that reads them with `read`. */
async function failuresOf(read: Read, changes: Partial<Options> = {}): Promise<readonly string[]> {
  const create: Options['create'] = (config) => {
    const provider: PaymentProvider = createCheckoutCom(config)
    const readWebhook: PaymentProvider['readWebhook'] = async (delivery) =>
      readHeader(delivery, 'cko-signature') === undefined
        ? read(provider, delivery)
        : provider.readWebhook(delivery)
    return { ...provider, readWebhook }
  }
  const { failed } = await runSuite((runner) =>
    testProviderContract(runner, { ...options, ...changes, create }),
  )
  return failed.filter((title) => titles.includes(title))
}

const titles = [
  'is refused where no fixture has an `unsignedWebhook`',
  'only triggers a lookup of the payment that it names',
  'changes nothing itself, whatever its body states',
  'has a new id at each delivery, because every change of a payment sends the same body',
]

const notify: Read = ({ name: provider }, delivery) =>
  toNotification({ provider, key: { id: readForm(delivery, provider).get('id') ?? '' } })

describe('the contract suite, about webhooks that are not signed', () => {
  it('passes a provider whose notifications only trigger a lookup', async () => {
    expect(await failuresOf(notify)).toEqual([])
  })

  it('refuses a provider that reads them without a fixture that shows it', async () => {
    const fixtures = {
      ...checkoutComFixtures,
      payments: payments.map(({ unsignedWebhook: _, ...fixture }) => fixture),
    }
    expect(await failuresOf(notify, { fixtures })).toEqual([
      'is refused where no fixture has an `unsignedWebhook`',
    ])
  })

  it('refuses an id made from the body: the deduplication would drop every later change', async () => {
    const failed = await failuresOf(async (provider, delivery) => ({
      ...(await notify(provider, delivery)),
      id: readForm(delivery, provider.name).get('id') ?? '',
    }))
    expect(failed).toEqual([
      'has a new id at each delivery, because every change of a payment sends the same body',
    ])
  })

  it('refuses a status that the unsigned body states', async () => {
    const failed = await failuresOf(async (provider, delivery) => {
      const event = await notify(provider, delivery)
      if (readForm(delivery, provider.name).get('status') !== 'paid') return event
      const id = payments[0]?.id ?? ''
      const report = { ...(await provider.lookup(id)), source: 'webhook' as const }
      const { id: eventId, type, reply } = event
      return { provider: provider.name, id: eventId, type, reply, kind: 'payment', report }
    })
    expect(failed).toEqual(['changes nothing itself, whatever its body states'])
  })

  it('names the option where a status has no fixture', async () => {
    const compared: unknown[] = []
    const runner: Pick<TestRunner, 'expect'> = {
      expect: (actual) => ({ toBe: () => {}, toEqual: (wanted) => compared.push(actual, wanted) }),
    }
    await runSuite((plain) =>
      testProviderContract({ ...plain, ...runner }, { ...options, withoutFixture: [], withoutSource: [] }),
    )
    expect(compared).toContainEqual({ withoutFixture: [] })
    expect(compared).toContainEqual({ withoutSource: [] })
  })
})
