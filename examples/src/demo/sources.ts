import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import type { PaymentFixture, ProviderFixtures } from '@payment-status/core/kit'
import {
  createPayments,
  isPaymentError,
  memoryClaims,
  type PaymentHint,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
  statusMeanings,
} from 'payment-status'
import { type ListedProvider, providers } from '../../../tools/providers.ts'
import { serve } from '../serve.ts'
import { printTable } from '../table.ts'
import { wordsOf } from './words.ts'

type Row = readonly [
  provider: string,
  source: string,
  payment: string,
  words: string,
  status: string,
  origin: string,
]

const WIDEST_WORDS = 40
const WIDEST_ID = 12

/** Walks recorded payments of each provider from every source: their query APIs and the shop are real HTTP servers. */
export async function showSources(): Promise<void> {
  const notFound = async () => new Response(null, { status: 404 })
  const apis = await Promise.all(providers.map(({ fixtures }) => serve(fixtures.respond ?? notFound)))
  const payments = createPayments(providers.map(({ create }, index) => create({ baseUrl: apis[index]?.url })))
  const received: PaymentReport[] = []
  const webhooks = payments.webhookHandler({
    claims: memoryClaims(),
    onReports: (reports) => void received.push(...reports),
  })
  const shop = await serve(async (request) => {
    const { pathname } = new URL(request.url)
    if (request.method === 'POST') return webhooks(request)
    return Response.json(payments.readReturn(pathname.split('/').at(-1) ?? '', request.url))
  })
  const rows: Row[] = []
  const show = (source: string, { payment }: PaymentReport): void => {
    const { provider, id, status } = payment
    rows.push([provider, source, shortenId(id), shorten(wordsOf(payment)), status, originOf(provider, id)])
  }
  const hinted = (source: string, hint: PaymentHint, fixture: PaymentFixture): void => {
    const key = hint.key && ('id' in hint.key ? hint.key.id : hint.key.reference)
    const id = key === undefined ? '' : shortenId(key)
    rows.push([
      hint.provider,
      source,
      id,
      hint.appears ?? 'states nothing more',
      '(a hint)',
      toOrigin(fixture),
    ])
  }

  async function walk({ name, fixtures }: ListedProvider) {
    const { response: requested, returned, webhook } = findFixtures(fixtures)
    const provider = payments.provider(name)
    if (requested?.clientResult)
      hinted('browser result', provider.readClientResult(requested.clientResult), requested)
    const answered =
      requested?.response && (await provider.readResponse(requested.response.body, requested.response.sent))
    if (answered?.evidence === 'report') show('response', answered)

    if (returned?.returnUrl) {
      const answer = await fetch(`${shop.url}/return/${name}${new URL(returned.returnUrl).search}`)
      const hint = (await answer.json()) as PaymentHint
      hinted('return URL', hint, returned)
      const isAsked = provider.answers?.lookup !== 'none'
      for (const report of hint.key && isAsked ? await provider.find(hint.key) : [])
        show('  looked up', report)
    }

    const delivery = await webhook?.webhook?.()
    if (!delivery) return
    const { rawBody, headers } = delivery
    const send = (body: string) =>
      fetch(`${shop.url}/webhooks/${name}`, {
        method: 'POST',
        body,
        headers: headers as Record<string, string>,
      })
    await send(String(rawBody))
    for (const report of received.splice(0)) show('webhook, signed', report)
    const forged = await send(String(rawBody).replace(/"(amount|orderAmount)":\s*"?\d/, '$&9'))
    rows.push([name, 'webhook, forged', '', `HTTP ${forged.status}`, '(rejected)', 'synthetic'])
  }

  try {
    for (const listed of providers) await walk(listed)
    const { payments: recorded } = checkoutComFixtures
    for (const { returnUrl } of recorded
      .filter(({ title }) => title.endsWith('looked up by sid_'))
      .slice(1)) {
      const hint = payments.readReturn('checkout-com', returnUrl ?? '')
      if (hint.key)
        show(
          'lookup by sid_',
          (await payments.find({ provider: 'checkout-com', ...hint.key }))[0] as PaymentReport,
        )
    }
    show(
      'lookup by pay_',
      await payments.lookup({ provider: 'checkout-com', id: 'pay_g26ap2k3dtt2vdx5shygqfsk2e' }),
    )
    const many = await payments.find({ provider: 'checkout-com', reference: 'ORD-Test-2022-23' })
    for (const report of many) show('lookup by reference', report)
    const unknown = await payments
      .lookup({ provider: 'stripe', id: 'pi_../balance' })
      .catch((error: unknown) => (isPaymentError(error) ? error.code : 'something else'))
    rows.push(['stripe', 'lookup, invalid id', '', `${unknown}: no request`, '(rejected)', 'synthetic'])
  } finally {
    await Promise.all([shop, ...apis].map(({ close }) => close()))
  }
  printTable(
    '1. Payments from every source',
    ['provider', 'source', 'payment', "the provider's words", 'our status', 'payload'],
    rows,
  )
  console.log('\nA hint proves nothing: look it up. A forged webhook is not read. The statuses mean:')
  const used = paymentStatuses.filter((status) => rows.some((row) => row.includes(status)))
  for (const status of used) console.log(`  ${status.padEnd(18)}${statusMeanings[status]}`)
}

function originOf(provider: string, id: string): string {
  const fixtures = providers.find(({ name }) => name === provider)?.fixtures.payments ?? []
  return toOrigin(fixtures.find((fixture) => fixture.id === id))
}

/** Returns whether the payload comes from an account or documentation of the provider, or is synthetic. */
function toOrigin(fixture: PaymentFixture | undefined): string {
  return !fixture || /^(synthetic|made here)/.test(fixture.source) ? 'synthetic' : 'recorded'
}

/** Ids differ at their end. */
function shortenId(id: string): string {
  return id.length > WIDEST_ID ? `…${id.slice(1 - WIDEST_ID)}` : id
}

function shorten(words: string): string {
  return words.length > WIDEST_WORDS ? `${words.slice(0, WIDEST_WORDS - 1)}…` : words
}

/** Chooses a payment with 3-D Secure requested, one that its shopper has returned from undecided, and a paid one. */
function findFixtures({ payments }: ProviderFixtures) {
  const find = (source: 'response' | 'returnUrl' | 'webhook', ...statuses: readonly PaymentStatus[]) =>
    payments.find((fixture) => fixture[source] !== undefined && statuses.includes(fixture.status))
  return {
    response: find('response', 'requires_action'),
    returned: find('returnUrl', 'open', 'processing', 'requires_action'),
    webhook: find('webhook', 'captured'),
  }
}
