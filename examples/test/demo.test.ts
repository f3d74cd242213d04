import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the demo', () => {
  let printed: string
  let lines: string[]

  // It rejects when the process ends with anything but 0.
  beforeAll(async () => {
    const { stdout } = await run(
      process.execPath,
      ['--conditions=@payment-status/source', 'examples/src/demo.ts'],
      { cwd: root },
    )
    printed = stdout
    lines = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))
  }, 60_000)

  const row = (...cells: string[]) =>
    lines.filter((line) => cells.every((cell) => line.split(' | ').includes(cell)))

  it.each([
    ['checkout-com', 'webhook, signed', 'captured'],
    ['onerway', 'webhook, signed', 'captured'],
    ['stripe', 'webhook, signed', 'captured'],
    ['checkout-com', 'return URL', '(a hint)'],
    ['onerway', 'return URL', '(a hint)'],
    ['stripe', 'return URL', '(a hint)'],
    ['checkout-com', 'lookup by sid_', 'captured'],
    ['onerway', 'response', 'requires_action'],
  ])('shows the %s of a %s as %s', (...cells) => {
    expect(row(...cells).length).toBeGreaterThan(0)
  })

  it.each(['checkout-com', 'onerway', 'stripe'])('rejects a forged webhook of %s', (provider) => {
    expect(row(provider, 'webhook, forged', 'HTTP 401', '(rejected)')).toHaveLength(1)
  })

  it('ends every story on what is true', () => {
    const stories = lines.filter((line) => line.includes(' → '))
    expect(stories).toHaveLength(14) // five at each of three providers; one of them captures in whole only
    for (const line of stories) {
      const [, , recorded = '', truth] = line.split(' | ')
      expect(recorded.split(' → ').at(-1)).toBe(truth)
    }
  })

  it('fits a terminal of 120 columns', () => {
    expect(printed.split('\n').filter((line) => line.length > 120)).toEqual([])
  })

  it('shows a shop that was killed, and lost nothing it had acknowledged', () => {
    expect(row('paid_at_once', 'acknowledged', 'captured', 'captured, delivered 1 ×')).toHaveLength(2)
    expect(row('paid_at_once', 'lost', 'unknown', 'captured, delivered 1 ×')).toHaveLength(2)
    expect(lines.filter((line) => line.includes('refused') && line.includes('delivered'))).toEqual([])
  })

  it('finds the order that was paid twice', () => {
    expect(lines.join('\n')).toContain('captured, paid 2 times: one of the payments must be refunded')
  })
})
