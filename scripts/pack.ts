import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { addressOf, type Manifest, packageFolders, readManifest } from './manifests.ts'

export interface Packed {
  readonly name: string
  readonly version: string
  readonly folder: string
  /** What is packed, as files. */
  readonly staged: string
  /** The tarball a registry would hand out. */
  readonly tarball: string
  /** Paths in the tarball, with their bytes. */
  readonly files: ReadonlyMap<string, number>
  /** Bytes, compressed. */
  readonly size: number
}

const SOURCE = '@payment-status/source'
/** Where what was packed is noted, beside the tarballs. */
const RECORD = 'packed.json'

/** Packs every package as it is published: with its documentation, and links that lead somewhere there. Needs a build. */
export function packAll(destination: string): Packed[] {
  rmSync(destination, { recursive: true, force: true })
  mkdirSync(destination, { recursive: true })
  const listed = npmPack(packageFolders)
  const staged = packageFolders.map((folder, index) =>
    stage(folder, listed[index]?.files ?? [], join(destination, 'staged', folder)),
  )
  const packed = npmPack(staged, destination).map(({ filename, size, files }, index) => {
    const folder = packageFolders[index] ?? ''
    const { name, version } = readManifest(folder)
    return {
      name,
      version,
      folder,
      staged: staged[index] ?? '',
      tarball: resolve(destination, filename),
      files: new Map(files.map((file) => [file.path, file.size])),
      size,
    }
  })
  const record = packed.map((each) => ({ ...each, files: [...each.files] }))
  writeFileSync(join(destination, RECORD), JSON.stringify(record))
  return packed
}

/** What `packAll` packed there before, whatever has changed since. */
export function readPacked(destination: string): Packed[] {
  const record = JSON.parse(readFileSync(join(destination, RECORD), 'utf8')) as readonly (Packed & {
    readonly files: readonly [string, number][]
  })[]
  return record.map((each) => ({ ...each, files: new Map(each.files) }))
}

/** Lays out what is published of one package. Answers where. */
function stage(folder: string, files: NpmPacked['files'], destination: string): string {
  for (const { path } of files) {
    mkdirSync(dirname(join(destination, path)), { recursive: true })
    copyFileSync(join(folder, path), join(destination, path))
  }
  const pages = pagesFor(folder)
  for (const page of pages) cpSync(page, join(destination, page))
  for (const page of [join(folder, 'README.md'), ...pages]) {
    const place = placeOf(page, folder)
    const text = rewriteLinks(readFileSync(page, 'utf8'), (link) => relink(link, page, { folder, pages }))
    writeFileSync(join(destination, place), text)
  }
  const manifest = toPublished(readManifest(folder))
  writeFileSync(join(destination, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return destination
}

interface NpmPacked {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

function npmPack(folders: readonly string[], destination?: string): NpmPacked[] {
  const where = destination === undefined ? ['--dry-run'] : ['--pack-destination', resolve(destination)]
  const paths = folders.map((folder) => `./${folder}`)
  const output = execFileSync('npm', ['pack', '--json', '--ignore-scripts', ...where, ...paths], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  })
  return JSON.parse(output) as NpmPacked[]
}

/** The pages of documentation that go with a package: those its README leads to. */
function pagesFor(folder: string): string[] {
  const readme = join(folder, 'README.md')
  const linked = linksIn(readFileSync(readme, 'utf8')).map((link) => join(folder, link.replace(/#.*/, '')))
  return [...new Set(linked)].filter((path) => /^docs\/.+\.md$/.test(path) && existsSync(path)).sort()
}

/** Where a page of the repository lies in the tarball. */
function placeOf(page: string, folder: string): string {
  return page.startsWith(`${folder}/`) ? relative(folder, page) : page
}

/** A link as it has to be in the tarball: beside it where the page is packed, else to the repository's address. */
function relink(
  link: string,
  page: string,
  { folder, pages }: { readonly folder: string; readonly pages: readonly string[] },
): string {
  if (isAbsolute(link) || link.startsWith('#')) return link
  const [path = '', anchor] = link.split('#')
  const target = join(dirname(page), path).replace(/\/$/, '')
  const suffix = anchor === undefined ? '' : `#${anchor}`
  if (pages.includes(target) || target === join(folder, 'README.md')) {
    const way = relative(dirname(placeOf(page, folder)), placeOf(target, folder))
    return (way.startsWith('.') ? way : `./${way}`) + suffix
  }
  if (target === folder) return relative(dirname(placeOf(page, folder)), 'README.md') + suffix
  return addressOf(target, /\.\w+$/.test(target) ? 'blob' : 'tree') + suffix
}

export function isAbsolute(link: string): boolean {
  return /^[a-z]+:/.test(link)
}

/** Text with each link replaced, code blocks left alone. */
function rewriteLinks(text: string, toLink: (link: string) => string): string {
  return text
    .split(/(```.*?```)/s)
    .map((part) =>
      part.startsWith('```')
        ? part
        : part.replaceAll(/\]\(([^)\s]+)\)/g, (_, link: string) => `](${toLink(link)})`),
    )
    .join('')
}

export function linksIn(text: string): string[] {
  const prose = text.replaceAll(/```.*?```/gs, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
}

/** Without what is of use in the repository only: scripts, development's dependencies, the condition for our own source. */
function toPublished({ scripts: _scripts, devDependencies: _development, ...manifest }: Manifest): object {
  return JSON.parse(
    JSON.stringify(manifest, (key, value: unknown) => (key === SOURCE ? undefined : value)),
  ) as object
}

/** The same folder packed by pnpm, and the paths in it: no tool may lose a file or leave a word of its own. */
export function filesPackedByPnpm(staged: string, destination: string): string[] {
  rmSync(destination, { recursive: true, force: true })
  mkdirSync(destination, { recursive: true })
  execFileSync(
    'npx',
    ['-y', 'pnpm@12', 'pack', '--ignore-workspace', '--pack-destination', resolve(destination)],
    {
      cwd: staged,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const [tarball = ''] = readdirSync(destination)
  const listed = execFileSync('tar', ['-tzf', join(destination, tarball)], { encoding: 'utf8' })
  return listed
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''))
    .sort()
}
