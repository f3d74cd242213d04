import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { networkOf } from '../src/track/attempts.ts'
import { toHeaderValue } from '../src/track/outgoing.ts'
import { close, listen } from '../src/track/server.ts'
import { createFolder, run, shell } from './run.ts'
import { changesSecret, type Service, startService } from './service.ts'

const stripe = { STRIPE_SECRET_KEY: 'sk_test_madeUp', STRIPE_WEBHOOK_SECRET: 'whsec_madeUp' }
const json = { 'content-type': 'application/json' }
const order = {
  terms: { expected: { amount: { amount: 2500, currency: 'EUR' } }, capture: 'automatic' },
  payments: [{ provider: 'stripe', reference: 'order-1' }],
}

const withTerms = (more: object) => JSON.stringify({ ...order, terms: { ...order.terms, ...more } })

/** Sends bytes over a socket, and returns everything that was answered once the server has closed it. */
const exchange = (url: string, head: readonly string[], body: string) =>
  new Promise<string>((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      const host = head.some((line) => line.startsWith('host:')) ? [] : ['host: 127.0.0.1']
      socket.write([...head, ...host, '', ''].join('\r\n'))
      socket.write(body)
    })
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })

describe('the token', () => {
  it('is made at the first start, printed once, kept for this user alone, and asked for', async () => {
    const { path } = createFolder()
    const first = await startService([], { env: stripe, cwd: path })
    const { token = '' } = first.started
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(first.output().split(token)).toHaveLength(2)
    const authorization = `Bearer ${token}`
    expect((await fetch(`${first.url}/orders`)).status).toBe(401)
    expect((await fetch(`${first.url}/orders`, { headers: { authorization } })).status).toBe(200)
    await first.stop()

    const folder = join(path, '.payment-status')
    expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600)
    const second = await startService([], { env: stripe, cwd: path })
    expect(second.started).not.toHaveProperty('token')
    expect(second.output()).not.toContain(token)
    expect((await fetch(`${second.url}/orders`, { headers: { authorization } })).status).toBe(200)
    await second.stop()

    const open = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .filter((entry) => (statSync(join(entry.parentPath, entry.name)).mode & 0o077) !== 0)
    expect(open.map(({ name }) => name)).toEqual([])
    expect(statSync(folder).mode & 0o777).toBe(0o700)

    chmodSync(folder, 0o755)
    expect(await run(['track', '--port', '0'], { env: stripe, cwd: path })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('chmod -R go-rwx'),
    })
  }, 120_000)

  it('a folder that other users may enter is rejected, empty or not', async () => {
    const { path } = createFolder()
    mkdirSync(join(path, 'open'))
    chmodSync(join(path, 'open'), 0o777)
    const { code, stderr } = await run(['track', '--port', '0', '--database', 'open'], {
      env: stripe,
      cwd: path,
    })
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/closed to other users.*chmod/),
    })
  })
})

