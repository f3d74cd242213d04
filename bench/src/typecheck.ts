import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Figure, median } from './measure.ts'

const RUNS = 5
const ours = `
import { createCheckoutCom } from '@payment-status/checkout-com'
import { createOnerway } from '@payment-status/onerway'
import { createStripe } from '@payment-status/stripe'
import { createPayments } from 'payment-status'
const payments = createPayments([
  createCheckoutCom({}),
  createOnerway({ merchantNo: '1', secretKey: 's', environment: 'sandbox', integration: 'direct' }),
  createStripe({}),
])
export const report = await payments.lookup({ provider: 'stripe', id: 'pi_1' })
`
const other = `
import Stripe from 'stripe'
const stripe = new Stripe('sk_test_none')
export const intent = await stripe.paymentIntents.retrieve('pi_1')
`

/** Measures a consumer's type check: the facade with three providers, compared with a file that imports stripe. */
export function measureTypecheck(): Figure[] {
  const folder = mkdtempSync(join(import.meta.dirname, '..', '.tmp-'))
  try {
    writeFileSync(join(folder, 'ours.ts'), ours)
    writeFileSync(join(folder, 'other.ts'), other)
    const times = { ours: [] as number[], other: [] as number[] }
    for (let run = 0; run < RUNS; run++) {
      times.ours.push(check(join(folder, 'ours.ts')))
      times.other.push(check(join(folder, 'other.ts')))
    }
    const [a, b] = [median(times.ours), median(times.other)]
    return [
      {
        what: "a consumer's type check: facade and three providers",
        ours: `${a.toFixed(2)} s`,
        other: `the same with stripe ${b.toFixed(2)} s`,
        figure: (a / b).toFixed(2),
        goal: '≤ 1.0',
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function check(file: string): number {
  const began = performance.now()
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--types',
    'node',
  ]
  const { status, stdout } = spawnSync('../node_modules/.bin/tsc', [...options, file], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the consumer does not compile: ${stdout}`)
  return (performance.now() - began) / 1000
}
