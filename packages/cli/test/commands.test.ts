import { readFileSync } from 'node:fs'
import { signWebhook as signCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { signWebhook as signStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { beforeAll, describe, expect, it } from 'vitest'
import { createFolder, type Ended, run, shell, simulate } from './run.ts'

const startAt = new Date('2026-11-20T10:00:00Z')
const folder = createFolder()
let env: Readonly<Record<string, string>> = {}
let server: Awaited<ReturnType<typeof simulate>>
const providers = ['checkout-com', 'onerway', 'stripe'] as const

beforeAll(async () => {
  server = await simulate({ startAt })
  env = server.env
  for (const provider of providers) {
    for (let index = 0; index < 30; index++) {
      await server.simulator.start({ provider, reference: `${provider}-${index}` })
    }
  }
  await server.simulator.start({ provider: 'stripe', story: 'paid_at_once', reference: 'both' })
  await server.simulator.start({ provider: 'onerway', story: 'paid_at_once', reference: 'both' })
})

/** One line on stderr and nothing on stdout; no stack, no key. */
function expectComplaint({ code, stdout, stderr }: Ended, wanted: number, words: string | RegExp): void {
  expect({ code, stdout, stderr }).toEqual({ code: wanted, stdout: '', stderr: expect.stringMatching(words) })
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stderr).not.toMatch(/ {4}at |node:internal|[sp]k_\w/)
}

const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('lookup, find and order', () => {
  it.each(providers)('%s finds one payment, and all payments of a reference', async (provider) => {
    const payment = server.simulator.payments().find((one) => one.provider === provider)
    const { id = '', reference = '' } = payment ?? {}
    const asked = await run(['lookup', provider, id, '--json'], { env })
    expect(asked).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(asked.stdout)).toMatchObject({
      evidence: 'report',
      source: 'lookup',
      payment: { id, reference, status: 'captured' },
    })
    const printed = await run(['lookup', provider, id], { env })
    expect(printed.stdout).toContain('captured: the funds are captured: paid · 25.00 EUR')
    expect(printed.stdout).toContain(`reference ${reference}`)
    const found = await run(['find', provider, reference, '--json'], { env })
    expect(JSON.parse(found.stdout)).toMatchObject([{ payment: { id } }])
  })

  it('an unknown id or reference is a negative answer, and never "unpaid"', async () => {
    expectComplaint(await run(['lookup', 'stripe', 'pi_nobody', '--json'], { env }), 1, /^stripe: /)
    const none = await run(['find', 'onerway', 'unknown'], { env })
    expect(none).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('which does not mean that nothing was paid'),
    })
    expect(await run(['find', 'onerway', 'unknown', '--json'], { env })).toMatchObject({
      code: 1,
      stdout: '[]\n',
    })
    expect(await run(['order', 'unknown', '--json'], { env })).toMatchObject({ code: 1 })
  })

  it('an order that was paid at two providers is reported as paid twice', async () => {
    const { code, stdout } = await run(['order', 'both', '--json'], { env })
    expect(code).toBe(0)
    const { unreachable, ...order } = JSON.parse(stdout)
    expect(order).toMatchObject({ status: 'captured', paidTwice: true })
    // Providers without a lookup by reference are named, because they may hold a payment too.
    const codes = unreachable.map(({ error }: { error: { code: string } }) => error.code)
    expect([...new Set(codes)]).toEqual(['unsupported'])
    expect((await run(['order', 'both'], { env })).stdout).toContain('paid twice: ')
  })

  it('while a provider is unreachable the status is unknown, and the exit code is 3', async () => {
    const away = { ...env, STRIPE_BASE_URL: 'http://127.0.0.1:9' }
    const nothing = await run(['order', 'unknown', '--json'], { env: away })
    expect(nothing).toMatchObject({ code: 3, stderr: expect.stringMatching(/^payment-status: \[stripe\] /) })
    expect(JSON.parse(nothing.stdout)).toMatchObject({
      status: 'unknown',
      unreachable: expect.arrayContaining([
        expect.objectContaining({
          provider: 'stripe',
          error: expect.objectContaining({ code: 'unavailable' }),
        }),
      ]),
    })
    expectComplaint(await run(['lookup', 'stripe', 'pi_1'], { env: away }), 3, /^stripe: /)
  })
})

