import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Figure } from './measure.ts'

interface Run {
  readonly rows: number
  /** Measures the heap that each row holds when all are read. Needs a callable garbage collector. */
  readonly heldBytes: number
  readonly seconds: number
  readonly peakMiB: number
}

/** Reading a year at Onerway: `list` over rows from a fake server in the same process, each run in a process of its own. */
export function measureYear(): Figure[] {
  // A heap that may grow as it likes is collected late; a limit shows what is needed.
  const quarter = list(250_002, 365, ['--max-old-space-size=500', '--max-semi-space-size=8'])
  const whole = list(1_000_002, 365, ['--max-old-space-size=500', '--max-semi-space-size=8'])
  const month = list(83_334, 30, ['--max-old-space-size=64', '--max-semi-space-size=1'])
  const held = list(83_334, 30, ['--expose-gc'])
  const nothing = list(30, 30, ['--max-old-space-size=64', '--max-semi-space-size=1'])
  const rate = ({ rows, seconds }: Run) => `${Math.round(rows / seconds / 1000)} thousand rows a second`
  return [
    {
      what: 'a year of 1,000,000 rows, listed and folded',
      ours: `${rate(whole)}, ${whole.seconds.toFixed(0)} s`,
      other: `250,000 rows: ${rate(quarter)}`,
      figure: (whole.seconds / quarter.seconds / 4).toFixed(2),
      goal: 'linear: about 1',
    },
    {
      what: 'its peak memory: resident, the whole process, the heap limited to 500 MiB',
      ours: `${whole.peakMiB.toFixed(0)} MiB`,
      other: `the process with 30 rows ${nothing.peakMiB.toFixed(0)} MiB`,
      figure: `${whole.peakMiB.toFixed(0)} MiB`,
      goal: '< 600 MiB',
    },
    {
      what: 'a month of 83,000 rows: peak memory, the heap limited to 64 MiB',
      ours: `${month.peakMiB.toFixed(0)} MiB`,
      other: `the process with 30 rows ${nothing.peakMiB.toFixed(0)} MiB`,
      figure: `${month.peakMiB.toFixed(0)} MiB`,
      goal: '< 120 MiB',
    },
    {
      what: 'a month of 83,000 rows: what a row holds of the heap while they are folded, its own content included',
      ours: `${held.heldBytes.toFixed(0)} bytes`,
      other: '',
      figure: `${held.heldBytes.toFixed(0)} bytes`,
      goal: '≤ 300 bytes without its content',
    },
  ]
}

function list(rows: number, days: number, flags: readonly string[]): Run {
  const script = join(import.meta.dirname, 'year.ts')
  return JSON.parse(
    execFileSync(process.execPath, [...flags, script, `${rows}`, `${days}`], { encoding: 'utf8' }),
  ) as Run
}
