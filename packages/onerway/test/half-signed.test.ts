import { createOnerway, signWebhook } from '@payment-status/onerway'
import { onerwayHostedSimulation, onerwaySimulation } from '@payment-status/onerway/fixtures'
import { describe, expect, it } from 'vitest'

const at = '2026-03-02T10:00:00.000Z'
const integrations = [
  ['direct', onerwaySimulation],
  ['hosted', onerwayHostedSimulation],
] as const

/** The genuine notification of a declined attempt, with text in fields that Onerway mostly leaves empty. */
async function decline([, simulation]: (typeof integrations)[number], more: object) {
  const [delivery] = await simulation.createWebhooks({
    provider: simulation.provider,
    id: simulation.createId(1, new Date(at)),
    reference: 'order-1',
    amount: { amount: 2500, currency: 'USD' },
    capture: 'automatic',
    createdAt: at,
    steps: [{ kind: 'declined', reason: 'insufficient_funds', number: 1, at }],
  })
  const { sign: _, ...fields } = JSON.parse(String(delivery?.rawBody)) as Record<string, string>
  const signed = await signWebhook({ ...fields, ...more }, simulation.secrets.secretKey)
  return JSON.parse(String(signed.rawBody)) as Record<string, string>
}

async function readKind([integration, { secrets }]: (typeof integrations)[number], fields: object) {
  const onerway = createOnerway({ ...secrets, environment: 'sandbox', integration, webhooks: 'believe' })
  const event = await onerway.readWebhook({ rawBody: JSON.stringify(fields), headers: {} })
  return event.kind === 'payment' ? event.report.payment.status : event.kind
}

describe.each(integrations)('with %s and trusted, a declined attempt', (...integration) => {
  const text = 'CARD_SUBSCRIPTION'

  it.each([
    ['scenarios', { scenarios: 'CARD_', status: 'S', subscriptionStatus: 'UBSCRIPTIONF' }],
    ['scenarios', { scenarios: 'CARD_', status: 'S', tokenId: 'UBSCRIPTIONF' }],
    ['subscriptionStatus', { scenarios: 'FCARD_', status: 'S', subscriptionStatus: 'UBSCRIPTION' }],
    ['tokenId', { scenarios: 'FCARD_', status: 'S', tokenId: 'UBSCRIPTION' }],
  ])('with text in %s becomes nothing else when its signed text is cut anew', async (name, forged) => {
    const genuine = await decline(integration, { [name]: text })
    expect(await readKind(integration, genuine)).toBe('recheck')
    expect(await readKind(integration, { ...genuine, [name]: '', ...forged })).toBe('recheck')
  })

  it('without such text is trusted, as what it is', async () => {
    const genuine = await decline(integration, { settleRate: '0.92' })
    expect(['failed', 'open']).toContain(await readKind(integration, genuine))
  })

  it.each(['S', '0.9S', '1e5', '-1'])('with the rate %s is a recheck', async (settleRate) => {
    expect(await readKind(integration, await decline(integration, { settleRate }))).toBe('recheck')
  })
})
