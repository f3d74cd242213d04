import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'
import ts from 'typescript'
import { generated, root } from './places.ts'

/**
 * `explain` once more, from the same sources as the built package, in which every provider's `status.ts` notes which of its
 * lines were run. The playground asks it what decided; what it says of a payment is never shown.
 */
export async function writeTracedExplain(): Promise<void> {
  const files = new Map<string, string>()
  await build({
    stdin: {
      contents: `export { explain } from '@payment-status/cli/explain'
        export const takeTrace = () => (globalThis.__paymentStatusTrace ?? []).splice(0)
        export { default as sources } from 'status-sources'`,
      resolveDir: join(root, 'site'),
    },
    outfile: join(generated, 'traced-explain.js'),
    bundle: true,
    format: 'esm',
    target: 'es2023',
    conditions: ['@payment-status/source', 'browser'],
    plugins: [traceStatus(files)],
  })
}

function traceStatus(files: Map<string, string>): Plugin {
  return {
    name: 'trace-status',
    setup({ onLoad, onResolve }) {
      onLoad({ filter: /packages\/[\w-]+\/src\/status\.ts$/ }, ({ path }) => {
        const name = relative(root, path)
        const text = readFileSync(path, 'utf8')
        files.set(name, text)
        return { contents: instrument(name, text), loader: 'ts' }
      })
      onResolve({ filter: /^status-sources$/ }, () => ({ path: 'sources', namespace: 'status-sources' }))
      onLoad({ filter: /./, namespace: 'status-sources' }, () => {
        const paths = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/src/status.ts`)
        const provided = paths.filter((path) => existsSync(join(root, path)))
        const entries = provided.map((path) => [path, readFileSync(join(root, path), 'utf8').split('\n')])
        return { contents: JSON.stringify(Object.fromEntries(entries)), loader: 'json' }
      })
    },
  }
}

/** Makes each `return` and each answer of a `.with(…)` note the lines it stands on. */
function instrument(name: string, text: string): string {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
  const inserted: { readonly at: number; readonly text: string }[] = []
  const lineOf = (position: number) => file.getLineAndCharacterOfPosition(position).line + 1
  const note = (from: number, to: number) =>
    `(globalThis.__paymentStatusTrace ??= []).push([${JSON.stringify(name)}, ${lineOf(from)}, ${lineOf(to)}])`
  const wrap = (expression: ts.Expression, from: number, to: number) => {
    inserted.push(
      { at: expression.getStart(), text: `(${note(from, to)}, ` },
      { at: expression.getEnd(), text: ')' },
    )
  }
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression && !isTable(node.expression)) {
      const guarded = ts.isIfStatement(node.parent) ? node.parent : node
      wrap(node.expression, guarded.getStart(), node.getEnd())
    }
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body) && isAnswer(node)) {
      const call = node.parent as ts.CallExpression
      const from = ts.isPropertyAccessExpression(call.expression)
        ? call.expression.name.getStart()
        : node.getStart()
      wrap(node.body, from, call.getEnd())
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  let out = text
  for (const { at, text: piece } of inserted
    .map((one, order) => ({ ...one, order }))
    .sort((a, b) => b.at - a.at || b.order - a.order)) {
    out = out.slice(0, at) + piece + out.slice(at)
  }
  return out
}

/** The function a `.with(…)` answers by. */
function isAnswer(node: ts.ArrowFunction): boolean {
  const { parent } = node
  return (
    ts.isCallExpression(parent) &&
    ts.isPropertyAccessExpression(parent.expression) &&
    parent.expression.name.text === 'with' &&
    parent.arguments.at(-1) === node
  )
}

/** A whole match decides nothing by itself: one of its rows does. */
function isTable(node: ts.Expression): boolean {
  return ts.isCallExpression(node) && node.getText().endsWith('.exhaustive()')
}
