import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PREPARED_FILE } from '../packages/tracker/src/database/prepared.ts'

const root = join(import.meta.dirname, '../packages/tracker')
const target = join(root, PREPARED_FILE)
const stamp = join(dirname(target), 'made-with.json')

/** Packs the database before vitest's tests, in another process: vitest's own resolves packages to a build, which a fresh clone lacks. */
export function setup(): void {
  execFileSync(process.execPath, [
    '--conditions=@payment-status/source',
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, 'main.ts'),
    'embedded-database',
  ])
}

/** Packs the database that the embedded tracker starts from, unless the present one has the same ingredients. */
export async function run(): Promise<number> {
  const made = `${JSON.stringify(readIngredients(), null, 2)}\n`
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === made) return 0
  const { prepare } = await import('../packages/tracker/src/database/prepare.ts')
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(`${target}.${process.pid}`, await prepare())
  renameSync(`${target}.${process.pid}`, target)
  writeFileSync(stamp, made)
  return 0
}

/** Returns what the database depends on: two versions, and a hash of the sources that fill it. */
function readIngredients(): Readonly<Record<string, string>> {
  const require = createRequire(join(root, 'package.json'))
  const versionOf = (name: string) => {
    const manifest = join(dirname(require.resolve(name)), '../package.json')
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
  }
  const sources = [
    'database/prepare.ts',
    'workers/jobs.ts',
    ...globSync('migrations/*.ts', { cwd: join(root, 'src') }),
  ]
  const hash = createHash('sha256')
  for (const source of sources.toSorted()) hash.update(readFileSync(join(root, 'src', source)))
  return {
    pglite: versionOf('@electric-sql/pglite'),
    'pg-boss': versionOf('pg-boss'),
    sources: hash.digest('hex'),
  }
}
