/** Returns a Markdown table. */
export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return lines.join('\n')
}

/** Stands for any word that a vocabulary does not list. */
export const anythingElse = 'anything else'

/** Returns a Markdown table of statuses: each of `words`, and an unlisted one, in each of `situations`. */
export function tabulate<Word extends string, Situation>(
  title: string,
  words: readonly Word[],
  situations: Readonly<Record<string, Situation>>,
  toStatus: (word: Word | typeof anythingElse, situation: Situation) => string,
): string {
  const rows = [...words, anythingElse as typeof anythingElse].map((word) => [
    word,
    ...Object.values(situations).map((situation) => `\`${toStatus(word, situation)}\``),
  ])
  return toTable([title, ...Object.keys(situations)], rows)
}

/** Returns a page with `content` in the block between `<!-- name: … -->` and `<!-- /name -->`. */
export function replaceBlock(page: string, name: string, content: string): string {
  const pattern = new RegExp(`(<!-- ${name}: [^\\n]* -->\\n)[^]*?(<!-- /${name} -->)`)
  if (!pattern.test(page)) throw new Error(`the page has no block ${name}`)
  return page.replace(
    pattern,
    (_, opening: string, closing: string) => `${opening}\n${content}\n\n${closing}`,
  )
}
