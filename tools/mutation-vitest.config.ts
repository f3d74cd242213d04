import { defineConfig } from 'vitest/config'

const source = ['@payment-status/source']

/** Runs only the tests of the mutated file, which MUTATION_TESTS names. */
export default defineConfig({
  resolve: { conditions: source },
  ssr: { resolve: { conditions: source } },
  test: {
    include: (process.env.MUTATION_TESTS ?? '').split(','),
    exclude: ['**/node_modules/**'],
    testTimeout: 30_000,
  },
})
