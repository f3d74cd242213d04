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

/** What a program carries inside it: that which reads and asks. The database, the simulator and recordings are loaded when they are needed. */
const answersAtOnce = new Set([
  '@payment-status/core',
  '@payment-status/checkout-com',
  '@payment-status/onerway',
  '@payment-status/stripe',
  'payment-status',
])

const common = {
  format: 'esm',
  target: 'es2023',
  splitting: true,
  removeNodeProtocol: false,
} satisfies Options

/** One build for each package; what to build is what its package.json promises, so a new package adds nothing here. */
export default defineConfig(
  readdirSync('packages').flatMap((folder): Options[] => {
    const root = `packages/${folder}`
    const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as Manifest
    const sources = [
      ...Object.values(manifest.exports).flatMap((target) =>
        typeof target === 'string' ? [] : (target[SOURCE] ?? []),
      ),
      ...Object.values(manifest.imports ?? {}).flatMap((target) => Object.values(target[SOURCE])),
      // A file of its own: whoever imports `toPaymentStatus` alone gets the words and what they mean, and no schema beside them.
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
      // Left to each runtime, and to each package's own dependencies. Fixtures take their own package by its name, as its
      // users do: so what only they share with a provider is no file of its own, which every import would have to find.
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
      // It is started anew for each question: every file it need not find is time.
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
