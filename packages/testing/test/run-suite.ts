import { isDeepStrictEqual } from 'node:util'
import type { TestRunner } from '@payment-status/testing'

/** The titles of the tests that passed and failed, without the titles of the groups they are in. */
export interface SuiteRun {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
}

/** Runs the suite with a test runner of twenty lines, which shows that it needs no more, and returns the failing tests. */
export async function runSuite(write: (runner: TestRunner) => void): Promise<SuiteRun> {
  const tests: { readonly title: string; readonly body: () => Promise<void> }[] = []
  write({
    describe: (_, body) => body(),
    it: (title, body) => tests.push({ title, body }),
    expect: (actual) => ({
      toBe(expected) {
        if (!Object.is(actual, expected)) throw new Error('not the same')
      },
      toEqual(expected) {
        if (!isDeepStrictEqual(actual, expected)) throw new Error('not equal')
      },
    }),
  })
  const passed: string[] = []
  const failed: string[] = []
  // Side by side: what takes time in the suite is waiting.
  await Promise.all(
    tests.map(({ title, body }) =>
      body().then(
        () => passed.push(title),
        () => failed.push(title),
      ),
    ),
  )
  return { passed, failed: tests.map(({ title }) => title).filter(isFirst(failed)) }
}

/** In the order of the suite, each title once. */
function isFirst(failed: readonly string[]) {
  return (title: string, index: number, titles: readonly string[]) =>
    failed.includes(title) && titles.indexOf(title) === index
}
