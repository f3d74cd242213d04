import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const src = join(import.meta.dirname, '../src')
const files = globSync('**/*.ts', { cwd: src }).map((path) => ({
  path: path.replaceAll('\\', '/'),
  text: readFileSync(join(src, path), 'utf8'),
}))

/** Returns the files whose text matches, apart from those in the folders. */
function filesWith(pattern: RegExp, ...folders: readonly string[]): readonly string[] {
  const found = files.filter(({ text }) => pattern.test(text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')))
  return found.map(({ path }) => path).filter((path) => !folders.some((folder) => path.startsWith(folder)))
}

/** Returns the imports of a folder's files from other folders, as `file: folder`. */
function importsOf(folder: string): readonly string[] {
  return files
    .filter(({ path }) => path.startsWith(`${folder}/`))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/from '\.\.\/([^/']+)/g)].map(([, to]) => `${path}: ${to}`),
    )
}

it('every SQL statement is a function in store/, apart from the tables, the drivers and what the shards share', () => {
  // On the tables of the directory, which no tracker has.
  const ofDirectory = ['shards/directory.ts', 'shards/lists.ts']
  const statement = /executeSql\(|\bquery\b[^}]*\} from '[^']*store\/sql\.ts'/
  expect(filesWith(statement, 'store/', 'migrations/', 'database/', ...ofDirectory)).toEqual([])
})

it('what is decided depends on nothing but rows: no SQL, no request, no clock', () => {
  const allowed = /: (?:store|retry\.ts)$/
  expect(importsOf('decide').filter((one) => !allowed.test(one))).toEqual([])
  const fromStore = filesWith(/from '\.\.\/store\/(?!rows|writing)/).filter((path) =>
    path.startsWith('decide/'),
  )
  expect(fromStore).toEqual([])
  expect(filesWith(/Date\.now|new Date\(\)/).filter((path) => path.startsWith('decide/'))).toEqual([])
})

it('the store depends on no other folder', () => {
  const allowed = /: (?:types|types\.ts|retry\.ts)$/
  expect(importsOf('store').filter((one) => !allowed.test(one))).toEqual([])
})