describe('verify', () => {
  const body = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'customer.created',
    created: 1,
    data: { object: {} },
  })
  const secret = stripeFixtures.secrets.webhookSecrets
  const checkoutSecret = checkoutComFixtures.secrets.webhookSecrets

  async function verify(
    text: string,
    signedText = text,
    { key = secret as string, age = 0 } = {},
  ): Promise<Ended> {
    const { headers } = await signStripe(signedText, key, { timestamp: Math.floor(Date.now() / 1000) - age })
    const signature = (headers as Record<string, string>)['stripe-signature']
    return run(
      [
        'verify',
        'stripe',
        '--body',
        folder.write('body.json', text),
        '--header',
        `Stripe-Signature: ${signature}`,
        '--json',
      ],
      {
        env: { STRIPE_WEBHOOK_SECRET: secret },
      },
    )
  }

  it('a genuine webhook is valid', async () => {
    const { code, stdout } = await verify(body)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, event: { id: 'evt_1', kind: 'unrelated' } })
  })

  it.each([
    ['another key', () => verify(body, body, { key: 'whsec_other' }), 'other_key_or_changed_body'],
    ['another body', () => verify(body.replace('evt_1', 'evt_2'), body), 'other_key_or_changed_body'],
    [
      'a body serialized again',
      () => verify(JSON.stringify(JSON.parse(body), null, 2), body),
      'changed_body',
    ],
    ['a line break too many', () => verify(`${body}\n`, body), 'changed_body'],
    ['an old signature', () => verify(body, body, { age: 3600 }), 'too_old'],
  ])('%s makes it invalid, and the cause is named', async (_, act, flaw) => {
    const { code, stdout, stderr } = await act()
    expect({ code, stderr, ...JSON.parse(stdout) }).toMatchObject({ code: 1, stderr: '', valid: false, flaw })
    expect(stdout).not.toContain(secret)
  })

  it('a missing header is named, for every provider', async () => {
    const file = folder.write('body.json', '{"notifyType":"TXN"}')
    for (const provider of providers) {
      const { code, stdout } = await run(['verify', provider, '--body', file, '--json'], { env })
      expect({ provider, code, ...JSON.parse(stdout) }).toMatchObject({
        provider,
        code: 1,
        flaw: 'no_header',
      })
    }
  })

  it('a body from stdin is taken byte by byte', async () => {
    const text = '{"id":"evt_1","type":"x","data":{}}\n'
    const { headers } = await signCheckoutCom(text, checkoutSecret)
    const signature = (headers as Record<string, string>)['cko-signature']
    const args = ['verify', 'checkout-com', '--body', '-', '--header', `Cko-Signature: ${signature}`]
    expect(await run(args, { env, stdin: text })).toMatchObject({ code: 0 })
  })

  it('without a secret nothing is verified', async () => {
    const file = folder.write('body.json', body)
    const result = await run(['verify', 'stripe', '--body', file], {
      env: { STRIPE_SECRET_KEY: 'sk_test_x' },
    })
    expectComplaint(result, 2, /webhookSecrets is missing/)
    expectComplaint(await run(['verify', 'stripe', '--body', file]), 2, /STRIPE_SECRET_KEY is not set/)
    expectComplaint(
      await run(['verify', 'stripe', '--body', file, '--header', 'x'], { env }),
      2,
      /name: value/,
    )
  })
})

