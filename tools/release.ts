import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { run as checkPackages } from './check-packages.ts'
import { packAll, packageFolders, readManifest } from './packages.ts'

/** The host until the repository has an address. */
const PLACEHOLDER_HOST = 'to-be-filled-in.example'

/**
 * Checks everything and packs the packages into `--pack <folder>`, for the workflow's job that publishes and does nothing
 * else. With `--dry-run`, packs nothing and tolerates a repository without an address.
 */
export function run(args: readonly string[]): number {
  const isDryRun = args.includes('--dry-run')
  const destination = args[args.indexOf('--pack') + 1]
  if (!isDryRun && (!args.includes('--pack') || destination === undefined)) {
    console.log('release needs --dry-run, or --pack and a folder: only the release workflow publishes')
    return 2
  }
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
  } else if (problems.length === 0 && destination !== undefined) {
    mkdirSync(destination, { recursive: true })
    for (const { name, version } of packAll(destination)) console.log(`packed ${name}@${version}`)
  }
  return problems.length > 0 ? 1 : 0
}
