import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { packageFolders, readManifest } from './packages.ts'

const SOURCE = '@payment-status/source'
const relativeSource = /(['"])(\.\.?\/[^'"]+)\.ts\1/g

/**
 * Writes `dist/….d.ts` for each file that an export of a package reaches. One program reads every type once; bundled
 * declarations would read all of them again for each package. `pnpm typecheck` checks the types.
 */
export function run(): number {
  const entries = packageFolders.flatMap(sourcesOf)
  const declarations = emit(entries)
  for (const old of globSync('packages/*/dist/**/*.d.ts')) rmSync(old)
  for (const source of reachedFrom(entries, declarations)) {
    const path = source.replace('/src/', '/dist/').replace(/\.ts$/, '.d.ts')
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, declarationOf(source, declarations).replaceAll(relativeSource, '$1$2.js$1'))
  }
  return 0
}

type Declarations = ReadonlyMap<string, string>

/** Returns the sources that a package exports. */
function sourcesOf(folder: string): string[] {
  return Object.values(readManifest(folder).exports ?? {})
    .map((target) => (typeof target === 'string' ? undefined : target[SOURCE]))
    .filter((source) => typeof source === 'string')
    .map((source) => join(folder, source))
}

/** Returns declarations by the path of their source. */
function emit(sources: readonly string[]): Declarations {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.')
  const output = { noEmit: false, declaration: true, emitDeclarationOnly: true, noCheck: true }
  const found = new Map<string, string>()
  const program = ts.createProgram(sources, { ...options, ...output, rootDir: '.', outDir: '.' })
  const { diagnostics } = program.emit(undefined, (path, text) => {
    found.set(normalize(path).replace(/\.d\.ts$/, '.ts'), text)
  })
  if (diagnostics.length > 0) {
    throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost(options)))
  }
  return found
}

function reachedFrom(sources: readonly string[], declarations: Declarations): ReadonlySet<string> {
  const reached = new Set(sources)
  // The iteration of a set also visits what is added during it.
  for (const source of reached) {
    for (const [, , specifier] of declarationOf(source, declarations).matchAll(relativeSource)) {
      reached.add(join(dirname(source), `${specifier}.ts`))
    }
  }
  return reached
}

function declarationOf(source: string, declarations: Declarations): string {
  const text = declarations.get(source)
  if (text === undefined) throw new Error(`no declaration of ${source}`)
  return text
}
