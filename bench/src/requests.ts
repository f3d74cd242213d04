import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Figure } from './measure.ts'

/** Most requests of lookups to Onerway for each payment in nine days. */
const goals = { direct: '≤ 10', hosted: '≤ 14' } as const

/** Plays every life of a payment at Onerway against the tracker, by a virtual clock and with every fault. */
export function measureRequests(): Figure[] {
  const play = fileURLToPath(new URL('../../packages/tracker/test/lives/main.ts', import.meta.url))
  const printed = execFileSync(
    process.execPath,
    ['--conditions=@payment-status/source', play, '--rounds', '1'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  return Object.entries(goals).map(([integration, goal]) => {
    const [, figure = 'not printed'] = new RegExp(`^${integration}: ([\\d.]+)`, 'm').exec(printed) ?? []
    return {
      what: `requests of lookups for each Onerway payment in nine days, ${integration}`,
      ours: figure,
      other: '',
      figure,
      goal,
    }
  })
}
