import { mock } from 'node:test'
import { parseArgs } from 'node:util'
import { runSoak, type SoakResult } from './soak-run.ts'

// pnpm soak [--payments 30000] [--seed 1]: a shop against three simulated providers with every fault on.
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { payments: { type: 'string', default: '30000' }, seed: { type: 'string', default: '1' } },
})
const BATCH = 600
const payments = Number(values.payments)
const began = performance.now()

mock.timers.enable({ apis: ['Date'] })
const results: SoakResult[] = []
for (let first = 0; first < payments; first += BATCH) {
  results.push(
    await runSoak({
      payments: Math.min(BATCH, payments - first),
      seed: Number(values.seed) + results.length,
      setDate: (now) => mock.timers.setTime(now.getTime()),
    }),
  )
  if (process.stdout.isTTY) process.stdout.write(`\r${Math.min(first + BATCH, payments)} payments`)
}
mock.timers.reset()

const seconds = ((performance.now() - began) / 1000).toFixed(0)
const total = results.reduce((sum, result) => sum + result.payments, 0)
const changes = results.reduce((sum, result) => sum + result.changes, 0)
console.log(`\n${total} payments over four providers, ${changes} recorded changes, ${seconds} s\n`)
console.log('Final statuses, in truth:', merge(results.map(({ statuses }) => statuses)))
console.log('Webhooks, and their faults:', merge(results.map(({ webhooks }) => webhooks)))
console.log('Queries with a fault:', merge(results.map(({ queries }) => queries)))
console.log('Errors that the shop survived:', merge(results.map(({ errors }) => errors)))

const failures = Object.entries(merge(results.map(({ failures }) => lengths(failures))))
console.log('Failures:', Object.fromEntries(failures))
if (failures.some(([, count]) => count > 0)) {
  for (const { failures } of results) {
    for (const [kind, cases] of Object.entries(failures)) {
      for (const example of cases.slice(0, 3)) console.log(`  ${kind}: ${example}`)
    }
  }
  process.exitCode = 1
}

function lengths(failures: SoakResult['failures']): Record<string, number> {
  return Object.fromEntries(Object.entries(failures).map(([kind, cases]) => [kind, cases.length]))
}

function merge(parts: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const part of parts)
    for (const [key, count] of Object.entries(part)) sums[key] = (sums[key] ?? 0) + count
  return Object.fromEntries(Object.entries(sums).sort(([, a], [, b]) => b - a))
}
