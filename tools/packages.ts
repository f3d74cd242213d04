import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly description?: string
  readonly keywords?: readonly string[]
  readonly repository?: { readonly type: string; readonly url: string; readonly directory?: string }
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly [member: string]: unknown
}

/** A package as `pnpm pack` wrote it. */
export interface Packed {
  readonly name: string
  readonly version: string
  /** The path of the tarball. */
  readonly tarball: string
  /** The paths inside the tarball. */
  readonly files: readonly string[]
  /** The size of the tarball in bytes. */
  readonly size: number
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** The folders of the published packages. */
export const packageFolders: readonly string[] = readdirSync('packages')
  .map((name) => join('packages', name))
  .filter((folder) => existsSync(join(folder, 'package.json')))
  .filter((folder) => readManifest(folder).private !== true)

/** Packs every published package into a folder. Needs a build. */
export function packAll(destination: string): Packed[] {
  const workspace = ['--recursive', '--filter', './packages/*']
  const output = execFileSync(
    'npx',
    ['-y', 'pnpm@12', ...workspace, 'pack', '--json', '--pack-destination', resolve(destination)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 64 * 1024 * 1024 },
  )
  const packed = JSON.parse(output) as readonly {
    readonly name: string
    readonly version: string
    readonly filename: string
    readonly files: readonly { readonly path: string }[]
    readonly size: number
  }[]
  return packed.map(({ name, version, filename, files, size }) => ({
    name,
    version,
    tarball: filename,
    files: files.map(({ path }) => path),
    size,
  }))
}
