import { defineConfig } from 'vitest/config'

// What a person sees, in Chromium: the built site, and pages that packages serve. Needs `pnpm site`.
const source = ['@payment-status/source']

export default defineConfig({
  resolve: { conditions: source },
  ssr: { resolve: { conditions: source } },
  test: {
    name: 'browser',
    include: ['site/test/*.browser.ts'],
    reporters: ['default', './tools/plain-line-reporter.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})
