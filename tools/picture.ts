import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Readable, Writable } from 'node:stream'
import { runCli } from '../packages/cli/src/cli.ts'

const PICTURE = 'docs/diagrams/track-simulate.svg'
const COMMAND = 'npx @payment-status/cli track --simulate'
const LINES = 20
const LONGEST_LINE = 96
const LINE_HEIGHT = 19
const COLORS: Readonly<Record<string, string>> = {
  '31': '#ff9492',
  '32': '#7ee2a0',
  '33': '#f2cc60',
  '34': '#79b8ff',
  '35': '#d2a8ff',
}

/** Runs `track --simulate` as in a terminal, and draws its first lines for the README. */
export async function run(): Promise<number> {
  const ending = new AbortController()
  let text = ''
  const stdout = Object.assign(
    new Writable({
      write(chunk: Buffer, _, done) {
        text += chunk.toString()
        if (text.split('\n').length > LINES) ending.abort()
        done()
      },
    }),
    { isTTY: true },
  )
  const stderr = new Writable({ write: (_chunk, _, done) => done() })
  await runCli(['track', '--simulate', '--seed', '3', '--pace', '3600', '--database', 'memory://'], {
    stdin: Readable.from([]),
    stdout,
    stderr,
    // A token of its own choice is not printed.
    env: { PAYMENT_STATUS_TOKEN: 'synthetic-token-of-the-picture' },
    cwd: tmpdir(),
    signal: ending.signal,
  })
  writeFileSync(PICTURE, draw(text.split('\n').slice(0, LINES)))
  console.log(`drew ${PICTURE}`)
  return 0
}

function draw(lines: readonly string[]): string {
  const height = (lines.length + 1) * LINE_HEIGHT + 30
  const texts = [`$ ${COMMAND}`, ...lines].map(
    (line, index) =>
      `<text x="20" y="${32 + index * LINE_HEIGHT}" xml:space="preserve">${toSpans(line)}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 ${height}" width="820" height="${height}" role="img" aria-label="Output of ${COMMAND}">
<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d7dde5}</style>
<rect width="820" height="${height}" rx="8" fill="#16191f"/>
${texts.join('\n')}
</svg>
`
}

/** Turns a terminal's colours into those of the picture. */
function toSpans(line: string): string {
  let color = ''
  let length = 0
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one
  return line.split(/\u001b\[(\d+)m/).reduce((spans, part, index) => {
    if (index % 2 === 1) {
      color = COLORS[part] ?? ''
      return spans
    }
    const shown = part.slice(0, Math.max(0, LONGEST_LINE - length))
    length += shown.length
    const escaped = shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    return spans + (color && escaped ? `<tspan fill="${color}">${escaped}</tspan>` : escaped)
  }, '')
}