describe('list', () => {
  it.each(providers)('%s in three formats', async (provider) => {
    const day = ['list', provider, '--day', '2026-11-20']
    const json = await run([...day, '--json'], { env })
    expect(json).toMatchObject({ code: 0, stderr: '' })
    const reports = jsonLines(json.stdout)
    expect(reports.length).toBeGreaterThanOrEqual(30)
    expect(reports[0]).toMatchObject({ evidence: 'report', source: 'list' })
    const csv = await run([...day, '--format', 'csv'], { env })
    const [heading, ...rows] = csv.stdout.trimEnd().split('\n')
    expect(heading).toBe('id,reference,status,amount,currency,captured,refunded,created_at')
    expect(rows).toHaveLength(reports.length)
    const table = await run(day, { env })
    expect(table.stdout.trimEnd().split('\n')).toHaveLength(reports.length + 1)
    expect(table.stdout).not.toContain('\u001b')
  })

  it('a period is a day, days or instants of a zone', async () => {
    const count = async (...period: string[]) => {
      const { stdout } = await run(['list', 'stripe', ...period, '--json'], { env })
      return stdout === '' ? 0 : jsonLines(stdout).length
    }
    expect(await count('--day', '2026-11-20', '--time-zone', '+08:00')).toBe(31)
    expect(await count('--day', '2026-11-20', '--time-zone', 'Pacific/Auckland')).toBe(31)
    expect(await count('--day', '2026-11-21', '--time-zone', '+14:00')).toBe(31)
    expect(await count('--day', '2026-11-19')).toBe(0)
    expect(await count('--from', '2026-11-20', '--to', '2026-11-21')).toBe(31)
    expect(await count('--from', '2026-11-20T10:00:01Z', '--to', '2026-11-21')).toBe(0)
  })

  it.each([
    [[], /the period is missing/],
    [['--day', '2026-13-01'], /the day must be/],
    [['--day', 'yesterday', '--from', '2026-11-20'], /or --from and --to/],
    [['--from', '2026-11-20', '--to', '2026-11-20'], /before --to/],
    [['--from', 'now', '--to', '2026-11-20'], /instants such as/],
    [['--day', 'yesterday', '--time-zone', 'Moon'], /the time zone must be/],
    [['--day', 'yesterday', '--format', 'xml'], /Allowed choices/],
  ])('%j is rejected', async (options, words) => {
    expectComplaint(await run(['list', 'stripe', ...options], { env }), 2, words)
  })

  it('a terminal sees colours and progress, a pipe neither, and NO_COLOR is kept', async () => {
    const args = ['list', 'checkout-com', '--day', '2026-11-20']
    const seen = await run(args, { env, isTTY: true })
    expect(seen.stdout).toContain('\u001b[32mcaptured\u001b[39m')
    expect(seen.stderr).toContain('1 payments')
    const plain = await run(args, { env: { ...env, NO_COLOR: '1' }, isTTY: true })
    expect(plain.stdout).not.toContain('\u001b')
    expect((await run(args, { env })).stderr).toBe('')
  })
})

