/** The jobs of `pnpm tools`: each is a file of this folder that exports `run`, which returns the exit code. */
const jobs: Readonly<Record<string, string>> = {
  'check-packages': 'packs every package and checks the tarballs (after a build)',
  declarations: 'writes dist/**/*.d.ts (part of `pnpm build`)',
  diagrams: 'draws docs/diagrams from the code',
  drift: "lists words of the providers' newest official libraries that ours lack",
  'embedded-database': "packs the embedded tracker's database (part of `pnpm build`)",
  english: 'counts avoided words by room, and lists them for the paths given',
  errors: 'writes docs/errors.md from the error messages in the sources',
  fuzz: 'reads altered messages with every provider: [--inputs 1000000] [--seed 1]',
  mutation: 'mutates the deciding code and runs its tests: [part of a path] [--changed]',
  'new-provider': 'lays the skeleton of a provider: acme-pay "Acme Pay"',
  picture: 'draws the README’s picture of `track --simulate`, by running it',
  'provider-tables': 'writes the tables of README and docs that name every provider',
  release: 'publishes what the registry lacks: [--dry-run]',
  words: 'counts the words that a newcomer reads for each use, before the guides and now',
}

const [job = '', ...args] = process.argv.slice(2)
if (job in jobs) {
  const { run } = (await import(`./${job}.ts`)) as {
    run(args: readonly string[]): number | Promise<number>
  }
  process.exit(await run(args))
}
const width = Math.max(...Object.keys(jobs).map((name) => name.length))
console.log('pnpm tools <job>\n')
for (const [name, description] of Object.entries(jobs)) console.log(`  ${name.padEnd(width)}  ${description}`)
process.exitCode = 2
