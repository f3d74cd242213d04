import { type CheckoutComConfig, createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import {
  isPaymentError,
  type Payment,
  PaymentError,
  type PaymentProvider,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
  type WebhookDelivery,
} from '@payment-status/core'
import { defineProvider } from '@payment-status/core/kit'
import { type ProviderContractOptions, testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'
import { readReport } from '../src/contract/evidence.ts'
import { runSuite } from './run-suite.ts'

type Config = CheckoutComConfig<string>
type Breaking = (provider: PaymentProvider, config: Config) => Partial<PaymentProvider>
type Options = ProviderContractOptions<typeof checkoutComFixtures.secrets>

const options: Options = {
  fixtures: checkoutComFixtures,
  create: (config) => createCheckoutCom(config),
  unknownId: 'pay_nobodyhasthispaymentid2222',
  newWord: 'Teleported',
  withoutFixture: ['open'],
  exceptions: { 'a payout, and payment_paid': { webhook: 'unrelated' } },
}

/** One fixture for each of a few statuses, webhooks among them: enough to be caught with, and quick. */
const few: Partial<Options> = {
  fixtures: {
    ...checkoutComFixtures,
    payments: checkoutComFixtures.payments.filter(({ title }) =>
      [
        'captured, looked up by pay_ id',
        'pending in the response, to be redirected for 3-D Secure',
        'declined, by webhook',
        'Captured, approved true, with balances, and payment_captured',
        'Teleported, approved true',
      ].includes(title),
    ),
  },
  withoutFixture: paymentStatuses.filter(
    (status) => !['captured', 'requires_action', 'failed', 'unknown'].includes(status),
  ),
  exceptions: {},
}

const run = (changes: Partial<Options>) =>
  runSuite((runner) => testProviderContract(runner, { ...options, ...changes }))

/** Returns the tests that fail when Checkout.com's provider is broken in one way. */
async function failuresOf(breaking: Breaking): Promise<readonly string[]> {
  const create = (config: Config) => {
    const provider: PaymentProvider = createCheckoutCom(config)
    return { ...provider, ...breaking(provider, config) }
  }
  return (await run({ ...few, create })).failed
}

function withPayment(report: PaymentReport, change: (payment: Payment) => Partial<Payment>): PaymentReport {
  return { ...report, payment: { ...report.payment, ...change(report.payment) } }
}

function asStatus(status: PaymentStatus): (report: PaymentReport) => PaymentReport {
  return (report) => withPayment(report, () => ({ status }))
}

/** Whatever the call throws, thrown again by another hand. */
async function rethrow<T>(call: () => Promise<T>, change: (error: PaymentError) => unknown): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw isPaymentError(error) ? change(error) : error
  }
}

