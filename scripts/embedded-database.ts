import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PREPARED_FILE } from '../packages/tracker/src/database/prepared.ts'

const root = join(import.meta.dirname, '../packages/tracker')
const target = join(root, PREPARED_FILE)
const stamp = join(dirname(target), 'made-with.json')

/** Before vitest's tests: in a process of its own, because a fresh clone has sources and no build, which vitest's would look for. */
export function setup(): void {
  execFileSync(process.execPath, [
    '--conditions=@payment-status/source',
    '--disable-warning=ExperimentalWarning',
    import.meta.filename,
  ])
}

/** Packs the database the embedded tracker starts on, unless the one that is there was made the same way. */
async function packDatabase(): Promise<void> {
  const made = `${JSON.stringify(readIngredients(), null, 2)}\n`
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === made) return
  const { prepare } = await import('../packages/tracker/src/database/prepare.ts')
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(`${target}.${process.pid}`, await prepare())
  renameSync(`${target}.${process.pid}`, target)
  writeFileSync(stamp, made)
}

/** What it depends on: versions, and the sources that say what is in it. */
function readIngredients(): Readonly<Record<string, string>> {
  const require = createRequire(join(root, 'package.json'))
  const versionOf = (name: string) => {
    const manifest = join(dirname(require.resolve(name)), '../package.json')
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
  }
  const sources = [
    'database/prepare.ts',
    'engine.ts',
    'migrate.ts',
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

if (import.meta.main) await packDatabase()
