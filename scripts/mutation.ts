/**
 * Changes the code that decides, one expression at a time, and looks whether a test notices (`pnpm mutation [part of a file's
 * path]`). Slow: half an hour for all of it. Each file has to reach MIN_SCORE without the changes that docs/mutation.md names as
 * those no test can notice.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Stryker } from '@stryker-mutator/core'

const MIN_SCORE = 95
const root = fileURLToPath(new URL('..', import.meta.url))

/** What is changed, and the tests that have to notice: the tables about it. Others, above all the random ones, only cost time. */
const targets: Readonly<Record<string, readonly string[]>> = {
  ...inPackage('core', {
    'deciding/advance': 'advance merge',
    'deciding/merge': 'merge advance',
    'deciding/amount': 'amount',
    'deciding/attempts': 'attempts',
    'deciding/next-step': 'next-step',
    'deciding/wait': 'wait',
    'deciding/day': 'day',
    'deciding/reconcile': 'reconcile',
  }),
  ...inPackage('checkout-com', {
    status: 'status events disputes details hint response reference as-recorded',
    webhook: 'events signature disputes details',
  }),
  ...inPackage('onerway', {
    status: 'status steps fold hint response webhook',
    webhook: 'webhook signature status',
    signature: 'signature',
  }),
  ...inPackage('stripe', {
    status: 'status payment hint webhook response',
    webhook: 'webhook signature secrets',
  }),
}

function inPackage(name: string, files: Readonly<Record<string, string>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(files).map(([file, tests]) => [
      `packages/${name}/src/${file}.ts`,
      tests.split(' ').map((test) => `packages/${name}/test/${test}.test.ts`),
    ]),
  )
}

interface Position {
  readonly line: number
  readonly column: number
}

interface Mutant {
  readonly status: string
  readonly replacement?: string
  readonly location: { readonly start: Position; readonly end: Position }
}

/** The changes in a file that the page names, in code, as those no test can notice. */
function readNamed(file: string): ReadonlySet<string | undefined> {
  const page = readFileSync(join(root, 'docs/mutation.md'), 'utf8')
  const section = page.split('\n### ').find((text) => text.startsWith(`${file}\n`)) ?? ''
  return new Set([...section.matchAll(/(`+) ?(.+?) ?\1(?!`)/g)].map(([, , code]) => code))
}

/** The line as it was changed, or `without` the statement that was taken out: which is how the page names it. */
function toChangedLine(source: string, { replacement = '', location: { start, end } }: Mutant): string {
  const lines = source.split('\n')
  const first = lines[start.line - 1] ?? ''
  const after = lines[end.line - 1]?.slice(end.column - 1) ?? ''
  const changed = `${first.slice(0, start.column - 1)}${replacement}${after}`.trim().replaceAll(/\s+/g, ' ')
  return changed === ';' ? `without ${first.trim()}` : changed
}

const wanted = process.argv.slice(2).find((word) => !word.startsWith('--')) ?? ''
const isIncremental = process.argv.includes('--changed')
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
    incremental: isIncremental,
    incrementalFile: report.replace('.json', '.incremental.json'),
    concurrency: 1,
    disableTypeChecks: false,
    ignorePatterns: ['**/dist', 'reports', 'site', 'bench', 'runtimes'],
    timeoutMS: 10_000,
  }).runMutationTest()
  const { files } = JSON.parse(readFileSync(report, 'utf8')) as {
    files: Record<string, { source: string; mutants: readonly Mutant[] }>
  }
  const { source = '', mutants = [] } = files[file] ?? {}
  const named = readNamed(file)
  const noticed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length
  const missed = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
  const unnamed = missed.filter((mutant) => !named.has(toChangedLine(source, mutant)))
  const equivalent = missed.length - unnamed.length
  const score = (100 * noticed) / (noticed + unnamed.length)
  console.log(`| ${file} | ${noticed + missed.length} | ${equivalent} | ${score.toFixed(1)} % |`)
  for (const mutant of unnamed) {
    console.log(`  line ${mutant.location.start.line}: \`${toChangedLine(source, mutant)}\``)
  }
  isEnough &&= score >= MIN_SCORE
}
process.exit(isEnough ? 0 : 1)
