import {
  type CheckoutComConfig,
  type CheckoutComProvider,
  createCheckoutCom,
} from '@payment-status/checkout-com'

export const secretKey = 'sk_sbox_madeherethisisnotarealkey22'
export const webhookSecret = 'made-here-webhook-secret'
export const paymentId = 'pay_madeherefortestsonly222222'
export const sessionId = 'sid_madeherefortestsonly222222'

/** Makes a captured payment as `GET /payments/{id}` answers it, with some of it changed. */
export function makePayment(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: paymentId,
    requested_on: '2026-03-02T10:15:30Z',
    amount: 2500,
    currency: 'EUR',
    reference: 'order-1001',
    status: 'Captured',
    approved: true,
    ...changes,
  }
}

/** Makes the nth of many ids. */
export function makeId(index: number): string {
  return `pay_${String(index).padStart(26, 'a')}`
}

/** Request over HTTP, in the form that tests compare. */
export interface SentRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: string
}

/** Creates a provider whose requests a function answers, and records the requests. */
export function connect(
  answer: (request: SentRequest) => unknown,
  config: CheckoutComConfig = {},
): { readonly checkout: CheckoutComProvider; readonly requests: SentRequest[] } {
  const requests: SentRequest[] = []
  const checkout = createCheckoutCom({
    secretKey,
    retries: 0,
    ...config,
    async fetch(input, init) {
      const request = new Request(input, init)
      const { method, headers } = request
      const sent = { method, headers, url: new URL(request.url), body: await request.text() }
      requests.push(sent)
      const result = answer(sent)
      return result instanceof Response ? result : Response.json(result)
    },
  })
  return { checkout, requests }
}

/** Collects everything an async iterable yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}
