import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { dist } from '../scripts/places.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
}

export const pages: readonly string[] = existsSync(dist)
  ? readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'))
  : []

/** Serves the built site as a host of plain files does. */
export async function serveSite(): Promise<{ readonly origin: string; close(): void }> {
  if (pages.length === 0) throw new Error('the site is not built: pnpm site')
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site.example')
    const path = decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname)
    const file = [path, `${path}.html`]
      .map((name) => join(dist, name))
      .find((name) => existsSync(name) && extname(name))
    response.writeHead(file ? 200 : 404, {
      'content-type': types[extname(file ?? '')] ?? 'application/octet-stream',
    })
    response.end(file ? readFileSync(file) : undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() }
}
