import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** One use of the library, and the pages a newcomer reads until it works. */
interface Job {
  readonly name: string
  /** Pages of the edition before the guides. Its README had no table of uses, so all of it was read. */
  readonly before: readonly string[]
  /** Their words, as `pnpm tools words --before` counts them. */
  readonly wordsBefore: number
  readonly after: readonly string[]
}

const EDITION_BEFORE = '142d97a'
/** The README is read as far as its table of uses, and a package's as far as its first section: the rest is reference. */
const endOf = (path: string) =>
  path === 'README.md' ? '\n## See it work' : path.endsWith('/README.md') ? '\n## ' : '\0'

export const jobs: readonly Job[] = [
  {
    name: 'the status of one payment',
    wordsBefore: 904,
    before: ['README.md', 'packages/stripe/README.md'],
    after: ['README.md', 'packages/stripe/README.md'],
  },
  {
    name: 'webhooks',
    wordsBefore: 4222,
    before: ['README.md', 'docs/webhooks.md', 'docs/deciding.md'],
    after: ['README.md', 'docs/guides/stripe.md'],
  },
  {
    name: 'several providers',
    wordsBefore: 1499,
    before: ['README.md', 'packages/payment-status/README.md', 'docs/switching-providers.md'],
    after: ['README.md', 'packages/payment-status/README.md', 'docs/switching-providers.md'],
  },
  {
    name: 'the tracker',
    wordsBefore: 2833,
    before: ['README.md', 'docs/tracker.md'],
    after: ['README.md', 'docs/guides/express-pg.md'],
  },
  {
    name: 'a service for any language',
    wordsBefore: 2465,
    before: ['README.md', 'docs/command-line.md'],
    after: ['README.md', 'docs/guides/any-language.md'],
  },
  {
    name: 'tests',
    wordsBefore: 2155,
    before: ['README.md', 'docs/testing.md'],
    after: ['README.md', 'docs/guides/testing.md'],
  },
]

/** Counts the words of pages as they are. Code counts as well: it is read. */
export function countWords(paths: readonly string[]): number {
  return sum(paths.map((path) => toWords(readFileSync(path, 'utf8').split(endOf(path))[0] ?? '')))
}

function countBefore(paths: readonly string[]): number {
  return sum(
    paths.map((path) =>
      toWords(
        execFileSync('git', ['show', `${EDITION_BEFORE}:${path}`], { encoding: 'utf8' }).split(
          endOf(path),
        )[0] ?? '',
      ),
    ),
  )
}

function toWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

/** Prints the words of each job, before the guides and now. With `--before`, counts the earlier pages in the history again. */
export function run(args: readonly string[]): number {
  for (const { name, before, wordsBefore, after } of jobs) {
    const then = args.includes('--before') ? countBefore(before) : wordsBefore
    const now = countWords(after)
    const share = `${Math.round((now / then) * 100)} %`
    console.log(`${name.padEnd(28)}${String(then).padStart(6)}${String(now).padStart(6)}  ${share}`)
  }
  return 0
}
