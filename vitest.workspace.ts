import { defineConfig } from 'vitest/config'

// Packages resolve to their source, so tests need no build; a test sees what the next build would hold.
const source = ['@payment-status/source']

// A first run opens without a warning: that type tests may change with vitest's version is why the lockfile pins it.
process.env.VITEST_DISABLE_EXPERIMENTAL_LOG = 'true'

export default defineConfig({
  resolve: { conditions: source },
  ssr: { resolve: { conditions: source } },
  test: {
    reporters: ['default', './tools/plain-line-reporter.ts'],
    // Twice as many files at once as there are processors: the tracker's wait for timers and for its databases.
    maxWorkers: '200%',
    globalSetup: './tools/embedded-database.ts',
    // postgres.js throws this where no caller can catch it, when a connection ends just before it writes: docs/tracker.md.
    onUnhandledError: ({ stack = '' }) => !/nextWrite.*[/]postgres[/]src[/]connection[.]js/.test(stack),
    projects: [
      {
        extends: true,
        test: {
          name: 'packages',
          include: ['packages/*/test/**/*.test.ts', 'examples/test/**/*.test.ts', 'test/**/*.test.ts'],
          testTimeout: 60_000,
          typecheck: {
            enabled: true,
            // Three times as fast as the one that other tools use for its interface.
            checker: 'node_modules/typescript7/bin/tsc',
            include: ['packages/*/test/**/*.test-d.ts'],
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
})
