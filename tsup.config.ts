import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly imports?: Readonly<
    Record<string, { readonly '@payment-status/source': Readonly<Record<string, string>> }>
  >
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const SOURCE = '@payment-status/source'

/** One build for each package; what to build is what its package.json promises, so a new package adds nothing here. */
export default defineConfig(
  readdirSync('packages').map((folder): Options => {
    const root = `packages/${folder}`
    const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as Manifest
    const sources = [
      ...Object.values(manifest.exports).flatMap((target) =>
        typeof target === 'string' ? [] : (target[SOURCE] ?? []),
      ),
      ...Object.values(manifest.imports ?? {}).flatMap((target) => Object.values(target[SOURCE])),
      ...Object.values(manifest.bin ?? {}).map((target) =>
        target.replace('./dist/', './src/').replace(/js$/, 'ts'),
      ),
      // A file of its own: whoever imports `toPaymentStatus` alone gets the words and what they mean, and no schema beside them.
      ...(existsSync(`${root}/src/status.ts`) ? ['./src/status.ts'] : []),
    ]
    const entries = sources.map((source) => [
      source.replace('./src/', '').replace(/\.ts$/, ''),
      `${root}/${source}`,
    ])
    return {
      name: folder,
      entry: Object.fromEntries(entries),
      outDir: `${root}/dist`,
      format: 'esm',
      platform: 'neutral',
      target: 'es2023',
      clean: true,
      dts: true,
      splitting: true,
      // Left to each runtime, and to each package's own dependencies.
      external: [
        /^[#]/,
        /^node:/,
        ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).map(
          (name) => new RegExp(`^${name}(/|$)`),
        ),
      ],
      removeNodeProtocol: false,
    }
  }),
)