describe('who may send what', () => {
  const token = 'made-up-token-for-tests'
  const authorization = `Bearer ${token}`
  let service: Service

  beforeAll(async () => {
    service = await startService(['--simulate', '--orders', '0', '--pace', '0'], {
      env: { PAYMENT_STATUS_TOKEN: token },
    })
  }, 60_000)

  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(service.url + path, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    })

  it.each([
    ['GET', '/orders'],
    ['GET', '/orders/x'],
    ['PUT', '/orders/x'],
    ['DELETE', '/orders/x'],
    ['POST', '/orders/x/refresh'],
    ['POST', '/reports'],
    ['POST', '/returns'],
    ['GET', '/payments/stripe/pi_1/timeline'],
    ['GET', '/unmatched'],
    ['GET', '/tasks'],
    ['DELETE', '/tasks/x'],
    ['GET', '/reconciliations/stripe/2026-11-19'],
    ['GET', '/health'],
    ['GET', '/metrics'],
    ['GET', '/simulator/payments'],
    ['POST', '/status'],
    ['GET', '/nothing'],
  ])('%s %s without the token gives nothing', async (method, path) => {
    for (const headers of [
      {},
      { authorization: 'Bearer other' },
      { authorization: `Basic ${btoa(`x:${token}`)}` },
    ]) {
      const { status } = await send(method, path, headers as Record<string, string>)
      expect([method, path, status]).toEqual([method, path, path === '/status' ? 403 : 401])
    }
  })

  it('webhooks, /healthz and /openapi.json are open, and every 404 says what to do', async () => {
    expect((await send('POST', '/webhooks/stripe', {}, '{}')).status).toBe(401)
    expect(await (await send('GET', '/healthz')).text()).toBe('ok')
    expect((await send('GET', '/openapi.json')).status).toBe(200)
    expect((await send('GET', '/')).headers.get('location')).toBe('/status')
    const paths = [
      ['POST', '/webhooks/acme'],
      ['GET', '/nothing'],
      ['PATCH', '/orders/x'],
      ['GET', '/orders/x'],
      ['DELETE', '/tasks/x'],
      ['DELETE', '/orders/x'],
    ] as const
    for (const [method, path] of paths) {
      const answer = await send(method, path, { authorization })
      expect([method, path, answer.status]).toEqual([method, path, 404])
      expect((await answer.text()).length).toBeGreaterThan(20)
    }
  })

  it.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/json, text/plain',
    'text/plain; application/json',
  ])('a write with the type %s is rejected, with the token too', async (type) => {
    for (const [method, path] of [
      ['PUT', '/orders/x'],
      ['POST', '/reports'],
      ['POST', '/returns'],
    ] as const) {
      const body = new Blob([JSON.stringify(order)], type === undefined ? {} : { type })
      const answer = await fetch(service.url + path, {
        method,
        headers: { authorization },
        body: type === undefined ? body.stream() : body,
        duplex: 'half',
      } as RequestInit)
      expect([path, answer.status, (await answer.json()).error.code]).toEqual([
        path,
        415,
        'unsupported_media_type',
      ])
    }
  })

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1@evil.example' },
    { origin: 'http://127.0.0.1:1' },
  ])('a request that a browser sends for another site is rejected: %j', async (foreign) => {
    const headers = { ...json, authorization, ...(foreign as Record<string, string>) }
    for (const [method, path] of [
      ['PUT', '/orders/x'],
      ['POST', '/reports'],
      ['POST', '/status/login'],
      ['POST', '/status'],
      ['GET', '/orders'],
    ] as const) {
      const answer = await send(method, path, headers, method === 'GET' ? undefined : JSON.stringify(order))
      expect([path, answer.status]).toEqual([path, 403])
    }
    expect((await send('GET', '/orders/x', { authorization })).status).toBe(404)
  })

  it('no header, parameter or field stands for another method', async () => {
    const override = { 'x-http-method-override': 'PUT', 'x-method-override': 'PUT', 'x-http-method': 'PUT' }
    const body = JSON.stringify({ ...order, _method: 'PUT' })
    const headers = { ...json, authorization, ...override }
    expect((await send('POST', '/orders/overridden?_method=PUT', headers, body)).status).toBe(404)
    expect((await send('GET', '/orders/overridden', { authorization })).status).toBe(404)
  })

  it.each(['HEAD', 'OPTIONS'])('%s gives a page of another site nothing', async (method) => {
    const answer = await send(method, '/orders', { origin: 'https://evil.example' })
    expect(answer.status).toBe(403)
    for (const [name] of answer.headers) expect(name).not.toMatch(/^access-control/)
    expect((await send(method, '/orders')).status).toBe(401)
  })

  it('text that a database cannot store is 400', async () => {
    for (const reference of ['a\0b', 'a\ud800b']) {
      const body = JSON.stringify({ ...order, payments: [{ provider: 'stripe', reference }] })
      expect((await send('PUT', '/orders/x', { ...json, authorization }, body)).status).toBe(400)
    }
    expect((await send('GET', '/orders/a%00b', { authorization })).status).toBe(400)
    expect((await send('GET', '/orders?provider=%00', { authorization })).status).toBe(400)
    expect((await send('GET', '/orders?cursor=nonsense', { authorization })).status).toBe(400)
  })

  it.each<[string, string | Uint8Array<ArrayBuffer>, number]>([
    ['bytes that are not UTF-8', Buffer.from([...Buffer.from('{"terms":"'), 0xff, 0x22, 0x7d]), 400],
    ['a day that no calendar has', withTerms({ notBefore: '2026-02-30T00:00:00Z' }), 400],
    ['an hour that no day has', withTerms({ notBefore: '2026-02-03T25:00:00Z' }), 400],
    ['an amount beyond 2^53', JSON.stringify(order).replace('2500', '9007199254740993'), 400],
    ['a member that no schema has', withTerms({ extra: 1 }), 400],
    ['a member named __proto__', JSON.stringify(order).replace('"capture"', '"__proto__":{},"capture"'), 400],
    [
      'the same payment twice',
      JSON.stringify({ ...order, payments: [...order.payments, ...order.payments] }),
      200,
    ],
  ])('a body with %s is answered as a request, not as a fault of the service', async (_, body, status) => {
    const sent = { method: 'PUT', headers: { ...json, authorization }, body }
    expect((await fetch(`${service.url}/orders/body`, sent)).status).toBe(status)
  })

  it.each([
    'a/b',
    '%2e%2e',
    'a\nb',
    '\u001b[31m',
    '\u202eb',
    '=1+1',
    '__proto__',
    'a?b#c',
    '\u200b',
    'refresh',
    '😀',
  ])('an order may be named %j, and is found under this name alone', async (name) => {
    const path = `/orders/${encodeURIComponent(name)}`
    const body = JSON.stringify({ ...order, payments: [{ provider: 'stripe', reference: `of ${name}` }] })
    expect((await send('PUT', path, { ...json, authorization }, body)).status).toBe(200)
    for (const at of [path, `/orders?search=${encodeURIComponent(name)}`]) {
      const found = await (await send('GET', at, { authorization })).json()
      expect(found.order ?? found.orders[0].order).toBe(name)
    }
    const page = await (
      await send('GET', `/status?order=${encodeURIComponent(name)}`, { authorization })
    ).text()
    for (const unseen of ['\u001b', '\u202e']) expect(page).not.toContain(unseen)
    expect((await send('DELETE', path, { authorization })).status).toBe(204)
  })

  it.each<[string, object, string]>([
    [
      'an amount without its object',
      { ...order.terms, expected: { amount: 2500 } },
      '`terms.expected.amount` must be an object',
    ],
    ['no capture', { expected: order.terms.expected }, '`terms.capture` is missing'],
    [
      'another capture',
      { ...order.terms, capture: 'SECRET' },
      '`terms.capture` must be "automatic" or "manual"',
    ],
    [
      'a time without a zone',
      { ...order.terms, notBefore: 'SECRET' },
      '`terms.notBefore` must be an ISO 8601 instant',
    ],
    ['an unknown member', { ...order.terms, amount: 'SECRET' }, '`terms.amount` is not a member'],
  ])('%s is answered with what to give, and no value is repeated', async (_, terms, words) => {
    const body = JSON.stringify({ ...order, terms })
    const { error } = await (await send('PUT', '/orders/x', { ...json, authorization }, body)).json()
    expect(error.message).toContain(words)
    expect(error.message).not.toContain('SECRET')
  })

  it('a byte order mark before an order is rejected: the embedded database would drop it', async () => {
    const { status } = await send(
      'PUT',
      '/orders/%EF%BB%BFx',
      { ...json, authorization },
      JSON.stringify(order),
    )
    expect(status).toBe(400)
  })

  it.each([
    ['/orders', 200],
    ['/orders/none', 404],
    ['/healthz', 200],
    ['/openapi.json', 200],
    ['/metrics', 200],
    ['/status', 200],
    ['/nothing', 404],
  ])('no cache keeps the answer of %s, and no browser guesses its type', async (path, status) => {
    const answer = await send('GET', path, { authorization })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['/status/', '/status/login', '/status/logout'])(
    'a person who opens %s comes to the page',
    async (path) => {
      expect((await send('GET', path)).headers.get('location')).toBe('/status')
    },
  )

  it.each<[string, readonly string[]]>([
    ['two lengths', ['content-length: 0', 'content-length: 44']],
    ['a length and a transfer encoding', ['content-length: 44', 'transfer-encoding: chunked']],
    ['an unknown transfer encoding', ['transfer-encoding: xchunked']],
    ['a space before a colon', ['content-length : 44']],
    ['a folded header', ['content-length: 0', ' 44']],
    ['a Host that is a path', ['host: a/b', 'content-length: 0']],
    ['a Host with a user', ['host: user@a', 'content-length: 0']],
  ])('a second request that hides behind %s is not read', async (_, head) => {
    const hidden = `GET /orders HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n\r\n`
    const lines = ['POST /webhooks/stripe HTTP/1.1', 'connection: close', ...head]
    const answer = await exchange(service.url, lines, `0\r\n\r\n${hidden}`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer.split('HTTP/1.1 ')).toHaveLength(2)
  })

  it('the status page opens by a cookie after the token was entered once, and the cookie opens nothing else', async () => {
    const form = await send('GET', '/status')
    expect(form.status).toBe(401)
    const [, hidden = ''] = /name="form" value="([^"]+)"/.exec(await form.text()) ?? []
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const login = (fields: Record<string, string>) =>
      send('POST', '/status/login', type, String(new URLSearchParams(fields)))
    expect((await login({ token })).status).toBe(403)
    const wrong = await login({ form: hidden, token: 'other' })
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null])
    const right = await login({ form: hidden, token })
    expect([right.status, right.headers.get('location')]).toEqual([303, '/status'])
    const cookie = right.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/; Path=\/status/)
    expect(cookie).toMatch(/; HttpOnly/)
    expect(cookie).toMatch(/; SameSite=Strict/)
    expect(cookie).not.toContain(token)
    const [session = ''] = cookie.split(';')
    const page = await send('GET', '/status', { cookie: session })
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await send('GET', '/orders', { cookie: session })).status).toBe(401)
    // An edited or an old session opens nothing.
    for (const other of [
      session.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      session.replace(/=\d+/, '=9999999999'),
      session.replace(/=\d+/, '=1'),
    ])
      expect((await send('GET', '/status', { cookie: other })).status).toBe(401)
    // A task is closed with the form's own token only.
    const close = await send('POST', '/status', { ...type, cookie: session }, 'task=x&token=1.y')
    expect(close.status).toBe(403)
  })
})