describe('the contract suite', () => {
  it('passes a provider that keeps the contract, without any test runner', async () => {
    const { passed, failed } = await run({})
    expect(failed).toEqual([])
    expect(passed.length).toBeGreaterThan(150)
  })

  it('notices a provider that says captured to everything', async () => {
    const failed = await failuresOf((provider) => ({
      lookup: async (id, asked) => asStatus('captured')(await provider.lookup(id, asked)),
    }))
    expect(failed).toContain('looked up by its id')
    expect(failed).toContain('reads an unlisted word as unknown, and keeps it in the facts')
  })

  it('fails where it can change no signed part of a webhook', async () => {
    const { failed } = await run({ signedPart: () => 'the same for every body' })
    expect(failed).toEqual(['with one changed byte is refused'])
  })

  it('tries every value of a nested body', async () => {
    const tried = new Set<string>()
    await run({
      create: (config) => {
        const provider = createCheckoutCom(config)
        const readWebhook: PaymentProvider['readWebhook'] = (delivery) => {
          tried.add(
            typeof delivery.rawBody === 'string'
              ? delivery.rawBody
              : new TextDecoder().decode(delivery.rawBody),
          )
          return provider.readWebhook(delivery)
        }
        return { ...provider, readWebhook }
      },
    })
    const amounts = [...tried].flatMap((text) => /"amount":(\d+)/.exec(text)?.[1] ?? [])
    expect(new Set(amounts).size).toBeGreaterThan(1)
  })

  it('notices a payment that is refused by its id and captured by its reference', async () => {
    const failed = await failuresOf((provider) => ({
      async lookupByReference(reference, asked) {
        const reports = await provider.lookupByReference(reference, asked)
        return reports.map((report) =>
          report.payment.status === 'failed' ? asStatus('captured')(report) : report,
        )
      },
    }))
    expect(failed).toEqual(['looked up by its reference, where it has one'])
  })

  it('notices a response read as something else than the lookup', async () => {
    const failed = await failuresOf((provider) => ({
      readResponse: async (body) => asStatus('captured')(await readReport(provider, { body })),
    }))
    expect(failed).toEqual(['as the response to a create call'])
  })

  it('notices an amount that is not the one asked of the shopper', async () => {
    const failed = await failuresOf((provider) => ({
      async readWebhook(delivery) {
        const event = await provider.readWebhook(delivery)
        if (event.kind !== 'payment') return event
        const report = withPayment(event.report, () => ({ amount: { amount: 1, currency: 'EUR' } }))
        return { ...event, report }
      },
    }))
    expect(failed).toEqual(['as a webhook'])
  })

  it('notices a provider that trusts every webhook', async () => {
    const failed = await failuresOf((provider, { webhookSecrets }) => ({
      async readWebhook({ rawBody }: WebhookDelivery) {
        return provider.readWebhook(await signWebhook(rawBody, String(webhookSecrets)))
      },
    }))
    expect(failed).toContain('with one changed byte is refused')
    expect(failed).toContain('without a signature is refused')
  })

  it('notices a provider that reads webhooks without a secret', async () => {
    const failed = await failuresOf((provider, { webhookSecrets }) =>
      webhookSecrets === ''
        ? { readWebhook: (delivery) => createCheckoutCom(checkoutComFixtures.secrets).readWebhook(delivery) }
        : { readWebhook: provider.readWebhook },
    )
    expect(failed).toEqual(['is never read where no secret is configured'])
  })

  it('notices a provider that verifies text and not bytes', async () => {
    const failed = await failuresOf((provider) => ({
      readWebhook: (delivery) => provider.readWebhook({ ...delivery, rawBody: `${delivery.rawBody}` }),
    }))
    expect(failed).toContain('reads alike as bytes and as text, and with headers of any kind and case')
  })

  it('notices a value of the payload in an error', async () => {
    const failed = await failuresOf((provider) => ({
      readResponse: (body, sent) =>
        rethrow(
          () => provider.readResponse(body, sent),
          ({ code }) =>
            new PaymentError({
              code,
              provider: provider.name,
              message: `cannot read ${JSON.stringify(body)}`,
            }),
        ),
    }))
    expect(failed).toEqual(['when a payload is not as documented'])
  })

  it('notices the key in the cause of an error', async () => {
    const failed = await failuresOf((provider, { secretKey }) => ({
      lookup: (id, asked) =>
        rethrow(
          () => provider.lookup(id, asked),
          (error) => Object.assign(error, { cause: { request: { authorization: secretKey } } }),
        ),
    }))
    expect(failed).toContain('when the provider refuses')
    expect(failed).toContain('without an answer')
  })

  it('notices an error that is not a PaymentError', async () => {
    const failed = await failuresOf((provider) => ({
      readResponse: (body, sent) =>
        rethrow(
          () => provider.readResponse(body, sent),
          () => new TypeError('cannot read properties of undefined'),
        ),
    }))
    expect(failed).toContain('is refused as a response')
  })

  it('notices a provider that ignores the abort signal', async () => {
    const failed = await failuresOf((provider) => ({
      list: (range, asked) => provider.list(range, { timeoutMs: asked?.timeoutMs }),
    }))
    expect(failed).toEqual([
      'is left at once when the signal of a list aborts',
      'is not even asked when the signal has aborted before',
    ])
  })

  it.each<[string, Partial<Payment>]>([
    ['a card number for a brand', { method: { kind: 'card', brand: '4242 4242 4242 4242' } }],
    ['the beginning of a card number', { method: { kind: 'card', name: '424242' } }],
    ['more than the last four digits', { method: { kind: 'card', last4: '44242' } }],
    ['an expiry', { method: { kind: 'card', expiry: '01/30' } as Payment['method'] & object }],
    ['an expiry for a brand', { method: { kind: 'card', brand: '01/2030' } }],
    ['a name in a trace', { trace: { acquirerReference: 'L L' } }],
    ['a number in 3-D Secure', { authentication: { eci: '5555555555554444' } }],
  ])('notices %s in a payment', async (_, change) => {
    const failed = await failuresOf((provider) => ({
      readResponse: async (body) => withPayment(await readReport(provider, { body }), () => change),
    }))
    expect(failed).toEqual(['as the response to a create call'])
  })

  it('notices the name of a shopper, wherever it is kept', async () => {
    const failed = await failuresOf((provider, { fetch }) => ({
      async lookup(id, asked) {
        const report = await provider.lookup(id, asked)
        const headers = { authorization: `Bearer ${checkoutComFixtures.secrets.secretKey}` }
        const answer = await fetch?.(`${checkoutComFixtures.origin}/payments/${id}`, { headers })
        const body = (await answer?.json()) as { source?: { name?: string } }
        const name = body.source?.name
        return name === undefined ? report : withPayment(report, () => ({ method: { kind: 'card', name } }))
      },
    }))
    expect(failed).toContain('of what the provider knows of the shopper and the card')
  })

  it("notices the provider's own object missing where it was asked for", async () => {
    const failed = await failuresOf((provider) => ({
      async lookup(id, asked) {
        const { raw: _, ...report } = await provider.lookup(id, asked)
        return report
      },
    }))
    expect(failed).toEqual([
      "the provider's own object is in every report where the configuration asks for it",
    ])
  })

  it("notices the provider's own object where it was not requested", async () => {
    const failed = await failuresOf((provider) => ({
      readResponse: async (body) => ({ ...(await readReport(provider, { body })), raw: body }),
    }))
    expect(failed).toEqual(['as the response to a create call'])
  })

  it('notices a lookup that forgets the steps it is given', async () => {
    const step = (id: string) => ({ id, kind: 'payment', status: 'succeeded' }) as const
    const failed = await failuresOf((provider) => ({
      lookup: async (id, asked) =>
        withPayment(await provider.lookup(id, asked), () => ({
          operations: asked?.operations ? [] : [step('one')],
        })),
    }))
    expect(failed).toEqual([
      'that is given its own operations answers with at least those, and with the same status',
    ])
  })

  it('notices a hint with a status', async () => {
    const failed = await failuresOf((provider) => ({
      readReturn: (url) => Object.assign(provider.readReturn(url), { status: 'captured' }),
    }))
    expect(failed).toEqual(['as a return URL', 'is a hint without a status as a return URL, or is refused'])
  })

  it('notices a hint whose key finds another payment', async () => {
    const id = checkoutComFixtures.payments[0]?.id ?? ''
    const failed = await failuresOf((provider) => ({
      readClientResult: (result) => ({ ...provider.readClientResult(result), key: { id } }),
    }))
    expect(failed).toEqual(['as a browser result'])
  })

  it('notices an unknown id that is taken for an unpaid payment', async () => {
    const failed = await failuresOf((provider) => ({
      async lookup(id, asked) {
        try {
          return await provider.lookup(id, asked)
        } catch (error) {
          if (!isPaymentError(error) || error.code !== 'not_found') throw error
          const payment = { provider: provider.name, id, status: 'failed' as const, facts: {} }
          return { evidence: 'report', source: 'lookup', payment, observedAt: new Date().toISOString() }
        }
      },
    }))
    expect(failed).toContain('that it has no such payment is read as not_found')
  })

  it('notices a report that is not plain JSON', async () => {
    const failed = await failuresOf((provider) => ({
      async readResponse(body) {
        const report = await provider.readResponse(body)
        return { ...report, observedAt: new Date() as unknown as string }
      },
    }))
    expect(failed).toEqual(['as the response to a create call'])
  })

  it('notices a member that is there without a value', async () => {
    const failed = await failuresOf((provider) => ({
      readResponse: async (body) =>
        withPayment(await readReport(provider, { body }), ({ decline }) => ({ decline }) as Partial<Payment>),
    }))
    expect(failed).toEqual(['as the response to a create call'])
  })

  it('notices a crafted id that is sent on', async () => {
    const failed = await failuresOf((provider) => ({
      lookup: (id, asked) => provider.lookup(String(id).trim(), asked),
    }))
    expect(failed).toContain('of a crafted id is refused before anything is sent')
  })

  it('notices evidence in the name of another account', async () => {
    const failed = await failuresOf((provider) => ({
      lookup: async (id, asked) =>
        withPayment(await provider.lookup(id, asked), () => ({ provider: 'checkout-com' })),
      name: provider.name,
    }))
    expect(failed).toEqual(['signs its evidence with it'])
  })

  it('notices a list that holds a payment twice', async () => {
    const failed = await failuresOf((provider) => ({
      async *list(range, asked) {
        yield* provider.list(range, asked)
        yield* provider.list(range, asked)
      },
    }))
    expect(failed).toEqual(['holds each payment created in its range once, and reads it as a lookup does'])
  })

  it('notices a status without a fixture, and an exception without a use', async () => {
    const title = 'has a fixture for every status but the ones the provider has no words for'
    expect((await run({ withoutFixture: [] })).failed).toEqual([title])
    expect((await run({ withoutFixture: ['open', 'captured'] })).failed).toEqual([title])
    const strange = await run({ ...few, exceptions: { 'no fixture is called so': { webhook: 'unrelated' } } })
    expect(strange.failed).toEqual(['says whose fixtures these are, and each of them once'])
  })

  it('notices a source without a fixture', async () => {
    const title = 'has a fixture for every source but the ones left out by name'
    const payments = checkoutComFixtures.payments.map(({ webhook: _, ...fixture }) => fixture)
    const fixtures = { ...checkoutComFixtures, payments }
    expect((await run({ fixtures })).failed).toEqual([title])
    expect((await run({ fixtures, withoutSource: ['webhook'] })).failed).toEqual([])
    expect((await run({ withoutSource: ['webhook'] })).failed).toEqual([title])
  })

  describe('for a provider that cannot be asked', () => {
    const answers = { lookup: 'none', byReference: 'none', list: 'none' } as const
    const { respond: _, payments, ...rest } = checkoutComFixtures
    const stated = payments.filter(({ title, webhook }) => webhook && !options.exceptions?.[title])
    const fixtures = { ...rest, payments: stated }
    const silent: Partial<Options> = {
      fixtures,
      create: (config) => defineProvider({ ...createCheckoutCom(config), answers }),
      exceptions: {},
      withoutSource: ['clientResult', 'returnUrl'].filter((source) =>
        fixtures.payments.every((fixture) => fixture[source as 'returnUrl'] === undefined),
      ) as ['returnUrl'],
      withoutFixture: paymentStatuses.filter((status) =>
        fixtures.payments.every((each) => each.status !== status),
      ),
    }
    const newWord = 'reads an unlisted word as unknown, and keeps it in the facts'

    it('tests the refusal instead of the answer', async () => {
      const { passed, failed } = await run(silent)
      expect(failed.filter((title) => title !== newWord)).toEqual([])
      expect(passed).toContain('is unsupported: lookup')
      expect(passed).toContain('is unsupported: list')
      expect(passed).not.toContain('looked up by its id')
    })

    it('notices a query that is answered, and one that sends a request', async () => {
      const { failed } = await run({
        ...silent,
        create: (config) => ({ ...createCheckoutCom(config), answers }),
      })
      expect(failed).toContain('is unsupported: lookup')
      expect(failed).toContain('is unsupported: lookup by reference')
      expect(failed).toContain('is unsupported: list')
    })

    it('adds up several webhooks of one fixture, and notices one that is missing', async () => {
      const [authorized, captured] = ['authorized', 'captured'].map((wanted) =>
        payments.find(({ status, webhook }) => status === wanted && webhook),
      )
      if (!authorized?.webhook || !captured?.webhook) throw new TypeError('these fixtures are missing')
      const { webhook: last, id } = captured
      const other = { ...authorized, id, webhook: authorized.webhook }
      const fixture = {
        ...captured,
        title: 'two webhooks',
        webhooks: async () => [await last.call(captured)],
      }
      const states = (payment: typeof fixture) =>
        run({ ...silent, fixtures: { ...fixtures, payments: [payment] }, exceptions: {} })
      expect((await states(fixture)).passed).toContain('as several webhooks')
      const { webhook: _, ...without } = { ...fixture, webhooks: async () => [await other.webhook()] }
      expect((await states(without)).failed).toContain('as several webhooks')
    })
  })

  it('notices a fixture that no source states', async () => {
    const [first] = few.fixtures?.payments ?? []
    if (!first) throw new TypeError('these fixtures are missing')
    const { webhook: _, response: __, ...silent } = first
    const exceptions = { [first.title]: { lookup: 'left out' } } as const
    const { failed } = await run({
      ...few,
      fixtures: { ...checkoutComFixtures, payments: [silent] },
      exceptions,
      withoutFixture: paymentStatuses.filter((status) => status !== first.status),
    })
    expect(failed).toContain('has a source that states its status')
  })

  it('notices that the new word is never sent', async () => {
    const { failed } = await run({ ...few, newWord: 'Telepathed' })
    expect(failed).toEqual(['reads an unlisted word as unknown, and keeps it in the facts'])
  })
})
