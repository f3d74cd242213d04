import fc from 'fast-check'
import Stripe from 'stripe'
import { expect, it } from 'vitest'
import { createStripe, signWebhook } from '../src/index.ts'
import { makeEvent, makeIntent, webhookSecrets as secret } from './helpers.ts'

const official = new Stripe('sk_test_madeHereNotARealKey')
const stripe = createStripe({ webhookSecrets: secret })
const bodies = [
  makeEvent('payment_intent.succeeded', makeIntent()),
  makeEvent('payment_intent.succeeded', makeIntent({ description: 'Ærlig talt, 謝謝 🎉' })),
]

it.each(bodies)('what the official library signs, we verify', async (payload) => {
  const headers = { 'stripe-signature': official.webhooks.generateTestHeaderString({ payload, secret }) }
  expect(await stripe.readWebhook({ rawBody: payload, headers })).toMatchObject({ kind: 'payment' })
  const later = {
    'stripe-signature': await official.webhooks.generateTestHeaderStringAsync({ payload, secret }),
  }
  expect(await stripe.readWebhook({ rawBody: Buffer.from(payload), headers: later })).toMatchObject({
    kind: 'payment',
  })
})

it.each(bodies)('what we sign, the official library verifies', async (body) => {
  for (const rawBody of [body, Buffer.from(body)]) {
    const { headers } = await signWebhook(rawBody, secret)
    const header = (headers as Record<string, string>)['stripe-signature'] ?? ''
    expect(official.webhooks.constructEvent(rawBody, header, secret).id).toBe('evt_madeHere')
  }
})

it('signs any body, secret and time as the official library does', async () => {
  const bodies = fc.string({ unit: 'grapheme', minLength: 1 })
  const secrets = fc.string({ minLength: 1 })
  await fc.assert(
    fc.asyncProperty(
      bodies,
      secrets,
      fc.integer({ min: 1, max: 4_000_000_000 }),
      async (payload, key, timestamp) => {
        const { headers } = await signWebhook(payload, key, { timestamp })
        const theirs = official.webhooks.generateTestHeaderString({ payload, secret: key, timestamp })
        expect(headers).toHaveProperty('stripe-signature', theirs)
      },
    ),
  )
})
