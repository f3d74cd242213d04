import { arch, cpus, platform } from 'node:os'
import { bundledSize } from './bundle.ts'
import { measureColdStart } from './cold.ts'
import { measureExplain } from './explain.ts'
import type { Figure } from './measure.ts'
import { measureYear } from './memory.ts'
import { measurePage } from './page.ts'
import { measureTypecheck } from './typecheck.ts'
import { measureWebhooks } from './webhook.ts'

// pnpm bench: every figure of docs/performance.md, from one run. Needs a build.
const figures: Figure[] = [
  ...measureColdStart(),
  ...(await measureExplain()),
  ...(await measureSizes()),
  ...(await measureWebhooks()),
  ...(await measurePage()),
  ...measureYear(),
  ...measureTypecheck(),
]
const { model } = cpus()[0] ?? { model: 'unknown' }
console.log(`Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${model.trim()}\n`)
console.log('| what | ours | beside | figure | goal |\n| --- | --- | --- | --- | --- |')
for (const { what, ours, beside, figure, goal } of figures) {
  console.log(`| ${what} | ${ours} | ${beside} | ${figure} | ${goal} |`)
}

async function measureSizes(): Promise<Figure[]> {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
  const sdk = await bundledSize("export { default } from 'stripe'", 'node')
  const checkoutSdk = await bundledSize("export * from 'checkout-sdk-node'", 'node')
  const beside = `stripe ${kilobytes(sdk.initial + sdk.later)}, checkout-sdk-node ${kilobytes(checkoutSdk.initial + checkoutSdk.later)}`
  const sizes: Figure[] = []
  for (const name of ['checkout-com', 'onerway', 'stripe']) {
    const whole = await bundledSize(`export * from '@payment-status/${name}'`)
    const alone = await bundledSize(`export { toPaymentStatus } from '@payment-status/${name}'`)
    sizes.push(
      {
        what: `@payment-status/${name} whole, bundled, minified, gzip`,
        ours: `${kilobytes(whole.initial)}, and ${kilobytes(whole.later)} with the first lookup`,
        beside,
        figure: kilobytes(whole.initial + whole.later),
        goal: '≤ 16 kB',
      },
      {
        what: 'its toPaymentStatus alone',
        ours: kilobytes(alone.initial),
        beside: '',
        figure: kilobytes(alone.initial),
        goal: '≤ 4 kB',
      },
    )
  }
  return sizes
}
