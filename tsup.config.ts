import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly imports?: Readonly<
    Record<string, { readonly '@payment-status/source': Readonly<Record<string, string>> }>
  >
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const SOURCE = '@payment-status/source'

/** Packages that a program bundles. The database, the simulator and recordings are loaded on demand. */
const answersAtOnce = new Set([
  '@payment-status/core',
  ...readdirSync('packages')
    .filter((folder) => existsSync(`packages/${folder}/src/provider.ts`))
    .map((folder) => `@payment-status/${folder}`),
  'payment-status',
])

const common = {
  format: 'esm',
  target: 'es2023',
  splitting: true,
  removeNodeProtocol: false,
} satisfies Options

/** One build for each package. Its package.json lists what to build, so a new package adds nothing here. */
export default defineConfig(
  readdirSync('packages').flatMap((folder): Options[] => {
    const root = `packages/${folder}`
    const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as Manifest
    const sources = [
      ...Object.values(manifest.exports).flatMap((target) =>
        typeof target === 'string' ? [] : (target[SOURCE] ?? []),
      ),
      ...Object.values(manifest.imports ?? {}).flatMap((target) => Object.values(target[SOURCE])),
      // A file of its own, so that an import of `toPaymentStatus` loads the words and their meanings, and no schema.
      ...(existsSync(`${root}/src/status.ts`) ? ['./src/status.ts'] : []),
    ]
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    const library: Options = {
      ...common,
      name: folder,
      entry: toEntries(root, sources, './src/'),
      outDir: `${root}/dist`,
      platform: 'neutral',
      clean: ['!bin', '!bin/**'],
      // Left to each runtime, and to each package's own dependencies. Fixtures import their own package by
      // name, so that code shared with the provider does not become another file to load.
      external: [/^[#]/, /^node:/, ...[manifest.name, ...dependencies].map(toPattern)],
    }
    const programs = Object.values(manifest.bin ?? {}).map((target) =>
      target.replace('./dist/', './src/').replace(/js$/, 'ts'),
    )
    if (programs.length === 0) return [library]
    const program: Options = {
      ...common,
      name: `${folder} program`,
      entry: toEntries(root, programs, './src/bin/'),
      outDir: `${root}/dist/bin`,
      platform: 'node',
      clean: true,
      // It starts anew for each command, and every file to find costs time.
      external: [
        /^node:/,
        /^@payment-status\/[\w-]+\/fixtures$/,
        ...dependencies.filter((name) => !answersAtOnce.has(name)).map(toPattern),
      ],
      noExternal: [...answersAtOnce].map((name) => new RegExp(`^${name}(/kit|/explain)?$`)),
      esbuildOptions(options) {
        options.conditions = [SOURCE, 'node']
      },
    }
    return [library, program]
  }),
)

function toEntries(root: string, sources: readonly string[], folder: string): Record<string, string> {
  return Object.fromEntries(
    sources.map((source) => [source.replace(folder, '').replace(/\.ts$/, ''), `${root}/${source}`]),
  )
}

function toPattern(name: string): RegExp {
  return new RegExp(`^${name}(/|$)`)
}
