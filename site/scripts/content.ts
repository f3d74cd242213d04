import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { isPlaceholder } from './links.ts'
import { content, root, site } from './places.ts'

const { homepage } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly homepage: string
}

/** Returns the repository's pages that are pages of the site: the path in one by the path in the other. */
function pageMap(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>([
    ['CONTRIBUTING.md', 'contributing.md'],
    ['SECURITY.md', 'security-policy.md'],
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

/** Writes the folder that VitePress reads: the repository's pages, with links to pages of the site or to the repository. */
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
  writeHome(pages)
}

/** Puts the README's beginning on the first page: installation, ten lines, and which part to use for what. */
function writeHome(pages: ReadonlyMap<string, string>): void {
  const path = join(content, 'index.md')
  const [beginning = ''] = readFileSync(join(root, 'README.md'), 'utf8').split(/^## /m)
  const body = beginning.slice(beginning.indexOf('```')) // the page's hero has its sentence
  const shown = escapeMarkup(relink(body, 'README.md', 'index.md', pages))
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace('README_BEGINNING', () => shown),
  )
}

/** A link with its text, in which code may hold brackets. */
const link = /\[((?:[^[\]`]|`[^`]*`)*)\]\(([^)\s]+)\)/g

function relink(text: string, from: string, to: string, pages: ReadonlyMap<string, string>): string {
  return outsideOfCode(text, (prose) =>
    prose.replaceAll(link, (whole, label: string, target: string) => {
      const found = resolve(target, from, to, pages)
      return found === undefined ? label : whole.replace(`](${target})`, `](${found})`)
    }),
  )
}

/** Returns where a link leads on the site; undefined for a file of the repository while that has no address. */
function resolve(
  link: string,
  from: string,
  to: string,
  pages: ReadonlyMap<string, string>,
): string | undefined {
  if (/^[a-z]+:/.test(link) || link.startsWith('#')) return link
  const [path = '', anchor] = link.split('#')
  const target = join(dirname(from), path).replace(/\/$/, '')
  const suffix = anchor === undefined ? '' : `#${anchor}`
  const page = pages.get(target) ?? pages.get(`${target}/README.md`)
  if (page !== undefined) {
    const way = relative(dirname(to), page)
    return `${way.startsWith('.') ? way : `./${way}`}${suffix}`
  }
  if (target === 'README.md') return `${relative(dirname(to), 'index.md')}${suffix}`
  if (target.startsWith('docs/') && /\.(svg|png)$/.test(target))
    return relative(dirname(to), target.slice('docs/'.length))
  if (isPlaceholder(homepage)) return undefined
  const kind = existsSync(join(root, target)) && statSync(join(root, target)).isDirectory() ? 'tree' : 'blob'
  return `${homepage}/${kind}/main/${target}${suffix}`
}

/** Escapes markup in prose: VitePress would read it as components. */
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
