import { deepStrictEqual, ok } from 'node:assert/strict'
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { after, before, test } from 'node:test'
import { createFolder, parseLines, run, serve } from './program.mjs'

const day = new Date().toISOString().slice(0, 10)
const folder = createFolder()
let simulator
let env

before(async () => {
  simulator = await serve(['simulate', '--port', '0', '--frozen', '--json'])
  const { url, environment } = JSON.parse(simulator.first)
  env = environment
  for (const provider of ['checkout-com', 'onerway', 'stripe'])
    for (let number = 0; number < 30; number++) {
      const body = JSON.stringify({ provider, reference: `${provider}-${number}` })
      await fetch(`${url}/simulator/payments`, { method: 'POST', body })
    }
})
after(() => simulator.stop())

for (const provider of ['checkout-com', 'onerway', 'stripe'])
  test(`${provider}: ten planted differences are found, and nothing else`, async () => {
    const listed = await run(['list', provider, '--day', day, '--format', 'csv'], { env })
    const [heading, ...rows] = listed.stdout.trimEnd().split('\n')
    const cells = rows.map((row) => row.split(','))
    const at = (name) => heading.split(',').indexOf(name)
    for (const [row, column, value] of [
      [1, 'status', 'failed'],
      [4, 'status', 'failed'],
      [6, 'amount', '2501'],
      [9, 'amount', '2499'],
      [11, 'currency', 'USD'],
    ])
      cells[row][at(column)] = value
    const planted = [1, 4, 6, 9, 11].map((row) => cells[row][0])
    const missing = cells.splice(20, 3).map(([id]) => id)
    const books = [heading, ...cells, ['x-1', 'mine-1', 'captured', '2500', 'EUR'], ['x-2', 'mine-2']]
    const wide = books.map((row) =>
      typeof row === 'string' ? row : [...row, ...Array(8 - row.length).fill('')].join(),
    )
    const file = join(folder, `${provider}.csv`)
    writeFileSync(file, `\uFEFF${wide.join('\n')}\n`)
    const { code, stdout, stderr } = await run(
      ['reconcile', provider, '--day', day, '--ours', file, '--json'],
      { env },
    )
    deepStrictEqual([code, stderr], [1, ''])
    const found = parseLines(stdout)
    const { same, complete } = found.pop()
    deepStrictEqual([found.length, same, complete], [10, rows.length - 8, true])
    const names = found.map(({ kind, theirs, ours }) => `${kind} ${theirs?.payment.id ?? ours.id}`).toSorted()
    const wanted = [
      ...planted.map((id) => `differs ${id}`),
      ...missing.map((id) => `only_theirs ${id}`),
      'only_ours x-1',
      'only_ours x-2',
    ]
    deepStrictEqual(names, wanted.toSorted())
  })

const MILLION = 1_000_000
const idOf = (number) => `pay_${String(number).padStart(26, '0')}`

/** A provider that lists a given number of payments, and states at its end the peak of memory. */
const config = `
const { ROWS, BACKWARDS } = process.env
process.on('exit', () => process.stderr.write(JSON.stringify({ peak: process.resourceUsage().maxRSS }) + '\\n'))
async function* list() {
  for (let row = 0; row < Number(ROWS); row++) {
    const number = BACKWARDS ? Number(ROWS) - 1 - row : row
    const id = 'pay_' + String(number).padStart(26, '0')
    const createdAt = new Date(1763600000000 + number).toISOString()
    const facts = { status: 'Captured', approved: true, captured: 2500 }
    const payment = { provider: 'many', id, reference: 'order-' + number, status: 'captured', amount: { amount: 2500, currency: 'EUR' }, captured: 2500, createdAt, facts }
    yield { evidence: 'report', source: 'list', observedAt: createdAt, payment }
  }
}
export default { providers: [{ name: 'many', lookup: async () => {}, list }] }
`

async function writeBooks(rows, planted) {
  const file = join(folder, `books-${rows}.csv`)
  const out = createWriteStream(file)
  out.write('id,reference,status,amount,currency,captured,refunded\n')
  for (let row = 0; row < rows; row += 1000) {
    let text = ''
    for (let number = row; number < Math.min(row + 1000, rows); number++)
      text += `${idOf(number)},order-${number},captured,${planted.has(number) ? 2501 : 2500},EUR,2500,\n`
    if (!out.write(text)) await new Promise((drained) => out.once('drain', drained))
  }
  out.end()
  await finished(out)
  return file
}

for (const { what, theirs, ours, heap, backwards = '' } of [
  { what: 'a million on each side, in one order', theirs: MILLION, ours: MILLION, heap: 700 },
  {
    what: 'a million on each side, in opposite orders',
    theirs: MILLION,
    ours: MILLION,
    heap: 700,
    backwards: '1',
  },
  { what: 'ten thousand of theirs, a million of ours', theirs: 10_000, ours: MILLION, heap: 700 },
  { what: 'a million of theirs, ten thousand of ours', theirs: MILLION, ours: 10_000, heap: 64 },
])
  test(`${what}: memory grows with our records alone`, { timeout: 900_000 }, async (t) => {
    writeFileSync(join(folder, 'payment-status.config.mjs'), config)
    const planted = new Set(Array.from({ length: 10 }, (_, index) => 7 + index * 900))
    const file = await writeBooks(ours, planted)
    const began = performance.now()
    const { code, stdout, stderr, lines } = await run(
      ['reconcile', 'many', '--day', '2025-11-20', '--ours', file, '--json'],
      {
        cwd: folder,
        env: { ROWS: String(theirs), BACKWARDS: backwards, NODE_OPTIONS: `--max-old-space-size=${heap}` },
      },
    )
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    const { peak } = JSON.parse(stderr)
    t.diagnostic(`${Math.round(peak / 1024)} MiB resident, the heap held to ${heap} MB; ${seconds} s`)
    const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1))
    const common = Math.min(theirs, ours)
    deepStrictEqual(code, 1)
    deepStrictEqual(summary.differences, {
      only_theirs: theirs - common,
      only_ours: ours - common,
      differs: 10,
      unreadable: 0,
    })
    deepStrictEqual([summary.same, summary.complete], [common - 10, true])
    ok(lines === Math.abs(theirs - ours) + 11)
  })