describe('a token that is guessed', () => {
  const token = 'made-up-token-for-tests'
  let service: Service

  beforeAll(async () => {
    service = await startService(['--simulate', '--orders', '0', '--pace', '0'], {
      env: { PAYMENT_STATUS_TOKEN: token },
    })
  }, 60_000)

  /** Sends a request from one of this machine's loopback addresses. */
  const sendFrom = (localAddress: string, path: string, headers: Record<string, string>, body?: string) =>
    new Promise<{ status: number; retryAfter: string | undefined }>((resolve, reject) => {
      const method = body === undefined ? 'GET' : 'POST'
      request(service.url + path, { method, headers, localAddress }, (answer) => {
        answer.resume()
        resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] })
      })
        .on('error', reject)
        .end(body)
    })
  const bearer = (given: string) => ({ authorization: `Bearer ${given}` })

  it('at the login is answered 429 after ten wrong ones, the right one too, and only for that address', async () => {
    const form = await (await fetch(`${service.url}/status`)).text()
    const [, hidden = ''] = /name="form" value="([^"]+)"/.exec(form) ?? []
    const login = (address: string, given: string) =>
      sendFrom(
        address,
        '/status/login',
        { 'content-type': 'application/x-www-form-urlencoded' },
        String(new URLSearchParams({ form: hidden, token: given })),
      )
    for (let guess = 0; guess < 10; guess++)
      expect((await login('127.0.0.2', `guess-${guess}`)).status).toBe(401)
    for (const given of ['another', token]) {
      const { status, retryAfter } = await login('127.0.0.2', given)
      expect([status, Number(retryAfter) > 0 && Number(retryAfter) <= 60]).toEqual([429, true])
    }
    expect((await login('127.0.0.3', token)).status).toBe(303)
  })

  it.each(['/orders', '/status'])('in a header is answered 429 after sixty wrong ones: %s', async (path) => {
    const address = path === '/orders' ? '127.0.0.4' : '127.0.0.5'
    for (let guess = 0; guess < 60; guess++)
      expect((await sendFrom(address, path, bearer(`guess-${guess}`))).status).toBe(401)
    expect((await sendFrom(address, path, bearer(token))).status).toBe(429)
    expect((await sendFrom('127.0.0.6', path, bearer(token))).status).toBe(200)
  })

  it('does not lock a shop out that has sent the right one from the same address', async () => {
    expect((await sendFrom('127.0.0.7', '/orders', bearer(token))).status).toBe(200)
    for (let guess = 0; guess < 70; guess++) await sendFrom('127.0.0.7', '/orders', bearer(`guess-${guess}`))
    expect((await sendFrom('127.0.0.7', '/orders', bearer(token))).status).toBe(200)
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:DB8:1:2::', '2001:db8:1:2'],
    ['::1', '0:0:0:0'],
  ])('is counted by network: %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

it('a flood of forged webhooks is one line of the log for each kind', async () => {
  const service = await startService(['--simulate', '--orders', '0', '--pace', '0'])
  const forge = (name: string) => fetch(`${service.url}/webhooks/${name}`, { method: 'POST', body: '{}' })
  for (let count = 0; count < 20; count++) {
    expect((await forge('stripe')).status).toBe(401)
    expect((await forge(`other-${count}`)).status).toBe(404)
  }
  expect((await service.stop()).stderr.trimEnd().split('\n')).toHaveLength(2)
})

describe('a connection is closed', () => {
  it.each([
    ['POST /webhooks/stripe', []],
    ['PUT /orders/x', ['content-type: application/json']],
  ])('after a body of %s that is too large', async (what, more) => {
    const token = 'made-up-token-for-tests'
    const service = await startService(['--simulate', '--orders', '0', '--pace', '0'], {
      env: { PAYMENT_STATUS_TOKEN: token },
    })
    const head = [`${what} HTTP/1.1`, `authorization: Bearer ${token}`, 'content-length: 1500000', ...more]
    const answer = await exchange(service.url, head, ' '.repeat(1_500_000))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer.toLowerCase()).toContain('connection: close')
    await service.stop()
  })

  it('after a body that is too slow', async () => {
    const { server, url } = await listen(
      async () => new Response('too slow', { status: 408 }),
      '127.0.0.1',
      0,
    )
    const answer = await exchange(url, ['POST / HTTP/1.1', 'content-length: 10'], 'half')
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    await close(server)
  })

  it('by a client before it is answered, without an error of the service', async () => {
    const service = await startService(['--simulate', '--orders', '0', '--pace', '0'], {
      env: { PAYMENT_STATUS_TOKEN: 'made-up-token-for-tests' },
    })
    const { port } = new URL(service.url)
    for (const path of ['/webhooks/stripe', '/orders/x/refresh', '/returns', '/status/login'])
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => {
          const head = [
            `POST ${path} HTTP/1.1`,
            'host: a',
            'content-length: 100',
            'content-type: application/json',
          ]
          socket.write(`${head.join('\r\n')}\r\nauthorization: Bearer made-up-token-for-tests\r\n\r\n{"a`)
          setTimeout(() => resolve(void socket.destroy()), 50)
        })
      })
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200)
    expect((await service.stop()).stderr).toBe('')
  })

  it('but a POST without a body is taken: curl -X POST sends no content-type and no length', async () => {
    const token = 'made-up-token-for-tests'
    const service = await startService(['--simulate', '--orders', '0', '--pace', '0'], {
      env: { PAYMENT_STATUS_TOKEN: token },
    })
    const head = [`POST /orders/x/refresh HTTP/1.1`, `authorization: Bearer ${token}`, 'connection: close']
    expect(await exchange(service.url, head, '')).toMatch(/^HTTP\/1\.1 404 /)
    await service.stop()
  })
})

