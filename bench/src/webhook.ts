import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import type { Allocation } from './allocate.ts'
import { compare, type Figure, time } from './measure.ts'
import { createReaders } from './readers.ts'

/** Measures the webhook reader against Stripe's own and against the unavoidable work: processor time and allocations. */
export async function measureWebhooks(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { what, goal, rawBody, ours, beside } of await createReaders()) {
    const besideStripe = await compare(ours, beside)
    const besideFloor = await compare(ours, () => {
      createHmac('sha256', 'whsec_bench').update(rawBody).digest('hex')
      return JSON.parse(rawBody)
    })
    figures.push(
      {
        what,
        ours: time(besideStripe.ours),
        beside: `constructEventAsync ${time(besideStripe.beside)}`,
        figure: besideStripe.ratio.toFixed(2),
        goal,
      },
      {
        what,
        ours: time(besideFloor.ours),
        beside: `HMAC + JSON.parse ${time(besideFloor.beside)}`,
        figure: besideFloor.ratio.toFixed(2),
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
  return (JSON.parse(output) as Allocation[]).map(({ what, ours, beside }) => ({
    what: `${what}: allocated`,
    ours: `${(ours / 1000).toFixed(1)} kB`,
    beside: `constructEventAsync ${(beside / 1000).toFixed(1)} kB`,
    figure: (ours / beside).toFixed(2),
    goal: '≤ 1.3',
  }))
}
