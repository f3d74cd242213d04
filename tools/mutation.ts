import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Stryker } from '@stryker-mutator/core'
import { providers } from './providers.ts'

const MIN_SCORE_IN_PERCENT = 90
const root = fileURLToPath(new URL('..', import.meta.url))

/** The mutated sources, each with the tests that must notice. Property tests are left out: they cost time and add few. */
const targets: Readonly<Record<string, readonly string[]>> = {
  ...inPackage('core', {
    'decisions/advance': 'advance merge',
    'decisions/merge': 'merge advance',
    'decisions/amount': 'amount',
    'decisions/attempts': 'attempts',
    'decisions/next-step': 'next-step',
    'decisions/wait': 'wait',
    'decisions/day': 'day',
    'decisions/reconcile': 'reconcile',
  }),
  ...Object.fromEntries(providers.flatMap(({ name }) => ofProvider(name))),
}

/** The deciding sources of a provider, with all of its tests but properties and suites. */
function ofProvider(name: string): [string, string[]][] {
  const tests = readdirSync(join(root, `packages/${name}/test`))
    .filter((file) => file.endsWith('.test.ts') && !/propert|contract|simulation|truth/.test(file))
    .map((file) => `packages/${name}/test/${file}`)
  return ['status', 'webhook', 'signature']
    .map((file) => `packages/${name}/src/${file}.ts`)
    .filter((path) => existsSync(join(root, path)))
    .map((path) => [path, tests])
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

interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>
}

/**
 * Mutates the deciding code, one expression at a time, and runs its tests. Writes `reports/mutation.md` with the score and
 * the surviving mutants of each file. Returns 1 if a file scores less than MIN_SCORE_IN_PERCENT. All of it takes half an hour.
 */
export async function run(args: readonly string[]): Promise<number> {
  const wanted = args.find((argument) => !argument.startsWith('--')) ?? ''
  const chosen = Object.entries(targets).filter(([file]) => file.includes(wanted))
  const rows = ['| file | mutants | killed | score |', '| --- | --- | --- | --- |']
  const survivors: string[] = []
  let isEnough = chosen.length > 0
  mkdirSync(join(root, 'reports'), { recursive: true })
  for (const [file, tests] of chosen) {
    const { source, mutants } = await mutate(file, tests, args.includes('--changed'))
    const missed = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    const killed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length
    const score = (100 * killed) / (killed + missed.length)
    rows.push(`| ${file} | ${killed + missed.length} | ${killed} | ${score.toFixed(1)} % |`)
    console.log(rows.at(-1))
    for (const mutant of missed)
      survivors.push(`- ${file}:${mutant.location.start.line} \`\`${toChangedLine(source, mutant)}\`\``)
    isEnough &&= score >= MIN_SCORE_IN_PERCENT
  }
  const report = ['# Mutation testing', rows.join('\n'), '## Surviving mutants', survivors.join('\n')]
  writeFileSync(join(root, 'reports/mutation.md'), `${report.join('\n\n')}\n`)
  return isEnough ? 0 : 1
}

async function mutate(file: string, tests: readonly string[], incremental: boolean) {
  const report = join(root, 'reports', `${file.replaceAll(/[^\w.]/g, '-')}.json`)
  process.env.MUTATION_TESTS = tests.join(',')
  await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'tools/mutation-vitest.config.ts', related: false },
    mutate: [file],
    reporters: ['json'],
    jsonReporter: { fileName: report },
    incremental,
    incrementalFile: report.replace('.json', '.incremental.json'),
    concurrency: 1,
    disableTypeChecks: false,
    ignorePatterns: ['**/dist', 'reports', 'site', 'bench', 'runtimes'],
    timeoutMS: 10_000,
  }).runMutationTest()
  const { files } = JSON.parse(readFileSync(report, 'utf8')) as MutationReport
  return files[file] ?? { source: '', mutants: [] }
}

/** Returns the mutated line, or `without …` for a removed statement. */
function toChangedLine(source: string, { replacement = '', location: { start, end } }: Mutant): string {
  const lines = source.split('\n')
  const first = lines[start.line - 1] ?? ''
  const after = lines[end.line - 1]?.slice(end.column - 1) ?? ''
  const changed = `${first.slice(0, start.column - 1)}${replacement}${after}`.trim().replaceAll(/\s+/g, ' ')
  return changed === ';' ? `without ${first.trim()}` : changed
}
