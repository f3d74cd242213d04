import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import type { Packed } from '../tools/packages.ts'

/** Registry that has the packed packages, and passes every other request on to the one that npm is configured with. */
export async function startRegistry(
  packed: readonly Packed[],
): Promise<{ readonly url: string; close(): void }> {
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(502).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function answer(
    { url: path = '/', method }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const wanted = decodeURIComponent(path.slice(1))
    const file = packed.find(({ tarball }) => wanted === `tarballs/${basename(tarball)}`)
    if (file) return void createReadStream(file.tarball).pipe(response)
    const own = packed.find(({ name }) => name === wanted)
    if (own)
      return void response.setHeader('content-type', 'application/json').end(JSON.stringify(describe(own)))
    if (method !== 'GET') return void response.writeHead(405).end()
    const found = await fetch(upstream.replace(/\/$/, '') + path)
    response.writeHead(found.status, {
      'content-type': found.headers.get('content-type') ?? 'application/json',
    })
    response.end(Buffer.from(await found.arrayBuffer()))
  }

  function describe({ name, version, tarball }: Packed): object {
    const manifest = execFileSync('tar', ['-xOzf', tarball, 'package/package.json'], { encoding: 'utf8' })
    const dist = { tarball: `${url}/tarballs/${basename(tarball)}` }
    return {
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...(JSON.parse(manifest) as object), dist } },
    }
  }

  return {
    url,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
