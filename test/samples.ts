import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Pages of documentation, as paths from the repository's root. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...['docs', 'docs/guides', 'docs/providers', 'docs/decisions'].flatMap(pagesIn),
  ...readdirSync(join(root, 'packages')).flatMap((name) => pagesIn(`packages/${name}`)),
]

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
}

export function read(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

/** A block of TypeScript on a page. */
export interface Sample {
  readonly title: string
  readonly code: string
  /** An earlier block of its page whose names it uses, with the request or body of a handler around it. */
  readonly continues?: string
}

/** Blocks that show a whole file, which its own test runs. */
const shownFile = /^<!-- ((?:examples|packages)\/\S+\.ts) -->\n\n```ts\n(.*?)^```$/gms

/** All blocks of TypeScript but shown files. One that imports nothing continues the last one that did. */
export const samples: readonly Sample[] = pages.flatMap((page) => {
  let last = ''
  const text = read(page).replaceAll(shownFile, (block) => block.replaceAll(/[^\n]/g, ''))
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ 1: code = '', index }): Sample => {
    const title = `${page}:${read(page).slice(0, index).split('\n').length}`
    if (!/^import /m.test(code)) return { title, code, continues: last }
    last = code
    return { title, code }
  })
})

/** Returns a page with the present text of the files that it shows. */
export function withShownFiles(page: string): string {
  return page.replaceAll(
    shownFile,
    (_, path: string) => `<!-- ${path} -->\n\n\`\`\`ts\n${toShown(path)}\`\`\``,
  )
}

/** In a shop, files are where its framework and its author want them: imports of other examples name that place. */
function toShown(path: string): string {
  const text = read(path)
  if (path.includes('/nextjs/')) return text.replaceAll("'./payments.ts'", "'@/lib/payments'")
  if (path.includes('/nestjs/')) return text.replaceAll(/'(\.\/[^']+)\.ts'/g, "'$1'")
  return text.replaceAll("'../d1-claims.ts'", "'./d1-claims.ts'")
}

/** Returns the relative links of a page, each with its file, from the repository's root, and the heading in it. */
export function linksOf(page: string): { link: string; path: string; anchor: string | undefined }[] {
  const text = read(page).replaceAll(/```.*?```/gs, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link))
    .map((link) => {
      const [path = '', anchor] = link.split('#')
      return { link, path: path === '' ? page : join(dirname(page), path), anchor }
    })
}

/** Returns the anchors of a page's headings. */
export function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
