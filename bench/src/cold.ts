import { execFileSync } from 'node:child_process'
import { providers } from '../../tools/providers.ts'
import { type Figure, median } from './measure.ts'

const RUNS = 15
const sdks = ['stripe', 'checkout-sdk-node']

/** A fresh process imports one provider; in turn with it, one imports an SDK. */
export function measureColdStart(): Figure[] {
  const names = providers.map(({ name }) => `@payment-status/${name}`)
  const times = importInTurn([...names, ...sdks], RUNS)
  const of = (name: string) => `${median(times.get(name) ?? []).toFixed(1)} ms`
  return names.flatMap((ours) =>
    sdks.map((sdk) => ({
      what: `cold import of ${ours}, processor time`,
      ours: of(ours),
      other: `${sdk} ${of(sdk)}`,
      figure: ratioOf(times, ours, sdk).toFixed(2),
      goal: '≤ 0.12',
    })),
  )
}

/** How long one import takes, as a part of another's. */
export function coldStartRatio(name: string, other: string, runs: number): number {
  return ratioOf(importInTurn([name, other], runs), name, other)
}

/** The median of the ratios of each turn: what else the machine does weighs on both alike. */
function ratioOf(times: ReadonlyMap<string, readonly number[]>, name: string, other: string): number {
  const others = times.get(other) ?? []
  return median((times.get(name) ?? []).map((time, turn) => time / (others[turn] ?? Number.NaN)))
}

function importInTurn(names: readonly string[], runs: number): Map<string, number[]> {
  const times = new Map<string, number[]>(names.map((name) => [name, []]))
  for (let run = 0; run < runs; run++) for (const name of names) times.get(name)?.push(importOnce(name))
  return times
}

/** Milliseconds of processor time. */
function importOnce(name: string): number {
  const script = `const began = process.cpuUsage(); await import('${name}'); const { user, system } = process.cpuUsage(began); console.log((user + system) / 1000)`
  const options = { encoding: 'utf8', cwd: import.meta.dirname } as const
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], options))
}
