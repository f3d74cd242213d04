import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { content, root } from './places.ts'

const node = ['--conditions=@payment-status/source', '--disable-warning=ExperimentalWarning']

/** Puts what the command line and the demo print on the first page, as they print it now: a visitor sees the same. */
export function writeOutputs(): void {
  const page = join(content, 'index.md')
  const text = readFileSync(page, 'utf8')
    .replace('EXPLAIN_OUTPUT', () => toBlock(explainExample()))
    .replace('DEMO_TABLE', () => toBlock(demoTable('stripe')))
  writeFileSync(page, text)
}

/** Returns what `explain` prints about the playground's first example. */
function explainExample(): string {
  const samples = join(root, 'site/.vitepress/theme/playground/samples.ts')
  const program = `import { isFirstExample, readSamples } from ${JSON.stringify(samples)}
const samples = await readSamples()
process.stdout.write(samples.find(isFirstExample).text)`
  const payload = run(['--input-type=module', '--eval', program])
  return run(['packages/cli/src/bin/payment-status.ts', 'explain', '-'], payload).trim()
}

/** Returns the demo's first table, with the rows of one provider. */
function demoTable(provider: string): string {
  const lines = run(['examples/src/demo.ts']).split('\n')
  const start = lines.findIndex((line) => /^provider /.test(line))
  const rows = lines.slice(start + 2)
  const end = rows.findIndex((line) => line.trim() === '')
  const own = rows.slice(0, end).filter((line) => line.startsWith(provider) && !line.includes('lookup'))
  if (start < 0 || own.length < 4) throw new Error('the demo prints no first table')
  return [...lines.slice(start, start + 2), ...own].map((line) => line.trimEnd()).join('\n')
}

function run(args: readonly string[], input = ''): string {
  return execFileSync(process.execPath, [...node, ...args], { cwd: root, encoding: 'utf8', input })
}

function toBlock(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``
}