describe('settings that cannot be right are rejected at the start', () => {
  it.each<readonly [string, Record<string, string>, RegExp]>([
    [
      'a token beyond ASCII',
      { PAYMENT_STATUS_TOKEN: 'tökén' },
      /PAYMENT_STATUS_TOKEN must be printable ASCII/,
    ],
    ['a token with a space', { PAYMENT_STATUS_TOKEN: 'a b' }, /PAYMENT_STATUS_TOKEN must be printable ASCII/],
    [
      'a URL with credentials',
      { CHANGES_URL: 'https://a:b@shop.example/', CHANGES_SECRET: changesSecret },
      /must not hold a user name/,
    ],
    [
      'a secret that is too short',
      { CHANGES_URL: 'https://shop.example/', CHANGES_SECRET: `whsec_${btoa('x'.repeat(23))}` },
      /24 to 64 bytes/,
    ],
    [
      'a secret that is too long',
      { CHANGES_URL: 'https://shop.example/', CHANGES_SECRET: `whsec_${btoa('x'.repeat(65))}` },
      /24 to 64 bytes/,
    ],
    ['no secret', { CHANGES_URL: 'https://shop.example/' }, /CHANGES_SECRET is not set/],
    ...[
      'localhost/payments',
      '"postgres://a:b@host/name"',
      'postgres://a:b#c@host/name',
      'postgres://a:b@host/%zz',
      'mysql://a:b@host/name',
    ].map(
      (url) =>
        [
          `a database that is not a URL: ${url}`,
          { DATABASE_URL: url },
          /DATABASE_URL must be of the form/,
        ] as const,
    ),
    [
      'a file of the database that does not exist',
      { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/name?sslmode=verify-full&sslrootcert=/nowhere' },
      /a file or a socket that DATABASE_URL names does not exist/,
    ],
  ])('%s', async (_, env, words) => {
    const { code, stdout, stderr } = await run(['track', '--port', '0'], {
      env: { ...stripe, ...env },
      cwd: createFolder().path,
    })
    expect({ code, stdout, stderr }).toEqual({
      code: /does not exist/.test(String(words)) ? 3 : 2,
      stdout: '',
      stderr: expect.stringMatching(words),
    })
    expect(stderr).not.toMatch(/a:b[@#]|tökén/)
  })
})

it('names beyond Latin-1 become a header that can be sent, and stay apart', () => {
  const names = ['stripe/pi_1/1', 'строка/1', 'a%b', 'a b', 'a\ud800', '支付/1']
  const values = names.map(toHeaderValue)
  for (const value of values) expect(() => new Headers({ 'webhook-id': value })).not.toThrow()
  expect(new Set(values).size).toBe(names.length)
  expect(values[0]).toBe(names[0])
})

it('the compile cache is a folder that only this user writes to, or none', async () => {
  const { path } = createFolder()
  const cache = join(path, 'cache')
  const temporary = join(path, 'tmp')
  mkdirSync(temporary)
  const env = { HOME: path, XDG_CACHE_HOME: cache, TMPDIR: temporary }
  expect(await shell('payment-status --version', { env })).toMatchObject({ code: 0, stderr: '' })
  expect(statSync(join(cache, 'payment-status')).mode & 0o777).toBe(0o700)
  expect(readdirSync(join(cache, 'payment-status')).length).toBeGreaterThan(0)
  const open = join(path, 'open')
  mkdirSync(join(open, 'payment-status'), { recursive: true })
  chmodSync(join(open, 'payment-status'), 0o777)
  expect(await shell('payment-status --version', { env: { ...env, XDG_CACHE_HOME: open } })).toMatchObject({
    code: 0,
    stderr: '',
  })
  expect(readdirSync(join(open, 'payment-status'))).toEqual([])
  expect(readdirSync(temporary)).toEqual([])
}, 60_000)

describe('what another user has put into the folder', () => {
  const code = "process.env.RAN_A_STRANGERS_CODE = 'yes'\nexport default {}"
  const isRoot = process.getuid?.() === 0
  const NOBODY = 65_534

  it.each<[string, boolean, (file: string) => void]>([
    ['a configuration file that others may write to', true, (file) => chmodSync(file, 0o666)],
    ['a configuration file of another user', isRoot, (file) => chownSync(file, NOBODY, NOBODY)],
    [
      'a link to a configuration file of another user',
      isRoot,
      (file) => {
        renameSync(file, `${file}.other`)
        chownSync(`${file}.other`, NOBODY, NOBODY)
        symlinkSync(`${file}.other`, file)
      },
    ],
  ])('%s is not run', async (_, canBeMade, prepare) => {
    if (!canBeMade) return
    const { path, write } = createFolder()
    prepare(write('payment-status.config.mjs', code))
    const { code: exit, stderr } = await run(['lookup', 'stripe', 'pi_1'], { env: stripe, cwd: path })
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringContaining('is not run, because another user'),
    })
    expect(process.env).not.toHaveProperty('RAN_A_STRANGERS_CODE')
  })

  it.runIf(isRoot)('a link to a folder of the database is not followed', async () => {
    const { path } = createFolder()
    mkdirSync(join(path, 'own'), { mode: 0o700 })
    symlinkSync(join(path, 'own'), join(path, '.payment-status'))
    lchownSync(join(path, '.payment-status'), NOBODY, NOBODY)
    const { code: exit, stderr } = await run(['track', '--port', '0'], { env: stripe, cwd: path })
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringContaining('belongs to another user') })
    expect(readdirSync(join(path, 'own'))).not.toContain('data')
  })
})
