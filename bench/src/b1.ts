import { createHmac } from 'node:crypto'
import { measure } from 'mitata'
import Stripe from 'stripe'
import { createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { createStripe, signWebhook as signStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'

const secret = 'whsec_bench'
const stripe = new Stripe('sk_test_bench')
const c = createCheckoutCom({ webhookSecrets: secret })
const s = createStripe({ webhookSecrets: secret })
async function pair(fx: any, prov: any, sign: any) {
  const f = fx.payments.find((p: any) => p.webhook && p.status === 'authorized' && p.source.startsWith('seed')) ?? fx.payments.find((p: any) => p.webhook && p.status === 'captured')
  const raw = String((await f.webhook()).rawBody)
  const ours = await sign(raw, secret)
  const header = await stripe.webhooks.generateTestHeaderStringAsync({ payload: raw, secret })
  const a = await measure(async () => { await prov.readWebhook(ours) }, {})
  const b = await measure(async () => { await stripe.webhooks.constructEventAsync(raw, header, secret) }, {})
  const fl = await measure(() => { createHmac('sha256', secret).update(raw).digest('hex'); JSON.parse(raw) }, {})
  console.log(raw.length, 'ours', a.p50, 'stripe', b.p50, 'floor', fl.p50, 'ratio', (a.p50/b.p50).toFixed(2), 'vs floor', (a.p50/fl.p50).toFixed(2))
}
await pair(checkoutComFixtures, c, signWebhook)
await pair(stripeFixtures, s, signStripe)
// page
const many = (await import('../../packages/checkout-com/src/fixtures/recordings/reference-many.json', { with: { type: 'json' } })).default
const rows = Array.from({ length: 100 }, (_, i) => ({ ...many.data[i % 10], id: `pay_${String(i).padStart(26, 'a')}` }))
const bytes = new TextEncoder().encode(JSON.stringify({ total_count: 100, skip: 0, limit: 100, data: rows }))
const prov = createCheckoutCom({ secretKey: 'sk_sbox_x', fetch: async () => new Response(bytes) })
await prov.lookupByReference('ORD-Test-2022-23')
for (let i = 0; i < 3; i++) {
const p = await measure(async () => { await prov.lookupByReference('ORD-Test-2022-23') }, {})
const j = await measure(() => { JSON.parse(new TextDecoder().decode(bytes)) }, {})
console.log(bytes.length, 'lookup', p.p50, 'parse', j.p50, (p.p50/j.p50).toFixed(2))
}
