// Clients made by other people's generators from the document of the service: types in Python by quicktype and in
// TypeScript by openapi-typescript, each compared with answers. The PHP client is tested in packages/cli.
import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { createFolder, serve, shell } from './program.mjs'

const folder = createFolder()
const token = 'made-up-token'
let service
let url

before(async () => {
  service = await serve(['track', '--simulate', '--orders', '0', '--pace', '0', '--port', '0', '--json'], {
    env: { PAYMENT_STATUS_TOKEN: token },
  })
  ;({ url } = JSON.parse(service.first))
  const document = await (await fetch(`${url}/openapi.json`)).json()
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document))
  // quicktype reads JSON Schema: the document's own, under another name.
  const definitions = document.components.schemas
  const properties = Object.fromEntries(
    Object.keys(definitions).map((name) => [name, { $ref: `#/definitions/${name}` }]),
  )
  const schema = { definitions, type: 'object', properties, additionalProperties: false }
  writeFileSync(
    join(folder, 'schema.json'),
    JSON.stringify(schema).replaceAll('#/components/schemas/', '#/definitions/'),
  )
})
after(() => service.stop())

const python = `
import json, os, sys
sys.path[:0] = [os.environ["SHOP"], "."]
import models
from client import create_client
tracker = create_client(os.environ["TRACKER_URL"], os.environ["TOKEN"])
terms = {"expected": {"amount": {"amount": 2500, "currency": "EUR"}, "reference": "typed"}, "capture": "automatic"}
watched = models.TrackedOrder.from_dict({"terms": terms, "payments": [{"provider": "stripe", "reference": "typed"}]})
view = models.OrderView.from_dict(tracker.watch_order(order="typed", body=watched.to_dict()))
page = models.OrderPage.from_dict(tracker.list_orders(limit=5))
health = models.Health.from_dict(tracker.read_health())
assert models.OrderPage.from_dict(page.to_dict()) == page
print(json.dumps([view.order, view.state.value, len(page.orders), health.backlog >= 0]))
`

test('Python: types by quicktype, methods by the document', { timeout: 180_000 }, async () => {
  const quicktype = resolve('node_modules/.bin/quicktype')
  const made = await shell(
    `${quicktype} --quiet --src-lang schema --lang python --python-version 3.7 --top-level Everything -o models.py schema.json`,
    { cwd: folder, env: process.env },
  )
  strictEqual(made.code, 0, made.stderr)
  writeFileSync(join(folder, 'main.py'), python)
  const env = { SHOP: process.cwd(), TRACKER_URL: url, TOKEN: token }
  const { code, stdout, stderr } = await shell('python3 -B main.py', { cwd: folder, env })
  deepStrictEqual([code, stderr], [0, ''])
  deepStrictEqual(JSON.parse(stdout), ['typed', 'waiting', 1, true])
})

const typescript = `
import createClient from 'openapi-fetch'
import type { components, paths } from './api.d.ts'

const { TRACKER_URL: baseUrl = '', TOKEN: token = '' } = process.env
const tracker = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${token}\` } })
const terms: components['schemas']['OrderTerms'] = { expected: { amount: { amount: 2500, currency: 'EUR' } }, capture: 'automatic' }
const { data: view } = await tracker.PUT('/orders/{order}', {
  params: { path: { order: 'typed-2' } },
  body: { terms, payments: [{ provider: 'stripe', reference: 'typed-2' }] },
})
const { data: page } = await tracker.GET('/orders', { params: { query: { state: 'waiting', limit: 1 } } })
const { error } = await tracker.GET('/orders/{order}', { params: { path: { order: 'unknown' } } })
// @ts-expect-error: an unknown state
await tracker.GET('/orders', { params: { query: { state: 'gone' } } })
const status: components['schemas']['PaymentStatus'] | undefined = view?.orderStatus.status
console.log(JSON.stringify([view?.order, status, page?.orders.length, error?.error.code]))
`

test('TypeScript: types by openapi-typescript, checked and run', { timeout: 180_000 }, async () => {
  const bin = (name) => resolve('node_modules/.bin', name)
  execFileSync(bin('openapi-typescript'), [join(folder, 'openapi.json'), '-o', 'api.d.ts'], {
    stdio: 'ignore',
  })
  writeFileSync('typed.ts', typescript)
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--allowImportingTsExtensions',
    '--types',
    'node',
  ]
  execFileSync(bin('tsc'), [...options, 'typed.ts'], { stdio: 'pipe', encoding: 'utf8' })
  const answer = execFileSync(process.execPath, ['typed.ts'], {
    env: { ...process.env, TRACKER_URL: url, TOKEN: token },
    encoding: 'utf8',
  })
  deepStrictEqual(JSON.parse(answer), ['typed-2', 'unknown', 1, 'not_found'])
})
