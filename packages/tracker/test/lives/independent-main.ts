import { mock } from 'node:test'
import { parseArgs } from 'node:util'
import { playIndependentLives } from './independent.ts'

// pnpm test:lives:independent [--lives 40] [--seed 1] [--days 9] [--faulty 0.15] [--troubles 0.05]: random lives at an Onerway written from its documentation.
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    lives: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '9' },
    faulty: { type: 'string', default: '0.15' },
    troubles: { type: 'string', default: '0.05' },
  },
})
const began = performance.now()
mock.timers.enable({ apis: ['Date'] })
const { failures, payments, requests } = await playIndependentLives({
  seed: Number(values.seed),
  lives: Number(values.lives),
  days: Number(values.days),
  faulty: Number(values.faulty),
  troubles: Number(values.troubles),
  setDate: (now) => mock.timers.setTime(now.getTime()),
})
mock.timers.reset()
console.log(`${payments} payments, ${((performance.now() - began) / 1000).toFixed(0)} s`)
for (const [name, count] of Object.entries(requests))
  console.log(`${name}: ${count.toFixed(1)} requests of lookups for each payment`)
for (const [kind, cases] of Object.entries(failures)) {
  console.log(`${kind}: ${cases.length}`)
  for (const example of cases.slice(0, 40)) console.log(`  ${example}`)
  if (cases.length > 0) process.exitCode = 1
}
