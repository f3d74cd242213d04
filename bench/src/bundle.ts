import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Bytes of what a bundler makes of some code, minified and gzipped. Chunks that are loaded later are counted apart. */
export async function bundledSize(
  code: string,
  platform: 'neutral' | 'node' = 'neutral',
): Promise<{ readonly initial: number; readonly later: number }> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, sourcefile: 'entry.js' },
    bundle: true,
    minify: true,
    splitting: true,
    write: false,
    outdir: 'out',
    format: 'esm',
    platform,
    conditions: ['node'],
    mainFields: ['module', 'main'],
    external: ['node:*'],
    logLevel: 'silent',
  })
  const sizes = outputFiles.map(({ path, contents }) => ({ path, size: gzipSync(contents).length, contents }))
  const entry = sizes.find(({ path }) => /stdin|entry/.test(path)) ?? sizes[0]
  const text = new TextDecoder().decode(entry?.contents)
  // What the entry imports statically is there from the beginning.
  const isInitial = (path: string) =>
    path === entry?.path || new RegExp(`(?:from|import)\\s*"\\./${path.split('/').at(-1)}"`).test(text)
  const initial = sizes.filter(({ path }) => isInitial(path)).reduce((sum, { size }) => sum + size, 0)
  return { initial, later: sizes.reduce((sum, { size }) => sum + size, 0) - initial }
}
