import { arch, cpus, platform } from 'node:os'
import { measureColdStart } from './cold.ts'
import { measureExplain } from './explain.ts'
import type { Figure } from './measure.ts'
import { measureYear } from './memory.ts'
import { measurePage } from './page.ts'
import { measureSizes } from './size.ts'
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
