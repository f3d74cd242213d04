import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createFolder, parseLines, run, serve, shell } from './program.mjs'

const folder = createFolder()
let simulator
let env
let id

before(async () => {
  simulator = await serve(['simulate', '--port', '0', '--frozen', '--json'])
  const { url, environment } = JSON.parse(simulator.first)
  for (let number = 0; number < 300; number++) {
    const body = JSON.stringify({ provider: 'stripe', reference: `order-${number}` })
    ;({ id } = await (await fetch(`${url}/simulator/payments`, { method: 'POST', body })).json())
  }
  env = { ...environment, PAYMENT: id, DAY: new Date().toISOString().slice(0, 10) }
  write(
    'webhook.json',
    '{"id":"evt_1","object":"event","type":"customer.created","created":1,"data":{"object":{}}}',
  )
  write('hello.json', '{"hello":"world"}')
  write('broken.json', '{"id":\n  "pi_1",,}')
  const heading = 'id,reference,status,amount,currency\n'
  write('books.csv', `\uFEFF${heading}${id},order-299,captured,2500,EUR\nonly,two\n`)
  write('semicolons.csv', `${heading.replaceAll(',', ';')}${id};order-299;captured;2500;EUR\n`)
  write('headless.csv', `${id},order-299,captured,2500,EUR\n`)
})
after(() => simulator.stop())
const write = (name, text) => writeFileSync(join(folder, name), text)

for (const [line, wanted] of [
  ['explain webhook.json', 0],
  ['verify stripe --body webhook.json', 1],
  ['lookup stripe "$PAYMENT"', 0],
  ['find stripe order-7', 0],
  ['order order-7', 0],
  ['list stripe --day "$DAY"', 0],
  ['reconcile stripe --day "$DAY" --ours books.csv', 1],
  ['migrate --print', 0],
])
  test(`${line} --json, in a pipe`, async () => {
    const { code, stdout, stderr } = await shell(`payment-status ${line} --json | cat`, { env, cwd: folder })
    deepStrictEqual([code, stderr], [wanted, ''])
    ok(parseLines(stdout).every((value) => typeof value === 'object'))
  })

for (const command of ['simulate', 'track --simulate'])
  test(`${command} --json, in a pipe, until it is ended`, { timeout: 60_000 }, async () => {
    const args = [...command.split(' '), '--port', '0', '--json']
    const service = await serve(args, { cwd: folder })
    match(JSON.parse(service.first).url, /^http:\/\/127\.0\.0\.1:\d+$/)
    strictEqual(await service.stop('SIGTERM'), 0)
    strictEqual(service.said.stderr, '')
  })

test('a closed pipe ends it without a word', async () => {
  for (const line of [
    'list stripe --day "$DAY"',
    'list stripe --day "$DAY" --json',
    'reconcile stripe --day "$DAY" --ours books.csv',
  ]) {
    const { stdout, stderr } = await shell(`payment-status ${line} | head -1`, { env, cwd: folder })
    deepStrictEqual([stdout.split('\n').length, stderr], [2, ''], line)
  }
})

test('without a terminal there is no colour and no progress', async () => {
  const { stdout, stderr } = await run(['list', 'stripe', '--day', env.DAY], { env })
  ok(!stdout.includes('\u001b'))
  strictEqual(stderr, '')
})

test('a broken row is named by its line, and the rest is used', async () => {
  const { code, stdout } = await run(
    ['reconcile', 'stripe', '--day', env.DAY, '--ours', 'books.csv', '--json'],
    { env, cwd: folder },
  )
  const found = parseLines(stdout)
  strictEqual(code, 1)
  deepStrictEqual(
    found.filter(({ kind }) => kind === 'unreadable').map(({ line }) => line),
    [3],
  )
  strictEqual(found.at(-1).same, 1)
  const other = await run(['reconcile', 'stripe', '--day', env.DAY, '--ours', 'semicolons.csv', '--json'], {
    env,
    cwd: folder,
  })
  strictEqual(parseLines(other.stdout).at(-1).same, 1)
})

const wrongKeys = { STRIPE_SECRET_KEY: 'sk_live_ofAnotherEnvironment' }
for (const [args, wanted, words, more = {}] of [
  [['expalin'], 2, /unknown command/],
  [['lookup', 'stripe', 'pi_1', '--jsn'], 2, /unknown option/],
  [['lookup', 'stripe'], 2, /missing required argument/],
  [['explain', 'nowhere.json'], 2, /does not exist/],
  [['explain', 'broken.json'], 2, /line 2, column 10/],
  [['explain', 'books.csv'], 2, /neither a URL nor JSON/],
  [['reconcile', 'stripe', '--day', '2026-11-20', '--ours', 'nowhere.csv'], 2, /does not exist/],
  [['reconcile', 'stripe', '--day', '2026-11-20', '--ours', 'headless.csv'], 2, /no heading/],
  [['reconcile', 'stripe', '--day', '2026-11-31', '--ours', 'books.csv'], 2, /day/],
  [['lookup', 'stripe', 'pi_nobody'], 1, /^stripe: /],
  [['lookup', 'stripe', 'pi_nobody'], 2, /^stripe: /, wrongKeys],
  [['lookup', 'stripe', 'pi_nobody'], 3, /^stripe: /, { STRIPE_BASE_URL: 'http://127.0.0.1:9' }],
  [['lookup', 'stripe', 'pi_nobody'], 2, /sk_ or rk_/, { STRIPE_SECRET_KEY: 'pk_test_publishable' }],
  [['track', '--simulate', '--host', '0.0.0.0'], 2, /PAYMENT_STATUS_TOKEN/],
  [['explain', 'hello.json'], 1, /not in a shape/],
  [
    ['track', '--port', '0'],
    3,
    /database cannot be used: the server does not answer/,
    { DATABASE_URL: 'postgres://127.0.0.1:9/none' },
  ],
])
  test(`${args.join(' ')} ${JSON.stringify(more)}: one clear line, and ${wanted}`, async () => {
    const { code, stdout, stderr } = await run(args, { env: { ...env, ...more }, cwd: folder })
    deepStrictEqual([code, stdout, stderr.trimEnd().split('\n').length], [wanted, '', 1], stderr)
    match(stderr, words)
    ok(!/ {4}at |sk_live_|pk_test_|sk_test_/.test(stderr), stderr)
  })
