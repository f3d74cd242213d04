import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { content, root } from './places.ts'

/** Puts the demo's first table on the first page, as it is printed now. A visitor who runs the demo sees the same. */
export function writeDemo(): void {
  const printed = execFileSync(
    process.execPath,
    ['--conditions=@payment-status/source', '--disable-warning=ExperimentalWarning', 'examples/src/demo.ts'],
    { cwd: root, encoding: 'utf8' },
  )
  const lines = printed.split('\n')
  const start = lines.findIndex((line) => /^1\. /.test(line))
  const end = lines.findIndex((line) => /^2\. /.test(line))
  if (start < 0 || end < 0) throw new Error('the demo prints no first table')
  const table = lines
    .slice(start, end)
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()
  const page = join(content, 'index.md')
  const text = readFileSync(page, 'utf8').replace('DEMO_TABLE', () => `\`\`\`text\n${table}\n\`\`\``)
  writeFileSync(page, text)
}
