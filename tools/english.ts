import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** An avoided word in a file, or a docstring that begins with a question word. */
export interface Finding {
  readonly path: string
  readonly line: number
  readonly found: string
  readonly text: string
}

/** A piece of English in a file: a comment, a sentence in a string, or a page. */
interface Passage {
  readonly text: string
  readonly line: number
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** Returns the avoided words: what stands in backticks in the column "avoid" of the glossary's tables. */
export function avoidedWords(glossary = readFileSync(`${root}/docs/glossary.md`, 'utf8')): string[] {
  const tables = glossary.split(/^(?=\| [^|]+ \|.*\| avoid \|$)/m).slice(1)
  return tables.flatMap((table) =>
    table
      .split('\n')
      .filter((row) => row.startsWith('| ') && !row.startsWith('| ---'))
      .flatMap((row) => [...(row.split(' | ').at(-1) ?? '').matchAll(/`([^`]+)`/g)])
      .map(([, word = '']) => word),
  )
}

/** Finds the avoided words in the comments and sentences of one file, or in the whole of a page. */
export function findAvoided(path: string, content: string, words: readonly string[]): Finding[] {
  const spellings = words.flatMap((word) => [word, word.charAt(0).toUpperCase() + word.slice(1)])
  const pattern = new RegExp(String.raw`(?<![\w-])(?:${spellings.join('|')})(?![\w-])`, 'g')
  return passagesOf(path, content).flatMap(({ text, line }) => {
    const opening = /^\/\*\*[\s*]*(What|Whether|Whoever)\b/.exec(text)?.[1]
    const found = [...withoutQuotes(text).matchAll(pattern)]
    return [
      ...(opening ? [{ path, line, found: `docstring begins with ${opening}`, text }] : []),
      ...found.map(({ 0: word, index }) => ({
        path,
        line: line + text.slice(0, index).split('\n').length - 1,
        found: word,
        text: text.split('\n')[text.slice(0, index).split('\n').length - 1] ?? '',
      })),
    ]
  })
}

/** Blanks code and quoted words, which keep their own spelling. The length stays, so that lines can be counted. */
function withoutQuotes(text: string): string {
  return text.replaceAll(/`[^`\n]*`|(?<!\w)'[\w-]+'|https?:\S+/g, (quoted) => ' '.repeat(quoted.length))
}

function passagesOf(path: string, content: string): Passage[] {
  if (/\.(ts|tsx|cts|mjs|cjs|js)$/.test(path)) return passagesOfCode(path, content)
  return [{ text: content, line: 1 }]
}

function passagesOfCode(path: string, content: string): Passage[] {
  const source = ts.createSourceFile(path, content, ts.ScriptTarget.Latest, true)
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1
  const comments = new Map<number, Passage>()
  const sentences: Passage[] = []
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(content, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(content, node.end) ?? []),
    ]
    for (const { pos, end } of ranges) comments.set(pos, { text: content.slice(pos, end), line: lineAt(pos) })
    if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) {
      const text = content.slice(node.getStart(), node.end)
      if (text.includes(' '))
        sentences.push({ text: text.replaceAll('`', '"'), line: lineAt(node.getStart()) })
    }
    for (const child of node.getChildren(source))
      if (child.kind < ts.SyntaxKind.FirstJSDocNode || child.kind > ts.SyntaxKind.LastJSDocNode) visit(child)
  }
  visit(source)
  return [...comments.values(), ...sentences]
}

/** Finds the avoided words in every file of the repository that holds English. */
export function findAll(): Finding[] {
  const words = avoidedWords()
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  return listed
    .split('\n')
    .filter((path) => hasEnglish(path) && existsSync(`${root}/${path}`))
    .flatMap((path) => findAvoided(path, readFileSync(`${root}/${path}`, 'utf8'), words))
}

/** Recordings, generated files and lock files are left out, and the test that has to name the words. */
function hasEnglish(path: string): boolean {
  return (
    /\.(ts|tsx|cts|mjs|cjs|js|vue|py|php|md|sh|ya?ml|html)$/.test(path) &&
    !/(^|\/)(CHANGELOG\.md|pnpm-lock\.yaml|recordings\/.*|english\.test\.ts)$/.test(path)
  )
}

/** Counts avoided words by room, and lists those in the paths given. */
export function run(paths: readonly string[]): number {
  const findings = findAll()
  const counts = new Map<string, number>()
  for (const { path } of findings) counts.set(roomOf(path), (counts.get(roomOf(path)) ?? 0) + 1)
  for (const [room, count] of [...counts].sort()) console.log(`${String(count).padStart(5)}  ${room}`)
  console.log(`${String(findings.length).padStart(5)}  in all`)
  for (const { path, line, found, text } of findings) {
    if (paths.some((start) => path.startsWith(start)))
      console.log(`${path}:${line}: ${found}: ${text.trim().slice(0, 120)}`)
  }
  return findings.length > 0 ? 1 : 0
}

function roomOf(path: string): string {
  return /^(packages\/[^/]+|docs\/providers\/[^/]+|docs\/[^/]+|[^/]+)/.exec(path)?.[0] ?? path
}
