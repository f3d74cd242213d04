import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// What the manifests of all packages have in common is written from the root's: its address stands there alone.
// `pnpm manifests` writes it everywhere, together with the licence and the first changelog; a test holds it.

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly description?: string
  readonly keywords?: readonly string[]
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>
  readonly imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly [member: string]: unknown
}

interface RootManifest {
  readonly license: string
  readonly homepage: string
  readonly repository: { readonly type: string; readonly url: string }
  readonly bugs: { readonly url: string }
  readonly engines: { readonly node: string }
}

/** The host until the repository has an address. Nothing is published with it. */
export const PLACEHOLDER_HOST = 'to-be-filled-in.example'

/** Said by every package; each adds its own. */
const commonKeywords = ['payments', 'payment-status']

/** What is packed of every package: the sources are for reading, `docs` is laid in when packing. */
const commonFiles = ['dist', 'src', '!src/fixtures', 'docs', 'CHANGELOG.md']

const fieldOrder = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'homepage',
  'repository',
  'bugs',
  'type',
  'sideEffects',
  'engines',
  'publishConfig',
  'files',
  'exports',
  'imports',
  'bin',
  'scripts',
  'dependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'optionalDependencies',
  'devDependencies',
]

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

export const rootManifest = readJson('package.json') as RootManifest

/** The folders of what is published. */
export const packageFolders: readonly string[] = readdirSync('packages')
  .map((name) => join('packages', name))
  .filter((folder) => existsSync(join(folder, 'package.json')))
  .filter((folder) => readManifest(folder).private !== true)

export function readManifest(folder: string): Manifest {
  return readJson(join(folder, 'package.json')) as Manifest
}

/** The page of a file or folder in the repository. */
export function addressOf(path: string, kind: 'blob' | 'tree' = 'blob'): string {
  return `${rootManifest.homepage}/${kind}/main/${path}`
}

/**
 * A manifest as it has to be: what is common filled in, and every range one that any tool understands (`catalog:` and
 * `workspace:` are words of pnpm's, and npm would publish them as they are).
 */
export function completeManifest(folder: string): Manifest {
  const manifest = readManifest(folder)
  const complete: Record<string, unknown> = {
    ...manifest,
    keywords: [...new Set([...commonKeywords, ...(manifest.keywords ?? [])])],
    license: rootManifest.license,
    homepage: `${addressOf(folder, 'tree')}#readme`,
    repository: { ...rootManifest.repository, directory: folder },
    bugs: rootManifest.bugs,
    engines: rootManifest.engines,
    publishConfig: { access: 'public', provenance: true },
    files: [...new Set([...commonFiles, ...((manifest.files as readonly string[] | undefined) ?? [])])],
  }
  for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies', 'devDependencies']) {
    const ranges = manifest[field] as Readonly<Record<string, string>> | undefined
    const isPeer = field === 'peerDependencies' // what a shop may bring is wider than what is used here
    if (ranges)
      complete[field] = Object.fromEntries(
        Object.entries(ranges).map(([name, range]) => [
          name,
          versions.has(name) ? `^${versions.get(name)}` : ((isPeer ? undefined : catalog.get(name)) ?? range),
        ]),
      )
  }
  const rankOf = (field: string) => (fieldOrder.indexOf(field) + fieldOrder.length) % fieldOrder.length
  return Object.fromEntries(
    Object.entries(complete).sort(([left], [right]) => rankOf(left) - rankOf(right)),
  ) as Manifest
}

const versions = new Map(
  packageFolders.map(readManifest).map(({ name, version }) => [name, version] as const),
)
const catalog = new Map(
  (/^catalog:\n((?: {2}.+\n)+)/m.exec(readFileSync('pnpm-workspace.yaml', 'utf8'))?.[1] ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim().replaceAll(/['"]/g, '').split(': ') as [string, string]),
)

/** Every file that `pnpm manifests` writes, with what has to be in it. */
export function expectedFiles(): { readonly path: string; readonly content: string }[] {
  const license = readFileSync('LICENSE', 'utf8')
  return packageFolders.flatMap((folder) => {
    const { name, version } = readManifest(folder)
    const changelog = join(folder, 'CHANGELOG.md')
    return [
      {
        path: join(folder, 'package.json'),
        content: `${JSON.stringify(completeManifest(folder), null, 2)}\n`,
      },
      { path: join(folder, 'LICENSE'), content: license },
      {
        path: changelog,
        content: existsSync(changelog)
          ? readFileSync(changelog, 'utf8')
          : `# ${name}\n\n## ${version}\n\nThe first release.\n`,
      },
    ]
  })
}

if (import.meta.main) {
  for (const { path, content } of expectedFiles()) writeFileSync(path, content)
}
