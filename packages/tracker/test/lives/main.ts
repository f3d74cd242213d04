import { mock } from 'node:test'
import { parseArgs } from 'node:util'
import { type Account, playLives } from './play.ts'

// pnpm test:lives [--rounds 4] [--seed 1] [--days 10]: every life at Onerway against the tracker, by a virtual clock.
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    rounds: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '10' },
  },
})
const accounts: readonly Account[] = (['direct', 'hosted'] as const).flatMap((integration) => [
  { integration, webhooks: 'recheck', deliveries: 'some_lost' },
  { integration, webhooks: 'believe', deliveries: 'some_lost' },
  { integration, webhooks: 'recheck', deliveries: 'all_lost' },
])
const began = performance.now()
mock.timers.enable({ apis: ['Date'] })
const result = await playLives({
  accounts,
  rounds: Number(values.rounds),
  seed: Number(values.seed),
  days: Number(values.days),
  setDate: (now) => mock.timers.setTime(now.getTime()),
})
mock.timers.reset()
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`)
for (const { integration, webhooks, deliveries, payments, requests } of result.accounts) {
  const perPayment = (requests / payments).toFixed(1)
  console.log(
    `${integration}, ${webhooks}, ${deliveries}: ${payments} payments, ${requests} requests, ${perPayment} for each`,
  )
}
for (const [kind, cases] of Object.entries(result.failures)) {
  console.log(`${kind}: ${cases.length}`)
  for (const example of cases.slice(0, 40)) console.log(`  ${example}`)
  if (cases.length > 0) process.exitCode = 1
}
