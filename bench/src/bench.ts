import { arch, cpus, platform } from 'node:os'
import type { Figure } from './measure.ts'

/**
 * pnpm bench: every figure of docs/performance.md, from one run. `pnpm bench webhook page` takes those alone. Needs a
 * build. It measures and judges nothing: what is over its goal is printed as such.
 */
const sections: Readonly<Record<string, () => Promise<readonly Figure[]> | readonly Figure[]>> = {
  webhook: async () => (await import('./webhook.ts')).measureWebhooks(),
  endpoint: async () => (await import('./endpoint.ts')).measureEndpoints(),
  page: async () => (await import('./page.ts')).measurePage(),
  year: async () => (await import('./memory.ts')).measureYear(),
  requests: async () => (await import('./requests.ts')).measureRequests(),
  cold: async () => (await import('./cold.ts')).measureColdStart(),
  explain: async () => (await import('./explain.ts')).measureExplain(),
  size: async () => (await import('./size.ts')).measureSizes(),
  typecheck: async () => (await import('./typecheck.ts')).measureTypecheck(),
}

const asked = process.argv.slice(2)
const { model } = cpus()[0] ?? { model: 'unknown' }
console.log(`Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${model.trim()}\n`)
console.log('| what | ours | other | figure | goal |\n| --- | --- | --- | --- | --- |')
for (const [name, measure] of Object.entries(sections)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  for (const { what, ours, other, figure, goal } of await measure()) {
    console.log(`| ${what} | ${ours} | ${other} | ${figure} | ${goal} |`)
  }
}
