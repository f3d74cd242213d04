import { execFileSync } from 'node:child_process'
import { type Figure, median } from './measure.ts'

const RUNS = 15
const sdks = ['stripe', 'checkout-sdk-node']

/** A fresh process imports one provider; in turn with it, one imports an SDK. */
export function measureColdStart(): Figure[] {
  const names = ['@payment-status/checkout-com', '@payment-status/onerway', '@payment-status/stripe', ...sdks]
  const times = importInTurn(names, RUNS)
  const of = (name: string) => median(times.get(name) ?? [])
  return names.slice(0, 3).flatMap((ours) =>
    sdks.map((sdk) => ({
      what: `cold import of ${ours}`,
      ours: `${of(ours).toFixed(1)} ms`,
      beside: `${sdk} ${of(sdk).toFixed(1)} ms`,
      figure: (of(ours) / of(sdk)).toFixed(2),
      goal: '≤ 0.12',
    })),
  )
}

/** How long one import takes, as a part of another's. */
export function coldStartRatio(name: string, beside: string, runs: number): number {
  const times = importInTurn([name, beside], runs)
  return median(times.get(name) ?? []) / median(times.get(beside) ?? [])
}

function importInTurn(names: readonly string[], runs: number): Map<string, number[]> {
  const times = new Map<string, number[]>(names.map((name) => [name, []]))
  for (let run = 0; run < runs; run++) for (const name of names) times.get(name)?.push(importOnce(name))
  return times
}

function importOnce(name: string): number {
  const script = `const began = performance.now(); await import('${name}'); console.log(performance.now() - began)`
  const options = { encoding: 'utf8', cwd: import.meta.dirname } as const
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], options))
}
