import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { content, root, site } from './places.ts'

const { homepage } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly homepage: string
}

/** Pages of the repository that are pages of the site, by where they stand in each. */
function pageMap(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>([
    ['CONTRIBUTING.md', 'contributing.md'],
    ['SECURITY.md', 'security.md'],
  ])
  for (const path of readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })) {
    if (path.endsWith('.md')) pages.set(`docs/${path}`, path === 'README.md' ? 'all-pages.md' : path)
  }
  for (const name of readdirSync(join(root, 'packages'))) {
    if (existsSync(join(root, `packages/${name}/README.md`))) {
      pages.set(`packages/${name}/README.md`, `packages/${name}.md`)
    }
  }
  return pages
}

/** Lays out what VitePress reads: the repository's pages, with links that lead to pages of the site or to the repository. */
export function writeContent(): void {
  const pages = pageMap()
  for (const [from, to] of pages) {
    const text = relink(readFileSync(join(root, from), 'utf8'), from, to, pages)
    const target = join(content, to)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, escapeMarkup(text))
  }
  for (const path of readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })) {
    if (/\.(svg|png)$/.test(path)) cpSync(join(root, 'docs', path), join(content, path))
  }
  cpSync(join(site, 'pages'), content, { recursive: true })
}

function relink(text: string, from: string, to: string, pages: ReadonlyMap<string, string>): string {
  return outsideOfCode(text, (prose) =>
    prose.replaceAll(/\]\(([^)\s]+)\)/g, (whole, link: string) => {
      if (/^[a-z]+:/.test(link) || link.startsWith('#')) return whole
      const [path = '', anchor] = link.split('#')
      const target = join(dirname(from), path).replace(/\/$/, '')
      const suffix = anchor === undefined ? '' : `#${anchor}`
      const page = pages.get(target) ?? pages.get(`${target}/README.md`)
      if (page !== undefined) {
        const way = relative(dirname(to), page)
        return `](${way.startsWith('.') ? way : `./${way}`}${suffix})`
      }
      if (target === 'README.md') return `](${relative(dirname(to), 'index.md')}${suffix})`
      if (target.startsWith('docs/') && /\.(svg|png)$/.test(target))
        return `](${relative(dirname(to), target.slice('docs/'.length))})`
      const kind =
        existsSync(join(root, target)) && statSync(join(root, target)).isDirectory() ? 'tree' : 'blob'
      return `](${homepage}/${kind}/main/${target}${suffix})`
    }),
  )
}

/** VitePress reads markup in prose as components, and two braces as code; the documentation means neither. */
function escapeMarkup(text: string): string {
  return outsideOfCode(text, (prose) =>
    prose
      .split(/(`[^`\n]*`)/)
      .map((part) => (part.startsWith('`') ? part : part.replaceAll(/<(?=[A-Za-z/])/g, '&lt;')))
      .join(''),
  )
}

function outsideOfCode(text: string, change: (prose: string) => string): string {
  return text
    .split(/(^```.*?^```$)/ms)
    .map((part) => (part.startsWith('```') ? part : change(part)))
    .join('')
}
