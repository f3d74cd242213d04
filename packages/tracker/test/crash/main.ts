import { parseArgs } from 'node:util'
import { postgresFolder } from '../postgres-server.ts'
import { mutants } from './mutants.ts'
import { type CrashOptions, type CrashResult, type Failover, runCrash } from './run.ts'

// A shop on the tracker that is ended again and again: pnpm test:crash [--payments 300] [--seed 1] [--skip-mutants].
// --proxy: through a proxy that resets, half-closes, delays and swallows connections, with pg and with postgres.js.
// --shards: on two databases, by order.
// --failover: on a primary with a standby, synchronous and asynchronous. --only <run> plays one of the runs.
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    payments: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    proxy: { type: 'boolean', default: false },
    failover: { type: 'boolean', default: false },
    shards: { type: 'boolean', default: false },
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
  const { payments, kills, crashes, troubles, failovers, acknowledged, changes, seconds } = result
  const rest = [
    ...(troubles > 0 ? [`${troubles} troubles of the network`] : []),
    ...(failovers.length > 0 ? [`${failovers.length} failovers`] : []),
  ].join(', ')
  console.log(
    `${title}: ${payments} payments, ${kills} processes ended, ${crashes} database crashes,${rest ? ` ${rest},` : ''} ${acknowledged} webhooks acknowledged, ${changes} changes delivered, ${seconds} s`,
  )
  if (failovers.length > 0) {
    const sum = (of: (failover: Failover) => number) => failovers.reduce((total, one) => total + of(one), 0)
    const waits = failovers.map((failover) => failover.seconds.toFixed(1)).join(', ')
    console.log(
      `  lost at the promotion: ${result.lostWebhooks} acknowledged webhooks, ${sum(({ lostOrders }) => lostOrders)} watched orders, ${sum(({ lostDeliveries }) => lostDeliveries)} marks of deliveries; writable again after ${waits} s; wrong after the orders were watched again: what is listed here`,
    )
  }
  for (const [kind, cases] of Object.entries(result.failures)) {
    if (cases.length > 0) console.log(`  ${kind}: ${cases.length}, e.g. ${cases.slice(0, 3).join(' · ')}`)
  }
}

interface Run {
  readonly name: string
  readonly title: string
  readonly options: Omit<CrashOptions, 'payments' | 'seed'>
}

const plain: readonly Run[] = [
  { name: 'postgres', title: 'PostgreSQL, two processes', options: { database: 'postgres' } },
  { name: 'pglite', title: 'PGlite, one process', options: { database: 'pglite' } },
  {
    name: 'no-lookups',
    title: 'PostgreSQL, two processes, only providers without lookups',
    options: { database: 'postgres', hasLookups: false },
  },
]
const proxied: readonly Run[] = (['pg', 'postgres.js'] as const).map((driver) => ({
  name: driver,
  title: `PostgreSQL through a proxy, ${driver}`,
  options: { database: 'postgres', driver, hasProxy: true },
}))
const replicated: readonly Run[] = (['synchronous', 'asynchronous'] as const).map((replication) => ({
  name: replication,
  title: `PostgreSQL with ${replication === 'synchronous' ? 'a synchronous' : 'an asynchronous'} standby`,
  options: { database: 'postgres', replication },
}))
const sharded: readonly Run[] = [
  { name: 'shards', title: 'Two databases by order', options: { database: 'postgres', isSharded: true } },
]
const isSpecial = values.proxy || values.failover || values.shards
const runs = isSpecial
  ? [
      ...(values.proxy ? proxied : []),
      ...(values.failover ? replicated : []),
      ...(values.shards ? sharded : []),
    ]
  : plain

for (const { name, title, options } of runs) {
  if (values.only !== undefined && values.only !== name) continue
  if (options.database === 'postgres' && postgresFolder === undefined) {
    console.log(`${title}: NOT TESTED, no server is installed`)
    continue
  }
  const isShort = options.database === 'pglite' || options.hasLookups === false
  const count = isShort ? Math.ceil(payments / 4) : payments
  const result = await runCrash({ ...options, payments: count, seed, onProgress })
  print(title, result)
  if (total(result) > 0) isSound = false
}
if (!values['skip-mutants'] && !isSpecial && postgresFolder !== undefined) {
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
// Connections that were half-closed or swallowed on purpose must not keep the process.
process.exit(isSound ? 0 : 1)
