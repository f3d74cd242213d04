import { createHmac } from 'node:crypto'
import { stripeFixtures } from '@payment-status/stripe/fixtures'

export const secret = 'whsec_bench'

/** A webhook as it comes over the wire. */
export interface Delivery {
  readonly body: Uint8Array<ArrayBuffer>
  readonly headers: Record<string, string>
}

const fixture = stripeFixtures.payments.find(({ webhook, status }) => webhook && status === 'captured')
const template = JSON.parse(String((await fixture?.webhook?.())?.rawBody)) as { id: string }

let made = 0

/** New webhooks of Stripe, signed now. */
export async function createDeliveries(count: number): Promise<Delivery[]> {
  return Array.from({ length: count }, () => {
    const id = `evt_${String(++made).padStart(24, '0')}`
    const text = JSON.stringify({ ...template, id }, undefined, 2)
    const timestamp = Math.floor(Date.now() / 1000)
    const signature = createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex')
    const body = new TextEncoder().encode(text)
    return {
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': `${body.length}`,
        'stripe-signature': `t=${timestamp},v1=${signature},v0=${'0'.repeat(64)}`,
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
    }
  })
}
