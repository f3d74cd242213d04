import { providers } from '../../tools/providers.ts'
import { coldStartRatio } from './cold.ts'

// In CI: no import may quietly become as heavy as an SDK. The goal is 0.12 (docs/performance.md); the rest is slack for a noisy machine.
const LIMIT = 0.2

for (const provider of providers) {
  const name = `@payment-status/${provider.name}`
  const ratio = coldStartRatio(name, 'stripe', 7)
  const ok = ratio <= LIMIT
  if (!ok) process.exitCode = 1
  console.log(
    `${ok ? 'ok ' : 'NO '} cold import of ${name}: ${ratio.toFixed(2)} of stripe's (limit ${LIMIT})`,
  )
}
