import type { PaymentStatus } from '@payment-status/core'
import type { PaymentFixture, ProviderFixtures } from '@payment-status/core/kit'
import { signWebhook } from './webhook.ts'

const secrets = { apiKey: 'acme-made-here-key', webhookSecrets: 'acme-made-here-webhook-secret' } as const

/** Written by a second hand, which has to agree with the vocabulary. */
const states: ReadonlyArray<readonly [state: string, status: PaymentStatus]> = [
  ['new', 'open'],
  ['challenge', 'requires_action'],
  ['held', 'authorized'],
  ['paid', 'captured'],
  ['given_back', 'refunded'],
  ['over', 'canceled'],
  ['refused', 'failed'],
  ['teleported', 'unknown'],
]

const charges = states.map(([state], index) => ({
  id: `ch_madehere${index}`,
  state,
  order: `order-${index}`,
  amount: 2500,
  currency: 'EUR',
  created: `2026-03-02T10:0${index}:00Z`,
}))

/** One charge for each word Acme Pay has, and one with a word it has not. */
export const acmePayFixtures: ProviderFixtures<typeof secrets> = {
  provider: 'acme-pay',
  origin: 'https://api.acme-pay.example',
  secrets,
  payments: charges.map(
    (charge, index): PaymentFixture => ({
      title: charge.state,
      source: 'synthetic',
      id: charge.id,
      status: states[index]?.[1] ?? 'unknown',
      returnUrl: `https://shop.example/return?charge=${charge.id}`,
      response: { body: charge },
      webhook: () =>
        signWebhook(
          JSON.stringify({ event: `evt_${charge.id}`, at: '2026-03-02T11:00:00Z', charge }),
          secrets.webhookSecrets,
        ),
    }),
  ),
  async respond(request) {
    const { pathname, searchParams } = new URL(request.url)
    if (request.headers.get('acme-key') !== secrets.apiKey) return new Response(null, { status: 401 })
    if (pathname === '/charges') return Response.json({ items: charges.filter(toFilter(searchParams)) })
    const charge = charges.find(({ id }) => pathname === `/charges/${id}`)
    return charge ? Response.json(charge) : new Response(null, { status: 404 })
  },
}

function toFilter(query: URLSearchParams): (charge: (typeof charges)[number]) => boolean {
  const order = query.get('order')
  if (order !== null) return (charge) => charge.order === order
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''].map((time) => Date.parse(time))
  return ({ created }) => Date.parse(created) >= Number(from) && Date.parse(created) < Number(to)
}
