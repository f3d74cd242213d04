import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import type { Allocation } from './allocate.ts'
import { compare, type Figure, time } from './measure.ts'
import { createReaders } from './readers.ts'

/** Measures the webhook reader against Stripe's own and against the unavoidable work: processor time and allocations. */
export async function measureWebhooks(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { what, goal, rawBody, ours, other } of await createReaders()) {
    const withStripe = await compare(ours, other)
    const withFloor = await compare(ours, () => {
      createHmac('sha256', 'whsec_bench').update(rawBody).digest('hex')
      return JSON.parse(rawBody)
    })
    figures.push(
      {
        what,
        ours: time(withStripe.ours),
        other: `constructEventAsync ${time(withStripe.other)}`,
        figure: withStripe.ratio.toFixed(2),
        goal,
      },
      {
        what,
        ours: time(withFloor.ours),
        other: `HMAC + JSON.parse ${time(withFloor.other)}`,
        figure: withFloor.ratio.toFixed(2),
        goal: '',
      },
    )
  }
  return [...figures, ...measureAllocation()]
}

/** In a process whose young generation is large enough that nothing is collected meanwhile. */
function measureAllocation(): Figure[] {
  const flags = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']
  const script = join(import.meta.dirname, 'allocate.ts')
  const output = execFileSync(process.execPath, [...flags, script], { encoding: 'utf8' })
  return (JSON.parse(output) as Allocation[]).map(({ what, ours, other }) => ({
    what: `${what}: allocated`,
    ours: `${(ours / 1000).toFixed(1)} kB`,
    other: `constructEventAsync ${(other / 1000).toFixed(1)} kB`,
    figure: (ours / other).toFixed(2),
    goal: '≤ 1.3',
  }))
}
