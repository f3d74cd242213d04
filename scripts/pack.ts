import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface Packed {
  readonly name: string
  readonly folder: string
  /** The tarball a registry would hand out. */
  readonly tarball: string
}

/** Packs every package as it would be published. Needs a build. */
export function packAll(destination: string): Packed[] {
  rmSync(destination, { recursive: true, force: true })
  mkdirSync(destination, { recursive: true })
  return readdirSync('packages').map((entry) => {
    const folder = join('packages', entry)
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name: string
      version: string
    }
    execFileSync('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', resolve(destination)], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
    return { name, folder, tarball: resolve(destination, file) }
  })
}
