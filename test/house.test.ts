import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { pageHeadings } from '../tools/new-provider.ts'
import { providers as listed } from '../tools/providers.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const notOurs = new Set(['node_modules', 'dist', 'coverage', '.git', '.tmp', 'reports', '.stryker-tmp'])

/** Paths from the repository's root, of every file that is ours. */
function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : filesIn(path)
    return entry.isFile() && !notOurs.has(entry.name) ? [path] : []
  })
}

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const files = filesIn('.')
const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'src')),
)
const providers = packages.filter(
  (name) => name !== 'core' && existsSync(join(root, 'packages', name, 'src/provider.ts')),
)
const sourcesOf = (name: string) =>
  files.filter((path) => path.startsWith(`packages/${name}/src/`) && path.endsWith('.ts'))

/** Returns the imports of a file, by `import`, `export … from` or `import()`. */
function importsOf(path: string): string[] {
  return ts.preProcessFile(read(path), true, true).importedFiles.map(({ fileName }) => fileName)
}

const isOurs = (specifier: string) => /^(@payment-status\/|payment-status$)/.test(specifier)
const isFixture = (path: string) => path.includes('/src/fixtures/')
const packageOf = (specifier: string) =>
  specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? '')

describe('the house', () => {
  it('has every provider in the one list', () => {
    expect(listed.map(({ name }) => name)).toEqual(providers)
  })

  it.each(listed)('lists $name with its environment, explanation, fixtures and simulation', (provider) => {
    const { name, title, environment, explanation, fixtures, simulation, variables, create } = provider
    const names = [environment.provider, explanation.provider, fixtures.provider, simulation.provider]
    expect([...names, create({}).name]).toEqual([name, name, name, name, name])
    expect(title).toBe(explanation.title)
    expect(Object.keys(variables).filter((variable) => !environment.variables.includes(variable))).toEqual([])
    expect(environment.read(variables)).toMatchObject({ provider: { name }, gaps: [] })
  })

  it.each(providers)('has what the tools read of %s in its own folder', (name) => {
    const files = [
      'size-limit.json',
      'test/status-tables.ts',
      'test/contract.test.ts',
      'test/simulation-contract.test.ts',
    ]
    expect(files.filter((file) => !existsSync(join(root, 'packages', name, file)))).toEqual([])
    expect(read('packages/cli/package.json')).toContain(`"@payment-status/${name}"`)
  })

  it.each(providers)('has the same rooms in %s as in every other provider', (name) => {
    const isAsked = listed.find((provider) => provider.name === name)?.create({}).answers?.lookup !== 'none'
    const rooms = [
      ...(isAsked ? ['api', 'lookup'] : []),
      'decline',
      'environment',
      'hint',
      'index',
      'payment',
      'provider',
      'response',
      'schema',
      'status',
      'vocabulary',
    ]
    const wanted = [...rooms, 'webhook'].map((room) => `${room}.ts`)
    const found = readdirSync(join(root, 'packages', name, 'src'))
    expect(found).toEqual(expect.arrayContaining([...wanted, 'fixtures']))
    expect(existsSync(join(root, 'packages', name, 'src/fixtures/index.ts'))).toBe(true)
    expect(existsSync(join(root, 'packages', name, 'test/contract.test.ts'))).toBe(true)
  })

  it.each(providers)('has the same headings on the page of %s as on every other page', (name) => {
    const found = [...read(`docs/providers/${name}.md`).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    expect(found).toEqual(pageHeadings)
  })

  it.each(packages)('lets %s import what its place allows, and no more', (name) => {
    const core = '@payment-status/core'
    // The tracker publishes its events with the kit's observer.
    const usesKit = providers.includes(name) || name === 'testing' || name === 'tracker'
    const allowed = name === 'core' ? [] : usesKit ? [core, `${core}/kit`] : [core]
    const takesAll = name === 'cli'
    // Fixtures and `explain` use a provider as a shop does: by its name.
    const isOwn = (specifier: string, path: string) =>
      specifier === `@payment-status/${name}` && (isFixture(path) || path.endsWith('/src/explain.ts'))
    const strangers = sourcesOf(name).flatMap((path) =>
      importsOf(path)
        .filter(
          (specifier) =>
            isOurs(specifier) && !takesAll && !isOwn(specifier, path) && !allowed.includes(specifier),
        )
        .map((specifier) => `${path} imports ${specifier}`),
    )
    expect(strangers).toEqual([])
  })

  it.each(providers)(
    'lets %s run nothing of core but the kit: what decides with its reports is not loaded',
    (name) => {
      const running = sourcesOf(name).filter((path) =>
        /^(?:import|export) (?!type )[^']*? from '@payment-status\/core'$/m.test(read(path)),
      )
      expect(running).toEqual([])
    },
  )

  it.each(providers)(
    'has fixtures of %s that run it by its name, so that no file of dist holds what both share',
    (name) => {
      const running = sourcesOf(name)
        .filter(isFixture)
        .filter((path) => /^(?:import|export) (?!type )[^']*? from '\.\.\//m.test(read(path)))
      expect(running).toEqual([])
    },
  )

  it.each(packages)('keeps the relative imports of %s inside its src', (name) => {
    const escapes = sourcesOf(name).flatMap((path) =>
      importsOf(path)
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) => !join(dirname(path), specifier).startsWith(`packages/${name}/src/`))
        .map((specifier) => `${path} imports ${specifier}`),
    )
    expect(escapes).toEqual([])
  })

  it.each(packages)('names what the src of %s imports in its package.json', (name) => {
    const manifest = JSON.parse(read(`packages/${name}/package.json`)) as Record<string, object | undefined>
    const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    named.push(`@payment-status/${name}`) // a package need not name itself
    const unnamed = sourcesOf(name)
      .flatMap(importsOf)
      .filter((specifier) => !/^(\.|#|node:)/.test(specifier))
      .filter((specifier) => !named.includes(packageOf(specifier)))
    expect(unnamed).toEqual([])
  })

  it('imports no fixtures outside of fixtures, what the command line simulates excepted', () => {
    const importing = packages
      .flatMap(sourcesOf)
      .filter((path) => !isFixture(path) && path !== 'packages/cli/src/simulations.ts')
      .filter((path) => importsOf(path).some((specifier) => /\/fixtures(\/|$)/.test(specifier)))
    expect(importing).toEqual([])
  })

  it('imports msw in one file', () => {
    const importing = packages
      .flatMap(sourcesOf)
      .filter((path) => importsOf(path).some((specifier) => packageOf(specifier) === 'msw'))
    expect(importing).toEqual(['packages/testing/src/msw.ts'])
  })

  it('keeps the parser and the HTTP client out of core, for those who only decide', () => {
    const reached = new Set<string>()
    const outside = new Set<string>()
    const visit = (path: string): void => {
      if (reached.has(path)) return
      reached.add(path)
      for (const specifier of importsOf(path)) {
        if (specifier.startsWith('.')) visit(join(dirname(path), specifier))
        else outside.add(specifier)
      }
    }
    visit('packages/core/src/index.ts')
    expect(reached.size).toBeGreaterThan(5)
    expect([...outside].filter((specifier) => specifier !== 'ts-pattern')).toEqual([])
  })

  it('names no registry and no path of a developer’s machine', () => {
    // Written so that this file does not name them either.
    const registry = new RegExp(['registry', '(npmjs|yarnpkg|npmmirror)', '\\w+'].join('\\.'), 'i')
    const mirror = new RegExp(`https?://[^\\s'"]*${'artifact'}ory`, 'i')
    const machine = new RegExp(`(?<![\\w.@~-])/(${['home', 'root', 'work', 'Users'].join('|')})/\\w`)
    const text = files.filter((path) => !/\.(png|jpg|ico|woff2?|tgz)$/.test(path))
    const naming = text.filter((path) =>
      [registry, mirror, machine].some((pattern) => pattern.test(read(path))),
    )
    expect(naming.map((path) => relative('.', path))).toEqual([])
  })
})
