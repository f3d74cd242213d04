import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { checkPackages, tellSizes } from './check-packages.ts'
import { expectedFiles, PLACEHOLDER_HOST, rootManifest } from './manifests.ts'
import { type Packed, packAll } from './pack.ts'

// `pnpm release` publishes what the registry lacks, with provenance; `--dry-run` does everything but that.
const isDryRun = process.argv.includes('--dry-run')
const problems: string[] = []

if (git('status', '--porcelain') !== '') problems.push('there are changes that are not committed')
for (const { path, content } of expectedFiles()) {
  if (readFileSync(path, 'utf8') !== content) problems.push(`${path} is not up to date: pnpm manifests`)
}
const isUnnamed = rootManifest.homepage.includes(PLACEHOLDER_HOST)
if (isUnnamed && !isDryRun) {
  problems.push(
    `the repository has no address yet: replace ${PLACEHOLDER_HOST} in package.json, then pnpm manifests`,
  )
}

execFileSync('npx', ['-y', 'pnpm@12', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] })
const packages = packAll('.tmp/release')
problems.push(...checkPackages(packages, { withPnpm: true }))
console.log(`\n${tellSizes(packages)}\n`)

if (problems.length > 0) {
  for (const problem of problems) console.log(problem)
  process.exitCode = 1
} else if (isDryRun) {
  for (const { name, version, files } of packages)
    console.log(`would publish ${name}@${version}: ${files.size} files`)
  if (isUnnamed)
    console.log(
      `\nBefore the first release: replace ${PLACEHOLDER_HOST} in package.json, then pnpm manifests.`,
    )
} else {
  for (const packed of packages.filter((packed) => !isPublished(packed))) publish(packed)
  execFileSync('node_modules/.bin/changeset', ['git-tag'], { stdio: 'inherit' })
}

function isPublished({ name, version }: Packed): boolean {
  return (
    spawnSync('npm', ['view', `${name}@${version}`, 'version'], { encoding: 'utf8' }).stdout.trim() ===
    version
  )
}

function publish({ name, version, tarball }: Packed): void {
  console.log(`publishing ${name}@${version}`)
  execFileSync('npm', ['publish', tarball, '--provenance', '--access', 'public'], { stdio: 'inherit' })
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trim()
}
