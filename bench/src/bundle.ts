import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/**
 * Bytes of what a bundler makes of some code, minified and gzipped: what is there from the beginning, and the whole with
 * the chunks that are loaded later.
 */
export async function bundledSize(
  code: string,
  platform: 'neutral' | 'node' = 'neutral',
): Promise<{ readonly initial: number; readonly whole: number }> {
  const entry = 'out/stdin.js'
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, sourcefile: 'entry.js' },
    bundle: true,
    minify: true,
    splitting: true,
    write: false,
    metafile: true,
    outdir: 'out',
    format: 'esm',
    platform,
    conditions: ['node'],
    mainFields: ['module', 'main'],
    external: ['node:*'],
    logLevel: 'silent',
  })
  const initial = new Set([entry])
  // A set's iteration comes to what is added meanwhile.
  for (const path of initial) {
    for (const { path: imported, kind } of metafile.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && imported in metafile.outputs) initial.add(imported)
    }
  }
  const sizes = outputFiles.map(({ path, contents }) => ({
    bytes: gzipSync(contents).length,
    isInitial: [...initial].some((name) => path.endsWith(`/${name}`)),
  }))
  const sum = (some: typeof sizes) => some.reduce((total, { bytes }) => total + bytes, 0)
  return { initial: sum(sizes.filter(({ isInitial }) => isInitial)), whole: sum(sizes) }
}
