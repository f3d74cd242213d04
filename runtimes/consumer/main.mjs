import { runSuite } from './suite.mjs'

const { passed, failures } = await runSuite()
for (const failure of failures.slice(0, 5)) console.log(failure)
console.log(`${passed} passed, ${failures.length} failed`)
globalThis.process.exitCode = failures.length > 0 ? 1 : 0
