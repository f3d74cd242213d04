import fc from 'fast-check'

const RUNS = 300

/**
 * Runs a property, and on failure says how to run the very case again. With `PROPERTY_SEED` (and `PROPERTY_PATH`) in the
 * environment it runs that one.
 */
export async function checkProperty<Values>(property: fc.IAsyncProperty<Values>): Promise<void> {
  const { PROPERTY_SEED, PROPERTY_PATH } = process.env
  await fc.assert(property, {
    numRuns: RUNS,
    ...(PROPERTY_SEED ? { seed: Number(PROPERTY_SEED) } : {}),
    ...(PROPERTY_PATH ? { path: PROPERTY_PATH } : {}),
    async asyncReporter(run) {
      if (!run.failed) return
      const where = `PROPERTY_SEED=${run.seed} PROPERTY_PATH=${run.counterexamplePath}`
      throw new Error(
        `${await fc.asyncDefaultReportMessage(run)}\nRepeat it: ${where} npx -y pnpm@12 test properties`,
      )
    },
  })
}