describe('reconcile', () => {
  it.each(providers)('%s: ten planted differences are found, and nothing else', async (provider) => {
    const { stdout } = await run(['list', provider, '--day', '2026-11-20', '--format', 'csv'], { env })
    const [heading = '', ...rows] = stdout.trimEnd().split('\n')
    const cells = rows.map((row) => row.split(','))
    const edit = (index: number, column: string, value: string) => {
      const row = cells[index]
      if (row) row[heading.split(',').indexOf(column)] = value
    }
    for (const index of [1, 4]) edit(index, 'status', 'failed')
    for (const index of [6, 9]) edit(index, 'amount', '2501')
    edit(11, 'currency', 'USD')
    const missing = cells.splice(20, 3).map(([id]) => id)
    const books = [
      heading,
      ...cells.map((row) => row.join(',')),
      'x-1,mine-1,captured,2500,EUR,,,',
      'x-2,mine-2,,,,,,',
    ]
    const file = folder.write(`${provider}.csv`, `${books.join('\n')}\n`)
    const args = ['reconcile', provider, '--day', '2026-11-20', '--ours', file]
    const found = await run([...args, '--json'], { env })
    expect(found).toMatchObject({ code: 1, stderr: '' })
    const lines = jsonLines(found.stdout)
    const summary = lines.pop()
    const total = rows.length
    expect(lines).toHaveLength(10)
    expect(summary).toEqual({
      kind: 'summary',
      theirs: total,
      ours: total - 1,
      same: total - 8,
      differences: { only_theirs: 3, only_ours: 2, differs: 5, unreadable: 0 },
      complete: true,
    })
    const listed = lines.filter(({ kind }) => kind === 'only_theirs').map(({ theirs }) => theirs.payment.id)
    expect(listed.toSorted()).toEqual(missing.toSorted())
    const printed = await run(args, { env })
    expect(printed.stdout).toContain('amount: theirs 25.00 EUR, ours 25.01 EUR')
    expect(printed.stdout).toContain(`${total} of theirs`)
  })

  it('books that agree are good', async () => {
    const { stdout } = await run(['list', 'stripe', '--day', '2026-11-20', '--format', 'csv'], { env })
    const args = ['reconcile', 'stripe', '--day', '2026-11-20', '--ours', '-']
    expect(await run(args, { env, stdin: stdout })).toMatchObject({ code: 0, stderr: '' })
  })

  it.each([
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    ['semicolons', (text: string) => text.replaceAll(',', ';')],
    ['tabs', (text: string) => text.replaceAll(',', '\t')],
    ['carriage returns and empty lines', (text: string) => `\r\n${text.replaceAll('\n', '\r\n\r\n')}`],
    ['quotation marks', (text: string) => text.replaceAll(/[^,\n]+/g, '"$&"')],
    ['columns in another order', (text: string) => text.replaceAll(/^([^,]*),([^,]*),/gm, '$2,$1,')],
    ['no line break at its end', (text: string) => text.trimEnd()],
  ])('books with %s are read', async (_, change) => {
    const { stdout } = await run(['list', 'stripe', '--day', '2026-11-20', '--format', 'csv'], { env })
    const args = ['reconcile', 'stripe', '--day', '2026-11-20', '--ours', '-']
    const result = await run(args, { env, stdin: change(stdout) })
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('31 the same') })
  })

  it('books that are longer than what is read at once are read without a warning', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => void warnings.push(warning)
    process.on('warning', onWarning)
    const rows = Array.from({ length: 10_000 }, (_, row) => `pi_${row},${'x'.repeat(200)}${row}`)
    const books = folder.write('long.csv', `id,reference\n${rows.join('\n')}\n`)
    const args = ['reconcile', 'stripe', '--day', '2026-11-20', '--ours', books, '--json']
    const { code, stdout, stderr } = await run(args, { env })
    process.off('warning', onWarning)
    expect({ code, stderr, warnings }).toEqual({ code: 1, stderr: '', warnings: [] })
    expect(jsonLines(stdout).at(-1)).toMatchObject({ ours: 10_000, differences: { only_ours: 10_000 } })
  })

  it('JSON lines are read, as `list` writes them', async () => {
    const { stdout } = await run(['list', 'stripe', '--day', '2026-11-20', '--json'], { env })
    const books = jsonLines(stdout).map(({ payment }) =>
      JSON.stringify({ ...payment, settlement: undefined }),
    )
    const args = ['reconcile', 'stripe', '--day', '2026-11-20', '--ours', '-', '--json']
    const result = await run(args, {
      env,
      stdin: [...books, '{"broken', '[]', '{"id":"x","amount":1}'].join('\n'),
    })
    const lines = jsonLines(result.stdout)
    expect(lines.pop()).toMatchObject({ same: 31, differences: { unreadable: 3 } })
    expect(lines).toEqual([
      { kind: 'unreadable', line: 32, why: 'it is not JSON' },
      { kind: 'unreadable', line: 33, why: 'it is not an object' },
      { kind: 'unreadable', line: 34, why: 'it has an amount without a currency' },
    ])
  })

  it('a broken row is named by its line, and the rest is used', async () => {
    const { stdout } = await run(['list', 'stripe', '--day', '2026-11-20', '--format', 'csv'], { env })
    const rows = stdout.trimEnd().split('\n')
    const bad = [
      'only,two',
      'a,b,paid,1,EUR,,,',
      'a,b,captured,1.50,EUR,,,',
      'a,b,captured,150,EURO,,,',
      ',,captured,150,EUR,,,',
      'a,b,captured,-5,EUR,,,',
    ]
    const text = [...rows.slice(0, 3), ...bad, ...rows.slice(3)].join('\n')
    const args = ['reconcile', 'stripe', '--day', '2026-11-20', '--ours', '-', '--json']
    const result = await run(args, { env, stdin: text })
    expect(result).toMatchObject({ code: 1, stderr: '' })
    const lines = jsonLines(result.stdout)
    expect(lines.pop()).toMatchObject({ same: 31, ours: 37, differences: { unreadable: 6, only_ours: 0 } })
    expect(lines.map(({ line }) => line).toSorted()).toEqual([4, 5, 6, 7, 8, 9])
    expect(lines.map(({ why }) => why).join()).toMatch(
      /number of cells differs.*not a payment status.*minor units.*4217.*neither.*minor units/,
    )
  })

  it.each([
    [['--ours', '/nowhere.csv'], /does not exist/],
    [['--ours', '/'], /not a folder/],
    [[], /--ours FILE/],
    [['--database', '/nowhere'], /folder of --database does not exist/],
  ])('%j is rejected before any request', async (options, words) => {
    const unknown = { ...env, STRIPE_BASE_URL: 'http://127.0.0.1:9' }
    expectComplaint(
      await run(['reconcile', 'stripe', '--day', '2026-11-20', ...options], { env: unknown }),
      2,
      words,
    )
  })

  it('books without a heading, or that are a JSON array, are rejected', async () => {
    const args = ['reconcile', 'stripe', '--day', '2026-11-20', '--ours', '-']
    expectComplaint(await run(args, { env, stdin: 'pi_1,order-1,captured\n' }), 2, /no heading/)
    expectComplaint(await run(args, { env, stdin: '[{"id":"pi_1"}]' }), 2, /JSON lines/)
  })

  it('a list that breaks off in the middle compares what it had, and reports nothing as missing', async () => {
    let pages = 0
    const { createServer } = await import('node:http')
    const breaking = createServer(async (request, response) => {
      // The first page is the simulator's own; then the line is dead.
      if (pages++ > 0) return void response.writeHead(400).end('{}')
      const target = new URL(`${env.STRIPE_BASE_URL}${request.url}`)
      target.searchParams.set('limit', '10')
      const answer = await fetch(target, { headers: request.headers as Record<string, string> })
      response.writeHead(200, { 'content-type': 'application/json' }).end(await answer.text())
    })
    await new Promise<void>((listening) => breaking.listen(0, '127.0.0.1', listening))
    const { port } = breaking.address() as { port: number }
    const { stdout } = await run(['list', 'stripe', '--day', '2026-11-20', '--format', 'csv'], { env })
    const result = await run(['reconcile', 'stripe', '--day', '2026-11-20', '--ours', '-', '--json'], {
      env: { ...env, STRIPE_BASE_URL: `http://127.0.0.1:${port}` },
      stdin: stdout,
    })
    breaking.close()
    expect(result).toMatchObject({ code: 3, stderr: expect.stringContaining('the list is not complete') })
    const lines = jsonLines(result.stdout)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ complete: false, theirs: 10, same: 10, differences: { only_ours: 0 } })
  })
})

