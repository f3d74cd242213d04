import { providers } from '../../tools/providers.ts'
import { bundledSize } from './bundle.ts'
import type { Figure } from './measure.ts'

const toKilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

/** Measures the bundle of each provider with its libraries, compared with the SDK, and of its parts. */
export async function measureSizes(): Promise<Figure[]> {
  const { whole: sdk } = await bundledSize("export { default } from 'stripe'", 'node')
  const other = `stripe ${toKilobytes(sdk)}`
  const figures: Figure[] = []
  for (const { name } of providers) {
    const { whole, initial } = await bundledSize(`export * from '@payment-status/${name}'`)
    const alone = await bundledSize(`export { toPaymentStatus } from '@payment-status/${name}'`)
    const what = `@payment-status/${name} with its libraries, bundled, minified, gzip`
    const ratio = (bytes: number) => (bytes / sdk).toFixed(2)
    figures.push(
      { what: `${what}: whole`, ours: toKilobytes(whole), other, figure: ratio(whole), goal: '≤ 0.8' },
      {
        what: 'of it at once, before the first lookup and the first signature',
        ours: toKilobytes(initial),
        other,
        figure: ratio(initial),
        goal: '≤ 0.6',
      },
      {
        what: 'its toPaymentStatus alone',
        ours: toKilobytes(alone.initial),
        other: '',
        figure: toKilobytes(alone.initial),
        goal: '≤ 4 kB',
      },
    )
  }
  return figures
}
