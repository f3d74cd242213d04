import { measure } from 'mitata'

/** A goal, and what was measured against it in one run. */
export interface Figure {
  readonly what: string
  readonly ours: string
  readonly beside: string
  readonly figure: string
  readonly goal: string
}

/** Runs two things in turn, several times, and gives the median of their ratios: drift of the machine falls out. */
export async function compare(
  ours: () => unknown,
  beside: () => unknown,
  rounds = 7,
): Promise<{ readonly ours: number; readonly beside: number; readonly ratio: number }> {
  const runs = []
  for (let round = 0; round < rounds; round++) {
    const { p50: a } = await measure(ours, {})
    const { p50: b } = await measure(beside, {})
    runs.push({ ours: a, beside: b, ratio: a / b })
  }
  return {
    ours: median(runs.map((run) => run.ours)),
    beside: median(runs.map((run) => run.beside)),
    ratio: median(runs.map((run) => run.ratio)),
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Nanoseconds, readably. */
export function time(nanoseconds: number): string {
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(1)} µs`
  return `${(nanoseconds / 1e6).toFixed(2)} ms`
}