describe('explain', () => {
  it('reads a file, stdin and a URL, as lines and as JSON', async () => {
    const fixture = stripeFixtures.payments.find(({ status, response }) => status === 'captured' && response)
    const text = JSON.stringify(fixture?.response?.body)
    const file = folder.write('answer.json', text)
    const lines = await run(['explain', file])
    expect(lines).toMatchObject({ code: 0, stderr: '' })
    expect(lines.stdout.trimEnd().split('\n')).toHaveLength(5)
    const json = await run(['explain', '-', '--json'], { stdin: text })
    expect(JSON.parse(json.stdout)).toMatchObject({ provider: 'stripe', status: 'captured', outcome: 'paid' })
    expect(JSON.parse(json.stdout)).not.toHaveProperty('lines')
    const url = await run([
      'explain',
      'https://shop.example/?cko-payment-id=pay_mbabizu24mvu3mela5njyhpit4',
      '--json',
    ])
    expect(JSON.parse(url.stdout)).toMatchObject({ provider: 'checkout-com', evidence: 'hint' })
  })

  it('checks a signature where it has the secret and the headers', async () => {
    const fixture = checkoutComFixtures.payments.find(({ webhook }) => webhook)
    const delivery = await fixture?.webhook?.()
    const { 'cko-signature': signature } = { ...(delivery?.headers as Record<string, string>) }
    const file = folder.write('webhook.json', String(delivery?.rawBody))
    const args = ['explain', file, '--json', '--header', `cko-signature: ${signature}`]
    const good = await run(args, { env: { CKO_WEBHOOK_SECRET: checkoutComFixtures.secrets.webhookSecrets } })
    expect(JSON.parse(good.stdout)).toMatchObject({ signature: 'valid', evidence: 'report' })
    const bad = await run(args, { env: { CKO_WEBHOOK_SECRET: 'another' } })
    expect(bad.code).toBe(1)
    expect(JSON.parse(bad.stdout)).toMatchObject({ signature: 'invalid', evidence: 'unverified' })
    const unchecked = await run(['explain', file])
    expect(unchecked.stdout).toContain('signature not checked')
  })

  it.each([
    [['explain', '/nowhere.json'], /does not exist/],
    [['explain', '/'], /hold a recording/],
    [['explain', '-'], /empty/],
    [['explain', 'https://shop.example/'], /no parameter/],
  ])('%j is one clear line', async (args, words) => {
    const { code, stdout, stderr } = await run(args)
    expect([2, 1]).toContain(code)
    expect(stdout).toBe('')
    expect(stderr).toMatch(words)
  })
})

