/** A goal, and what was measured against it in one run. */
export interface Figure {
  readonly what: string
  readonly ours: string
  readonly other: string
  readonly figure: string
  readonly goal: string
}

export interface Comparison {
  readonly ours: number
  readonly other: number
  readonly ratio: number
}

const WARM_UP_IN_MICROSECONDS = 1_500_000
const ROUND_IN_MICROSECONDS = 12_000
const ROUNDS = 81

/**
 * Measures two functions, in nanoseconds of processor time a call, and the median of their ratios. They run in turn in many
 * short rounds, so that what else the machine does, and how warm it is, weighs on both alike; processor time counts what
 * the collector and the compiler of the engine do for them too.
 */
export async function compare(
  ours: () => unknown,
  other: () => unknown,
  rounds = ROUNDS,
): Promise<Comparison> {
  const [a, b] = [await calibrate(ours), await calibrate(other)]
  return compareRounds(async (round) => {
    // The second one finds the garbage of the first.
    if (round % 2 === 0) return { ours: await spend(ours, a), other: await spend(other, b) }
    const second = await spend(other, b)
    return { ours: await spend(ours, a), other: second }
  }, rounds)
}

/** The same for rounds that are measured in another way. */
export async function compareRounds(
  measure: (round: number) => Promise<Omit<Comparison, 'ratio'>>,
  rounds: number,
): Promise<Comparison> {
  const measured: Comparison[] = []
  for (let round = 0; round < rounds; round++) {
    const { ours, other } = await measure(round)
    measured.push({ ours, other, ratio: ours / other })
  }
  const middle = (member: keyof Comparison) => median(measured.map((round) => round[member]))
  return { ours: middle('ours'), other: middle('other'), ratio: middle('ratio') }
}

/** How many calls make a round, once the engine has compiled what it wants to. */
async function calibrate(work: () => unknown): Promise<number> {
  let calls = 0
  const began = process.cpuUsage()
  for (let spent = 0; spent < WARM_UP_IN_MICROSECONDS; spent = microseconds(began)) {
    for (let call = 0; call < 50; call++) await work()
    calls += 50
  }
  return Math.max(1, Math.round((calls * ROUND_IN_MICROSECONDS) / microseconds(began)))
}

async function spend(work: () => unknown, calls: number): Promise<number> {
  const began = process.cpuUsage()
  for (let call = 0; call < calls; call++) {
    const result = work()
    if (result instanceof Promise) await result
  }
  return (microseconds(began) * 1000) / calls
}

export function microseconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return user + system
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Nanoseconds, readably. */
export function time(nanoseconds: number): string {
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(1)} µs`
  return `${(nanoseconds / 1e6).toFixed(2)} ms`
}
