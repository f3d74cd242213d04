import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Returns whether a URL names a host that is reserved for examples (RFC 2606), which no visitor can open. */
export function isPlaceholder(url: string): boolean {
  return /\.(?:example|invalid|test)$/.test(URL.parse(url)?.hostname ?? '')
}

/**
 * Finds links of the built pages to placeholder hosts, and to pages, headings and files that do not exist. Other hosts are
 * not requested.
 */
export function findBrokenLinks(dist: string, base = process.env.SITE_BASE ?? '/'): string[] {
  const pages = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.html'),
  )
  const idsOf = new Map(
    pages.map((page) => [
      page,
      new Set(
        [...readFileSync(join(dist, page), 'utf8').matchAll(/\sid="([^"]+)"/g)].map(([, id = '']) =>
          decode(id),
        ),
      ),
    ]),
  )
  return pages.flatMap((page) => {
    const html = readFileSync(join(dist, page), 'utf8')
    const links = [...html.matchAll(/<(?:a|link|img|script)\b[^>]*?\s(?:href|src)="([^"]+)"/g)].map(
      ([, link = '']) => decode(link),
    )
    const placeholders = [...new Set(links)].filter(isPlaceholder)
    const missing = [...new Set(links)]
      .filter((link) => !/^(?:[a-z]+:|\/\/)/.test(link))
      .filter((link) => {
        const { pathname, hash } = new URL(link, `https://site.example${base}${page}`)
        if (!pathname.startsWith(base)) return true
        const path = decodeURIComponent(pathname.slice(base.length))
        const found = [path, `${path}.html`, join(path, 'index.html')].find(
          (file) => file !== '' && existsSync(join(dist, file)) && /\.\w+$/.test(file),
        )
        if (found === undefined) return true
        const ids = idsOf.get(found)
        return hash.length > 1 && ids !== undefined && !ids.has(decodeURIComponent(hash.slice(1)))
      })
    return [
      ...placeholders.map((link) => `${page}: ${link} is a placeholder`),
      ...missing.map((link) => `${page}: ${link} leads nowhere`),
    ]
  })
}

function decode(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
}
