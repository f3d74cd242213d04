import { parseArgs } from 'node:util'
import { postgresFolder } from '../postgres-server.ts'
import { mutants } from './mutants.ts'
import { type CrashResult, runCrash } from './run.ts'

// pnpm test:crash [--payments 300] [--seed 1] [--skip-mutants]: a shop on the tracker that is ended again and again.
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    payments: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    'skip-mutants': { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const payments = Number(values.payments)
const onProgress = (line: string) => {
  if (process.stdout.isTTY || process.env.CRASH_DEBUG) console.log(`  ${line}`)
}
/** By what each mutant has to be caught: a test that fails for another reason has not seen it. */
const caughtAs = {
  guard_off: 'wentBack',
  change_outside: 'missingVersions',
  acknowledged_early: 'lostWebhooks',
} as const satisfies Record<(typeof mutants)[number], keyof CrashResult['failures']>
let isSound = true

function total({ failures }: CrashResult): number {
  return Object.values(failures).reduce((sum, cases) => sum + cases.length, 0)
}

function print(title: string, result: CrashResult): void {
  const { payments, kills, crashes, acknowledged, changes, seconds } = result
  console.log(
    `${title}: ${payments} payments, ${kills} processes ended, ${crashes} database crashes, ${acknowledged} webhooks acknowledged, ${changes} changes delivered, ${seconds} s`,
  )
  for (const [kind, cases] of Object.entries(result.failures)) {
    if (cases.length > 0) console.log(`  ${kind}: ${cases.length}, e.g. ${cases.slice(0, 3).join(' · ')}`)
  }
}

for (const database of ['postgres', 'pglite'] as const) {
  if (values.only !== undefined && values.only !== database) continue
  if (database === 'postgres' && postgresFolder === undefined) {
    console.log('PostgreSQL: NOT TESTED, no server is installed')
    continue
  }
  const count = database === 'pglite' ? Math.ceil(payments / 4) : payments
  const result = await runCrash({ database, payments: count, seed, onProgress })
  print(database === 'postgres' ? 'PostgreSQL, two processes' : 'PGlite, one process', result)
  if (total(result) > 0) isSound = false
}
if (!values['skip-mutants'] && postgresFolder !== undefined) {
  for (const mutant of mutants) {
    if (values.only !== undefined && values.only !== mutant) continue
    const result = await runCrash({
      database: 'postgres',
      payments: 24,
      seed,
      mutant,
      isQuiet: true,
      onProgress,
    })
    print(`broken on purpose, ${mutant}`, result)
    if (result.failures[caughtAs[mutant]].length === 0) {
      console.log(`  NOT CAUGHT as ${caughtAs[mutant]}`)
      isSound = false
    }
  }
}
console.log(isSound ? 'Nothing was lost, doubled, out of order or wrong.' : 'The crash test failed.')
process.exitCode = isSound ? 0 : 1
