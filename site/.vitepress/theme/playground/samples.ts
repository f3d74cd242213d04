import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { onerwayFixtures } from '@payment-status/onerway/fixtures'
import { stripeFixtures } from '@payment-status/stripe/fixtures'

/** Something a provider sent, to try the playground with. */
export interface SampleNews {
  readonly provider: string
  readonly title: string
  /** As it would be pasted. */
  readonly text: string
}

const providers = [checkoutComFixtures, onerwayFixtures, stripeFixtures]

/** Every recording of every provider: each source of each payment. */
export async function readSamples(): Promise<SampleNews[]> {
  const samples: SampleNews[] = []
  for (const { provider, payments } of providers) {
    for (const { title, clientResult, returnUrl, response, webhook } of payments) {
      const add = (source: string, text: string) =>
        samples.push({ provider, title: `${title} · ${source}`, text })
      if (clientResult !== undefined) add('browser result', toText(clientResult))
      if (returnUrl !== undefined) add('return URL', returnUrl)
      if (response !== undefined)
        add('answer', toText(response.sent === undefined ? response.body : response))
      if (webhook) {
        const { rawBody } = await webhook()
        add(
          'webhook',
          toText(JSON.parse(typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody))),
        )
      }
    }
  }
  return samples
}

function toText(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
