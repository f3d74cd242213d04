import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { createHttp, type HttpRequest } from '@payment-status/core/kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const MEBIBYTE = 2 ** 20
let server: Server
let url: string
let sent = 0

/** JSON of exactly this many bytes. */
const json = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2))

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://provider.example')
    const body = json(Number(searchParams.get('bytes') ?? 2))
    if (pathname === '/packed') response.setHeader('content-encoding', 'gzip').end(gzipSync(body))
    else if (pathname === '/whole') response.end(body)
    else {
      // Without end, and without a length: each part is counted.
      sent = 0
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536
      }
      response.on('drain', more)
      more()
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const ask = (path: string, more: Partial<HttpRequest> = {}) =>
  createHttp({ provider: 'test-pay', retries: 0, describeError: () => ({}) })({
    method: 'GET',
    url: `${url}${path}`,
    headers: {},
    ...more,
  })

describe('an answer', () => {
  it.each(['/whole', '/packed'])('of the largest size is read: %s', async (path) => {
    const { body } = await ask(`${path}?bytes=1000`, { maxBytes: 1000 })
    expect(body).toHaveLength(998)
  })

  it.each([
    ['one byte too long', '/whole?bytes=1001'],
    ['short while packed, and too long unpacked', `/packed?bytes=${8 * MEBIBYTE}`],
    ['without an end', '/endless'],
  ])('%s is refused, and not kept', async (_, path) => {
    await expect(ask(path, { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'invalid_payload',
      message: expect.stringContaining('longer than'),
    })
  })

  it('without an end is left after 32 MiB where the request names no limit', async () => {
    await expect(ask('/endless')).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(sent).toBeLessThan(64 * MEBIBYTE)
  })
})