describe('text of a provider or a shop', () => {
  const hostile = 'order\u001b[2J\u009b31m\r\nforged: captured\u202e\u0007'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not be printed.
  const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
  const intent = {
    id: 'pi_123',
    object: 'payment_intent',
    status: 'succeeded',
    amount: 100,
    amount_received: 100,
    currency: 'eur',
    created: 1,
    metadata: { order_id: hostile },
  }

  it('prints no control character, no escape sequence and no line of its own, in any format', async () => {
    const lines = await run(['explain'], { stdin: JSON.stringify(intent), isTTY: true })
    expect(lines.code).toBe(0)
    expect(lines.stdout.trimEnd().split('\n')).toHaveLength(5)
    // Our own colours are the only escape sequences.
    expect(lines.stdout.replaceAll(/\p{Cc}\[\d+m/gu, '')).not.toMatch(unsafe)
    const json = await run(['explain', '--json'], { stdin: JSON.stringify(intent) })
    expect(json.stdout).not.toMatch(unsafe)
    expect(JSON.parse(json.stdout).payment.reference).toBe(hostile)
    const misnamed = await run(['lookup', `strip${hostile}`, 'pi_1'], { env })
    expect(misnamed.stderr.trimEnd()).not.toMatch(unsafe)
    const wrong = await run([`--${hostile}`], { env })
    expect(wrong.stderr.trimEnd()).not.toMatch(/\n/)
    expect(wrong.stderr).not.toMatch(unsafe)
  })

  it('an unverified webhook is not coloured as if it were paid', async () => {
    const event = {
      id: 'evt_1',
      object: 'event',
      type: 'payment_intent.succeeded',
      created: 1,
      data: { object: intent },
    }
    const { stdout } = await run(['explain'], { stdin: JSON.stringify(event), isTTY: true })
    expect(stdout).toContain('signature not checked')
    expect(stdout).not.toContain('\u001b')
  })
})

describe('input has limits', () => {
  it.each([
    ['a heading without an end', `id,${'x'.repeat(3_000_000)}`, /no heading/],
    ['a JSON line without an end', `{"id":"${'x'.repeat(3_000_000)}`, /no heading|longer than/],
    ['blanks without an end', ' '.repeat(3_000_000), /no heading/],
  ])('books with %s are rejected', async (_, stdin, words) => {
    const args = ['reconcile', 'stripe', '--day', '2026-11-20', '--ours', '-']
    expectComplaint(await run(args, { env, stdin }), 2, words)
  })

  it('a payload above 16 MB is rejected, and broken JSON of that size is located', async () => {
    const long = `[${'1,'.repeat(7_000_000)}`
    expectComplaint(await run(['explain'], { stdin: long }), 2, /line 1, column 14000002/)
    expectComplaint(await run(['explain'], { stdin: long + long }), 2, /at most 16 MB/)
  })
})

describe('the command line', () => {
  it('explain runs no configuration file of the folder it stands in, unless it is named', async () => {
    const { path, write } = createFolder()
    write('payment-status.config.mjs', "process.env.RAN_A_STRANGERS_CODE = 'yes'\nexport default {}")
    const stdin = '{"object":"customer","id":"cus_1"}'
    expect(await run(['explain'], { cwd: path, stdin })).toMatchObject({ code: 0 })
    expect(process.env.RAN_A_STRANGERS_CODE).toBeUndefined()
    await run(['explain', '--config', 'payment-status.config.mjs'], { cwd: path, stdin })
    expect(process.env.RAN_A_STRANGERS_CODE).toBe('yes')
    delete process.env.RAN_A_STRANGERS_CODE
  })

  it.each(['{"hello":"world"}', '{}', '[]', '{"data":[]}', '"pay_1"', 'https://shop.example/?order=1'])(
    'explain of %s, which no provider sends, exits with 1',
    async (stdin) => {
      expectComplaint(await run(['explain'], { stdin }), 1, /no parameter|not in a shape/)
    },
  )

  it.each([
    [['expalin'], /unknown command 'expalin'.*explain/],
    [['lookup', 'stripe', 'pi_1', '--jsn'], /unknown option '--jsn'.*--json/],
    [['lookup', 'stripe'], /missing required argument 'id'/],
    [['lookup', 'strpe', 'pi_1'], /no provider of this name/],
    [['verify', 'stripe'], /required option '--body <file>'/],
    [['lookup', 'stripe', 'x y'], /not a Stripe payment id/],
    [['simulate', '--port', 'x'], /--port must be a whole number/],
    [['simulate', '--port', '70000'], /a port is/],
    [['simulate', '--faults', '{'], /--faults must be JSON/],
    [['simulate', '--provider', 'acme'], /--provider must be one of/],
    [['migrate'], /--print is missing/],
    [['migrate', '--print', '--schema', 'a b'], /schema/],
    [['migrate', '--print', '--directory', '--schema', 'shop'], /--directory/],
  ])('%j is rejected in one line', async (args, words) => {
    expectComplaint(await run(args, { env }), 2, words)
  })

  it('a missing or wrong configuration is named by its variables, never by its values', async () => {
    expectComplaint(await run(['order', 'x']), 2, /CKO_SECRET_KEY is not set.*ONERWAY_MERCHANT_NO/)
    const wrong = {
      ONERWAY_MERCHANT_NO: '1',
      ONERWAY_SECRET_KEY: 'very-secret',
      ONERWAY_ENVIRONMENT: 'prod',
      ONERWAY_INTEGRATION: 'direct',
    }
    expectComplaint(
      await run(['find', 'onerway', 'x'], { env: wrong }),
      2,
      /^(?!.*very-secret).*'sandbox' or 'production'/,
    )
    const publishable = { STRIPE_SECRET_KEY: 'pk_live_secret' }
    expectComplaint(
      await run(['lookup', 'stripe', 'pi_1'], { env: publishable }),
      2,
      /^(?!.*pk_live).*sk_ or rk_/,
    )
    const half = { ONERWAY_SECRET_KEY: 'very-secret' }
    expectComplaint(
      await run(['find', 'onerway', 'x'], { env: half }),
      2,
      /ONERWAY_MERCHANT_NO, ONERWAY_ENVIRONMENT, ONERWAY_INTEGRATION are not set/,
    )
  })

  it('a key of the wrong environment is the configuration’s fault', async () => {
    const live = { ...env, STRIPE_SECRET_KEY: 'sk_live_ofAnotherEnvironment', ONERWAY_SECRET_KEY: 'another' }
    expectComplaint(await run(['lookup', 'stripe', 'pi_1'], { env: live }), 2, /^stripe: /)
  })

  it('a configuration file takes the place of the environment', async () => {
    const { path, write } = createFolder()
    const core = {
      name: 'acme',
      lookup:
        'async () => ({ evidence: "report", source: "lookup", observedAt: "", payment: { provider: "acme", id: "1", status: "captured", facts: {} } })',
    }
    write(
      'payment-status.config.mjs',
      `export default { timeZone: '+08:00', providers: [{ name: '${core.name}', lookup: ${core.lookup} }] }`,
    )
    const asked = await run(['lookup', 'acme', '1', '--json'], { cwd: path })
    expect(asked).toMatchObject({ code: 0, stderr: '' })
    expectComplaint(await run(['lookup', 'stripe', '1'], { cwd: path, env }), 2, /use acme/)
    write('wrong.mjs', 'export default 5')
    expectComplaint(
      await run(['lookup', 'acme', '1', '--config', 'wrong.mjs'], { cwd: path }),
      2,
      /must have a default export/,
    )
    write('broken.mjs', 'this is not JavaScript')
    expectComplaint(
      await run(['lookup', 'acme', '1', '--config', 'broken.mjs'], { cwd: path }),
      2,
      /cannot be loaded/,
    )
    expectComplaint(
      await run(['lookup', 'acme', '1', '--config', 'none.mjs'], { cwd: path }),
      2,
      /does not exist/,
    )
  })

  it('help is on stdout and says what each command does, with examples', async () => {
    const { code, stdout } = await run(['--help'])
    expect(code).toBe(0)
    for (const name of [
      'explain',
      'verify',
      'lookup',
      'find',
      'order',
      'list',
      'reconcile',
      'simulate',
      'track',
      'migrate',
      'complete',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
      if (name !== 'complete') expect((await run([name, '--help'])).stdout).toContain('Examples:')
    }
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect((await run(['--version'])).stdout).toBe(`${version}\n`)
  })

  it('a closed pipe ends a command silently', async () => {
    const { code, stdout, stderr } = await shell(
      'payment-status list onerway --day 2026-11-20 --json | head -1',
      { env },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ source: 'list' })
  })

  it('in a process of its own it ends with its code, and stdout holds JSON alone', async () => {
    const { code, stdout, stderr } = await shell('payment-status lookup stripe pi_nobody --json', { env })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    const completion = await shell(
      'payment-status complete -- lo; payment-status complete bash | bash -n && echo fine',
    )
    expect(completion.stdout).toMatch(/^lookup\t/)
    expect(completion.stdout).toMatch(/fine\n$/)
  })

  it('completes in a bash without bash-completion', async () => {
    const { stdout, stderr } = await shell(
      `source <(payment-status complete bash); COMP_WORDS=(payment-status exp); COMP_CWORD=1; compopt() { :; }
       __payment_status_complete; echo "\${COMPREPLY[@]}"`,
    )
    expect(stderr).toBe('')
    expect(stdout).toContain('explain')
  })

  it('prints the SQL of the tables', async () => {
    expect((await run(['migrate', '--print', '--schema', 'shop'])).stdout).toContain(
      'create schema if not exists shop',
    )
    expect(JSON.parse((await run(['migrate', '--print', '--json'])).stdout).sql).toContain('create table')
    expect((await run(['migrate', '--print', '--directory'])).stdout).toContain(
      'payment_status_shards.directory',
    )
  })

  it('simulates providers until it is ended', async () => {
    const ending = new AbortController()
    let said = ''
    const running = run(['simulate', '--port', '0', '--json'], {
      signal: ending.signal,
      onStdout: (text) => {
        said = text
      },
    })
    await expect.poll(() => said).toContain('\n')
    const { url, environment } = JSON.parse(said)
    const started = await fetch(`${url}/simulator/payments`, {
      method: 'POST',
      body: '{"provider":"stripe"}',
    })
    const { id } = (await started.json()) as { id: string }
    const asked = await run(['lookup', 'stripe', id, '--json'], { env: environment })
    expect(JSON.parse(asked.stdout)).toMatchObject({ payment: { id, status: 'captured' } })
    ending.abort()
    expect((await running).code).toBe(0)
    await expect(fetch(url)).rejects.toThrow()
  })
})
