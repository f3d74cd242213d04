import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { type Figure, median } from './measure.ts'

const RUNS = 15
const program = join(import.meta.dirname, '../../packages/cli/dist/bin/payment-status.js')

/** `payment-status explain` of a webhook, from its start to its answer; in turn with it, a Node that does nothing. */
export async function measureExplain(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'payment-status-bench-'))
  const file = join(folder, 'webhook.json')
  const delivery = await stripeFixtures.payments.find(({ webhook }) => webhook)?.webhook?.()
  writeFileSync(file, delivery?.rawBody ?? '')
  const explain = () => timeOf([program, 'explain', file], folder)
  const nothing = () => timeOf(['-e', '0'], folder)
  // The first run compiles for those after it.
  explain()
  const runs = Array.from({ length: RUNS }, () => ({ nothing: nothing(), explain: explain() }))
  rmSync(folder, { recursive: true })
  const ours = median(runs.map((run) => run.explain))
  const other = median(runs.map((run) => run.nothing))
  return [
    {
      what: '`payment-status explain` of a webhook, start to answer',
      ours: `${ours.toFixed(0)} ms`,
      other: `\`node -e 0\` ${other.toFixed(0)} ms`,
      figure: (ours / other).toFixed(1),
      goal: '≤ 3',
    },
  ]
}

function timeOf(args: readonly string[], cwd: string): number {
  const began = performance.now()
  const { status } = spawnSync(process.execPath, args, { cwd, env: { PATH: process.env.PATH } })
  if (status !== 0) throw new Error(`${args.join(' ')} exited with ${status}`)
  return performance.now() - began
}
