import { createHmac } from 'node:crypto'
import { createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
const c = createCheckoutCom({ webhookSecrets: 'whsec_bench' })
const f = checkoutComFixtures.payments.find((p: any) => p.webhook && p.status === 'authorized')!
const raw = String((await f.webhook!()).rawBody)
const ours = await signWebhook(raw, 'whsec_bench')
for (let r = 0; r < 3; r++) {
const t = performance.now()
for (let i = 0; i < 100000; i++) await c.readWebhook(ours)
const t2 = performance.now()
for (let i = 0; i < 100000; i++) { createHmac('sha256', 'whsec_bench').update(raw).digest('hex'); JSON.parse(raw) }
const t3 = performance.now()
console.log(((t2 - t) / 100).toFixed(2), 'us', ((t3-t2)/100).toFixed(2))
}
