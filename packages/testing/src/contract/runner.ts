/** The little of a test runner's `expect` that the suite uses. */
export interface Expectation {
  toBe(expected: unknown): unknown
  toEqual(expected: unknown): unknown
}

/** A test runner's own functions: vitest's, jest's and bun's as they are, `node:test`'s with a small `expect`. */
export interface TestRunner {
  describe(title: string, body: () => void): unknown
  it(title: string, body: () => Promise<void>): unknown
  expect(actual: unknown): Expectation
}
