import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { PREPARED_FILE } from '../packages/tracker/src/database/prepared.ts'
import { rootManifest } from './manifests.ts'
import { filesPackedByPnpm, isAbsolute, linksIn, type Packed, packAll } from './pack.ts'

/** Everything that is wrong with the packages as they would be published, one sentence each. Needs a build. */
export function checkPackages(packages: readonly Packed[], { withPnpm = false } = {}): string[] {
  return packages.flatMap((packed) => {
    const found = [
      ...checkFiles(packed),
      ...checkManifest(packed),
      ...checkLinks(packed),
      ...(withPnpm ? checkOtherTool(packed) : []),
      ...runTool('publint', ['--strict', packed.tarball]),
      ...runTool('attw', [packed.tarball, '--profile', 'esm-only', '--format', 'ascii']),
    ]
    console.log(`${packed.name}: ${found.length === 0 ? 'ok' : 'NOT OK'}`)
    return found.map((problem) => `${packed.name}: ${problem}`)
  })
}

// What a build makes, and nobody would miss at once.
const wantedFilesOf: Readonly<Record<string, readonly string[]>> = { tracker: [PREPARED_FILE] }
const wantedFiles = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']

function checkFiles({ folder, staged, files, version }: Packed): string[] {
  const missing = [...wantedFiles, ...(wantedFilesOf[basename(folder)] ?? [])]
    .filter((path) => !files.has(path))
    .map((path) => `${path} is not packed`)
  const strangers = [...files.keys()]
    .filter((path) => /(^|\/)(test|node_modules|\.tmp)\/|\.tgz$|\.env/.test(path))
    .map((path) => `${path} is packed`)
  const changelog = join(staged, 'CHANGELOG.md')
  const told = existsSync(changelog) && readFileSync(changelog, 'utf8').includes(`## ${version}`)
  return [...missing, ...strangers, ...(told ? [] : [`CHANGELOG.md does not tell of ${version}`])]
}

function checkOtherTool({ staged, files }: Packed): string[] {
  const packedByPnpm = filesPackedByPnpm(staged, '.tmp/packed-by-pnpm')
  return [...files.keys()].sort().join('\n') === packedByPnpm.join('\n')
    ? []
    : ['npm and pnpm pack different files']
}

function checkManifest({ staged }: Packed): string[] {
  const text = readFileSync(join(staged, 'package.json'), 'utf8')
  const words = ['catalog:', 'workspace:', 'link:', 'file:', '@payment-status/source']
  return words.filter((word) => text.includes(`"${word}`)).map((word) => `package.json says ${word}`)
}

/** Links of packed pages lead to what is packed, or to what is in the repository. */
function checkLinks({ staged, files }: Packed): string[] {
  return [...files.keys()]
    .filter((path) => path.endsWith('.md'))
    .flatMap((page) =>
      linksIn(readFileSync(join(staged, page), 'utf8'))
        .filter((link) => !leadsSomewhere(link, page, staged))
        .map((link) => `${page} has a dead link: ${link}`),
    )
}

function leadsSomewhere(link: string, page: string, staged: string): boolean {
  const ours = new RegExp(`^${rootManifest.homepage}/(?:blob|tree)/main/([^#]+)`).exec(link)
  if (ours) return existsSync(ours[1] ?? '')
  if (isAbsolute(link)) return true
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? join(staged, page) : join(staged, dirname(page), path)
  if (!existsSync(target)) return false
  return anchor === undefined || !target.endsWith('.md') || anchorsIn(target).includes(anchor)
}

function anchorsIn(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function runTool(command: string, args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(`node_modules/.bin/${command}`, args, { encoding: 'utf8' })
  return status === 0 ? [] : [`${command} failed\n${stdout}${stderr}`]
}

/** What a package weighs: compressed, as files, and how much of that is for tests. */
export function tellSizes(packages: readonly Packed[]): string {
  const toKilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
  const rows = packages.map(({ name, size, files }) => {
    const sum = (paths: RegExp) =>
      [...files].reduce((total, [path, bytes]) => total + (paths.test(path) ? bytes : 0), 0)
    return [
      name,
      toKilobytes(size),
      toKilobytes(sum(/./)),
      toKilobytes(sum(/^dist\/fixtures\//)),
      toKilobytes(sum(/^docs\//)),
    ]
  })
  const head = ['package', 'tarball', 'unpacked', 'of it fixtures', 'of it docs']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

if (import.meta.main) {
  const packages = packAll('.tmp/packs')
  const problems = checkPackages(packages)
  console.log(`\n${tellSizes(packages)}\n`)
  for (const problem of problems) console.log(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
