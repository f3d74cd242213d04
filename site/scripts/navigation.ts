import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { content } from './places.ts'

export interface Group {
  readonly title: string
  /** Paths without `.md`, from the folder of the content. */
  readonly pages: readonly string[]
}

const INDEX = 'all-pages'
/** Pages and folders with a place of their own in the navigation. */
const placed = /^(?:index|playground|all-pages|reference\/.*|packages\/.*)$/

/**
 * Reads the groups of the sidebar from the documentation's index: a heading is a group, and its links are its pages. Pages
 * that the index does not link stand in a last group, so that every page can be found.
 */
export function readGroups(): Group[] {
  const index = readFileSync(join(content, `${INDEX}.md`), 'utf8')
  const seen = new Set<string>()
  const groups = index.split(/^## /m).flatMap((section): Group[] => {
    const [title = '', ...lines] = section.split('\n')
    const pages = [...lines.join('\n').matchAll(/\]\(([^)#\s]+)\.md[^)]*\)/g)]
      .map(([, path = '']) => normalize(join(dirname(INDEX), path)))
      .filter((page) => existsSync(join(content, `${page}.md`)) && !placed.test(page) && !seen.has(page))
    for (const page of pages) seen.add(page)
    return section.startsWith('# ') || pages.length === 0 ? [] : [{ title, pages: [...new Set(pages)] }]
  })
  const others = pagesIn('').filter((page) => !seen.has(page) && !placed.test(page))
  return others.length === 0 ? groups : [...groups, { title: 'More', pages: others }]
}

/** Returns the pages of a folder of the content and of the folders in it, by name. */
export function pagesIn(folder: string): string[] {
  const path = join(content, folder)
  if (!existsSync(path)) return []
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && (folder === '' || name !== 'index.md'))
    .map((name) => join(folder, name.slice(0, -'.md'.length)))
    .sort()
}

export function titleOf(page: string): string {
  const [, title = page] = /^# (.+)$/m.exec(readFileSync(join(content, `${page}.md`), 'utf8')) ?? []
  return title.replaceAll(/[`\\]/g, '')
}
