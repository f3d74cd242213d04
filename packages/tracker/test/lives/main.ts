import { mock } from 'node:test'
import { parseArgs } from 'node:util'
import { accounts, playLives } from './play.ts'

// pnpm test:lives [--rounds 4] [--seed 1] [--days 9] [--share 1] [--watch id|reference|both]: every life at Onerway against the tracker, by a virtual clock.
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    rounds: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '9' },
    share: { type: 'string', default: '1' },
    watch: { type: 'string', default: 'both' },
  },
})
const began = performance.now()
mock.timers.enable({ apis: ['Date'] })
const result = await playLives({
  accounts,
  rounds: Number(values.rounds),
  seed: Number(values.seed),
  days: Number(values.days),
  share: Number(values.share),
  watch: values.watch === 'reference' || values.watch === 'id' ? values.watch : 'both',
  setDate: (now) => mock.timers.setTime(now.getTime()),
})
mock.timers.reset()
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`)
for (const { integration, webhooks, deliveries, payments, lookups, lists } of result.accounts) {
  const each = (requests: number) => (requests / payments).toFixed(1)
  console.log(
    `${integration}, ${webhooks}, ${deliveries}: ${payments} payments, each ${each(lookups)} requests of lookups and ${each(lists)} of lists`,
  )
}
for (const integration of ['direct', 'hosted']) {
  const own = result.accounts.filter((account) => account.integration === integration)
  const sum = (key: 'payments' | 'lookups') => own.reduce((total, account) => total + account[key], 0)
  console.log(
    `${integration}: ${(sum('lookups') / sum('payments')).toFixed(1)} requests of lookups for each payment`,
  )
}
for (const [kind, cases] of Object.entries(result.failures)) {
  console.log(`${kind}: ${cases.length}`)
  for (const example of cases.slice(0, 40)) console.log(`  ${example}`)
  if (cases.length > 0) process.exitCode = 1
}
