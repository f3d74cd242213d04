import { execFileSync } from 'node:child_process'
import { run as checkPackages } from './check-packages.ts'
import { packageFolders, readManifest } from './packages.ts'

/** The host until the repository has an address. */
const PLACEHOLDER_HOST = 'to-be-filled-in.example'

/** Publishes with changesets the versions that the registry lacks. With `--dry-run`, checks everything and publishes nothing. */
export function run(args: readonly string[]): number {
  const isDryRun = args.includes('--dry-run')
  const problems: string[] = []
  if (execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }) !== '')
    problems.push('uncommitted changes: commit or discard them')
  const unaddressed = packageFolders.filter((folder) =>
    readManifest(folder).repository?.url.includes(PLACEHOLDER_HOST),
  )
  const placeholder = `repository.url of ${unaddressed.length} packages is a placeholder: see CONTRIBUTING.md`
  if (unaddressed.length > 0 && !isDryRun) problems.push(placeholder)

  execFileSync('npx', ['-y', 'pnpm@12', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (checkPackages() !== 0) problems.push('the packages are not ready: see above')
  for (const problem of problems) console.log(problem)

  if (isDryRun) {
    for (const folder of packageFolders) {
      const { name, version } = readManifest(folder)
      console.log(`would publish ${name}@${version}`)
    }
    if (unaddressed.length > 0) console.log(`before the first release: ${placeholder}`)
  } else if (problems.length === 0) {
    execFileSync('node_modules/.bin/changeset', ['publish'], { stdio: 'inherit' })
  }
  return problems.length > 0 ? 1 : 0
}
