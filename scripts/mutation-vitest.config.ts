import { defineConfig } from 'vitest/config'

const source = ['@payment-status/source']

/** The tests that are about one file, as MUTATION_TESTS names them: nothing else judges a mutant of it. */
export default defineConfig({
  resolve: { conditions: source },
  ssr: { resolve: { conditions: source } },
  test: {
    include: (process.env.MUTATION_TESTS ?? '').split(','),
    exclude: ['**/node_modules/**'],
    testTimeout: 30_000,
    isolate: false,
  },
})
