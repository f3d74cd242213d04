import { simulatedProviders } from '../../../../packages/cli/src/simulations.ts'

/** One payload of a provider, to try the playground with. */
export interface Sample {
  readonly provider: string
  readonly title: string
  /** The text as a visitor would paste it. */
  readonly text: string
}

/** Returns whether the playground opens with this example: a payment that is paid. */
export function isFirstExample({ provider, title }: Sample): boolean {
  return provider === 'stripe' && title === 'paid · webhook'
}

const providers = simulatedProviders.map(({ fixtures }) => fixtures)

/** Returns every recorded payload of every provider: each source of each payment. */
export async function readSamples(): Promise<Sample[]> {
  const samples: Sample[] = []
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
