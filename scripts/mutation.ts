/**
 * Changes the code that decides, one expression at a time, and looks whether a test notices (`pnpm mutation [part of a file's
 * path]`). Slow: half an hour for all of it. Each file has to reach MIN_SCORE; docs/mutation.md names the mutants that no test
 * can notice.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Stryker } from '@stryker-mutator/core'

const MIN_SCORE = 95
const root = fileURLToPath(new URL('..', import.meta.url))

/** What is changed, and the tests that have to notice: the ones that are about it, for the others only cost time. */
const targets: Readonly<Record<string, readonly string[]>> = {
  'packages/core/src/deciding/advance.ts': [
    'packages/core/test/advance*.test.ts',
    'packages/core/test/model.test.ts',
  ],
  'packages/core/src/deciding/merge.ts': [
    'packages/core/test/advance*.test.ts',
    'packages/core/test/merge.test.ts',
  ],
  'packages/core/src/deciding/amount.ts': ['packages/core/test/amount.test.ts'],
  'packages/core/src/deciding/attempts.ts': ['packages/core/test/attempts.test.ts'],
  'packages/core/src/deciding/next-step.ts': ['packages/core/test/next-step.test.ts'],
  'packages/core/src/deciding/wait.ts': ['packages/core/test/wait.test.ts'],
  'packages/core/src/deciding/day.ts': ['packages/core/test/{day,reconcile}*.test.ts'],
  'packages/core/src/deciding/reconcile.ts': ['packages/core/test/reconcile*.test.ts'],
  ...ofProvider('checkout-com', ['status', 'webhook']),
  ...ofProvider('onerway', ['status', 'webhook', 'signature']),
  ...ofProvider('stripe', ['status', 'webhook']),
}

function ofProvider(name: string, files: readonly string[]): Record<string, readonly string[]> {
  const tests = [`packages/${name}/test/!(contract|properties).test.ts`]
  return Object.fromEntries(files.map((file) => [`packages/${name}/src/${file}.ts`, tests]))
}

interface Mutant {
  readonly status: string
  readonly mutatorName: string
  readonly replacement?: string
  readonly location: { readonly start: { readonly line: number } }
}

const wanted = process.argv[2] ?? ''
const asked = Object.entries(targets).filter(([file]) => file.includes(wanted))
let isEnough = asked.length > 0
mkdirSync(join(root, 'reports'), { recursive: true })
for (const [file, tests] of asked) {
  process.env.MUTATION_TESTS = tests.join(',')
  const report = join(root, 'reports', `${file.replaceAll(/[^\w.]/g, '-')}.json`)
  await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/mutation-vitest.config.ts', related: false },
    mutate: [file],
    reporters: ['json'],
    jsonReporter: { fileName: report },
    concurrency: 1,
    disableTypeChecks: false,
    ignorePatterns: ['**/dist', 'reports', 'site', 'bench', 'runtimes'],
    timeoutMS: 30_000,
  }).runMutationTest()
  const { files } = JSON.parse(readFileSync(report, 'utf8')) as {
    files: Record<string, { mutants: readonly Mutant[] }>
  }
  const mutants = files[file]?.mutants ?? []
  const isNoticed = ({ status }: Mutant) => status === 'Killed' || status === 'Timeout'
  const missed = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
  const noticed = mutants.filter(isNoticed).length
  const score = (100 * noticed) / (noticed + missed.length)
  console.log(`${file}: ${score.toFixed(1)} % of ${noticed + missed.length}`)
  for (const { mutatorName, replacement, location } of missed) {
    console.log(`  line ${location.start.line}: ${mutatorName} → ${replacement?.slice(0, 100)}`)
  }
  isEnough &&= score >= MIN_SCORE
}
process.exit(isEnough ? 0 : 1)
