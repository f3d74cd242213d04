import { mock } from 'node:test'
import { parseArgs } from 'node:util'
import { runTrackedSoak, type TrackedSoakResult } from '../../packages/tracker/test/soak/run.ts'
import {
  createSimulatedPayments,
  everyFault,
  isManual,
  runSoak,
  type SoakResult,
  simulations,
  simulationsWithoutLookups,
} from './soak-run.ts'

// pnpm soak [--payments 30000] [--orders 960] [--seed 1]: two shops against simulated providers with every fault on. The
// documented shop takes payments, the shop on the tracker takes orders of one to three payments.
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    payments: { type: 'string', default: '30000' },
    orders: { type: 'string', default: '960' },
    seed: { type: 'string', default: '1' },
  },
})
const BATCH = 600
const BATCH_OF_ORDERS = 96
const payments = Number(values.payments)
const orders = Number(values.orders)
const setDate = (now: Date) => mock.timers.setTime(now.getTime())
const began = performance.now()

mock.timers.enable({ apis: ['Date'] })
const results: SoakResult[] = []
for (let first = 0; first < payments; first += BATCH) {
  results.push(
    await runSoak({
      payments: Math.min(BATCH, payments - first),
      seed: Number(values.seed) + results.length,
      setDate,
    }),
  )
  if (process.stdout.isTTY) process.stdout.write(`\r${Math.min(first + BATCH, payments)} payments`)
}
const seconds = ((performance.now() - began) / 1000).toFixed(0)
const trackedBegan = performance.now()
const tracked: TrackedSoakResult[] = []
for (let first = 0; first < orders; first += BATCH_OF_ORDERS) {
  tracked.push(
    await runTrackedSoak({
      orders: Math.min(BATCH_OF_ORDERS, orders - first),
      seed: Number(values.seed) + tracked.length,
      faults: everyFault,
      simulations,
      createPayments: createSimulatedPayments,
      isManual,
      setDate,
    }),
  )
  if (process.stdout.isTTY) process.stdout.write(`\r${Math.min(first + BATCH_OF_ORDERS, orders)} orders`)
}
const { lost: _, ...survivable } = everyFault.webhooks ?? {}
if (orders > 0)
  tracked.push(
    await runTrackedSoak({
      orders: Math.min(BATCH_OF_ORDERS, orders),
      seed: Number(values.seed),
      faults: { webhooks: survivable },
      simulations: simulationsWithoutLookups,
      createPayments: createSimulatedPayments,
      isManual,
      setDate,
    }),
  )
mock.timers.reset()
const trackedSeconds = ((performance.now() - trackedBegan) / 1000).toFixed(0)
const total = results.reduce((sum, result) => sum + result.payments, 0)
const changes = results.reduce((sum, result) => sum + result.changes, 0)
console.log(
  `\nThe documented shop: ${total} payments over ${simulations.length} providers, ${changes} recorded changes, ${seconds} s\n`,
)
console.log('Final statuses, in truth:', merge(results.map(({ statuses }) => statuses)))
console.log('Webhooks, and their faults:', merge(results.map(({ webhooks }) => webhooks)))
console.log('Queries with a fault:', merge(results.map(({ queries }) => queries)))
console.log('Errors that the shop survived:', merge(results.map(({ errors }) => errors)))

report(results)

const sumOf = (count: (result: TrackedSoakResult) => number) =>
  tracked.reduce((sum, result) => sum + count(result), 0)
console.log(
  `\nThe shop on the tracker: ${sumOf((result) => result.orders)} orders, ${sumOf((result) => result.payments)} payments, ${sumOf((result) => result.webhooks)} webhooks sent or lost, ${sumOf((result) => result.changes)} delivered changes, ${trackedSeconds} s\n`,
)
console.log('Steps:', merge(tracked.map(({ steps }) => steps)))
const paymentsOf = merge(tracked.map((result) => result.paymentsOf))
const requests = Object.entries(merge(tracked.map((result) => result.requests)))
const eachOf = requests.map(([provider, sent]) => [provider, (sent / (paymentsOf[provider] ?? 1)).toFixed(1)])
console.log('Requests of lookups for each payment, in seven weeks:', Object.fromEntries(eachOf))
report(tracked)

type Failures = Readonly<Record<string, readonly string[]>>

function report(
  results: readonly { readonly failures: SoakResult['failures'] | TrackedSoakResult['failures'] }[],
): void {
  const lists = results.map(({ failures }): Failures => ({ ...failures }))
  const counts = merge(lists.map(lengths))
  console.log('Failures:', counts)
  if (Object.values(counts).every((count) => count === 0)) return
  for (const failures of lists) {
    for (const [kind, cases] of Object.entries(failures)) {
      for (const example of cases.slice(0, 3)) console.log(`  ${kind}: ${example}`)
    }
  }
  process.exitCode = 1
}

function lengths(failures: Failures): Record<string, number> {
  return Object.fromEntries(Object.entries(failures).map(([kind, cases]) => [kind, cases.length]))
}

function merge(parts: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const part of parts)
    for (const [key, count] of Object.entries(part)) sums[key] = (sums[key] ?? 0) + count
  return Object.fromEntries(Object.entries(sums).sort(([, a], [, b]) => b - a))
}
