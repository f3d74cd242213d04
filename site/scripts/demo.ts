import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { content, root } from './places.ts'

/** The first page shows the demo's table as it is printed here and now: a visitor who runs it sees the same. */
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
  const first = existsSync(join(content, 'first-payment.md')) ? '/first-payment' : '/deciding'
  const text = readFileSync(page, 'utf8')
    .replace('FIRST_GUIDE', first)
    .replace('DEMO_TABLE', () => `\`\`\`text\n${table}\n\`\`\``)
  writeFileSync(page, text)
}
