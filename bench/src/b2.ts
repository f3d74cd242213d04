import { createCheckoutCom } from '@payment-status/checkout-com'
const many = (await import('../../packages/checkout-com/src/fixtures/recordings/reference-many.json', { with: { type: 'json' } })).default
const rows = Array.from({ length: 100 }, (_, i) => ({ ...many.data[i % 10], id: `pay_${String(i).padStart(26, 'a')}` }))
const bytes = new TextEncoder().encode(JSON.stringify({ total_count: 100, skip: 0, limit: 100, data: rows }))
const prov = createCheckoutCom({ secretKey: 'sk_sbox_x', fetch: async () => new Response(bytes) })
const t = performance.now()
for (let i = 0; i < 2000; i++) await prov.lookupByReference('ORD-Test-2022-23')
console.log((performance.now() - t) / 2000)
