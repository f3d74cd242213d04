import { defineConfig } from 'vitest/config'

const source = ['@payment-status/source']

/**
 * A vocabulary's meanings are asked once and remembered, so that only the first test of a word would be seen to reach it,
 * and Stryker runs only those that do. Here they are asked each time.
 */
const withoutMemory = {
  name: 'without-memory',
  enforce: 'pre',
  load: (id: string) =>
    id.endsWith('/core/src/tabulate.ts')
      ? 'export const tabulate = (_words, meaningOf) => meaningOf'
      : undefined,
} as const

/** The tests that are about one file, as MUTATION_TESTS names them: nothing else judges a mutant of it. */
export default defineConfig({
  plugins: [withoutMemory],
  resolve: { conditions: source },
  ssr: { resolve: { conditions: source } },
  test: {
    include: (process.env.MUTATION_TESTS ?? '').split(','),
    exclude: ['**/node_modules/**'],
    testTimeout: 30_000,
  },
})
