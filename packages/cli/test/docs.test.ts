import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signWebhook } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { onerwayFixtures } from '@payment-status/onerway/fixtures'
import { Webhook } from 'standardwebhooks'
import { beforeAll, describe, expect, it } from 'vitest'
import { serve } from './recorder.ts'
import { createFolder, run, shell, simulate } from './run.ts'

const page = readFileSync(new URL('../../../docs/command-line.md', import.meta.url), 'utf8')
const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)]
  .flatMap(([, block = '']) => block.trimEnd().split('\n'))
  .filter((line) => line.includes('payment-status') && !line.startsWith('npx'))
const serving = (line: string) => / (simulate|track|record)\b/.test(line)
/** The shop of the page, and ports that no other test uses. */
const inPlace = (line: string) =>
  line
    .replaceAll('http://localhost:3000', shop)
    .replace(/--port \d+/, '--port 0')
    .replace(/(payment-status record)/, '$1 --port 0 --api-port 0')
    .replace(/(payment-status replay)/, '$1 --api-port 0')

const { path: cwd, write } = createFolder()
const env: Record<string, string> = {}
let shop = ''

beforeAll(async () => {
  const server = await simulate({ startAt: new Date('2026-11-20T10:00:00Z') })
  const { id } = await server.simulator.start({ provider: 'stripe', reference: 'order-1001' })
  await server.simulator.start({ provider: 'stripe', reference: 'order-1002' })
  const webhook = checkoutComFixtures.payments.find(({ title }) => title.includes('approved, by webhook'))
  const body = String((await webhook?.webhook?.())?.rawBody)
  const { headers } = await signWebhook(body, checkoutComFixtures.secrets.webhookSecrets)
  const answer = onerwayFixtures.payments.find(({ response }) => response)?.response
  mkdirSync(join(cwd, '.payment-status'), { mode: 0o700 })
  write('webhook.json', body)
  write('answer.json', JSON.stringify(answer))
  write('onerway-answer.json', JSON.stringify(answer?.body))
  write('books.csv', `id,reference,status,amount,currency\n${id},order-1001,captured,2600,EUR\n`)
  const recorded = { format: 1, kind: 'delivery', provider: 'checkout-com', redactedWords: 0 }
  mkdirSync(join(cwd, 'recordings'), { mode: 0o700 })
  write('recordings/0001-checkout-com-delivery.json', JSON.stringify({ ...recorded, body: JSON.parse(body) }))
  shop = await serve(async () => new Response())
  const { 'cko-signature': signature = '' } = headers as Record<string, string>
  // The page's `order` warns of a provider that has no lookup by reference, so none of those is configured here.
  const asked = Object.entries(server.env).filter(([name]) => !name.startsWith('PAYPAL_'))
  Object.assign(env, Object.fromEntries(asked), { SIGNATURE: signature, PAYMENT: id })
})

describe('the signature check of the page accepts a genuine message and no forged one', () => {
  const secret = `whsec_${Buffer.from('made up, and long enough to sign').toString('base64')}`
  const body = '{"type":"payment.changed"}'
  const signed = (at: Date) => ({
    id: 'change-1',
    timestamp: String(Math.floor(at.getTime() / 1000)),
    signature: new Webhook(secret).sign('change-1', at, body),
  })
  const fresh = signed(new Date())
  const messages = [
    [{ ...fresh, secret, body }, true],
    [{ ...fresh, secret, body: `${body} ` }, false],
    [{ ...fresh, secret, body, id: 'change-2' }, false],
    [{ ...signed(new Date(Date.now() - 600_000)), secret, body }, false],
  ] as const
  const given = JSON.stringify(messages.map(([message]) => message))
  const languages = {
    php: (code: string) => [
      'php',
      '-r',
      `foreach (json_decode($argv[1], true) as $message) { extract($message); ${code} echo json_encode($isGenuine), "\n"; }`,
    ],
    python: (code: string) => [
      'python3',
      '-c',
      `import json, sys
for message in json.loads(sys.argv[1]):
    values = {**message, "body": message["body"].encode()}
    exec(${JSON.stringify(code)}, values)
    print(json.dumps(values["is_genuine"]))`,
    ],
  }

  it.each(Object.entries(languages))('%s', (name, toCommand) => {
    const [, code = ''] = new RegExp(`^\`\`\`${name}\\n(.*?)^\`\`\`$`, 'ms').exec(page) ?? []
    expect(code).not.toBe('')
    const [command = '', ...args] = toCommand(code)
    const { stdout, stderr, error } = spawnSync(command, [...args, given], { encoding: 'utf8' })
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return // the language is not installed
    expect([stderr, stdout.trim().split('\n')]).toEqual([
      '',
      messages.map(([, isGenuine]) => String(isGenuine)),
    ])
  })
})

describe('every command of the page runs', () => {
  it('there are some', () => {
    expect(commands.length).toBeGreaterThan(18)
  })

  it.each(commands.filter((line) => !serving(line)))(
    '%s',
    async (line) => {
      const { 1: wanted = '0' } = / {2}# exits (\d)$/.exec(line) ?? []
      const { code, stdout, stderr } = await shell(inPlace(line), { env, cwd })
      expect({ code, stderr }).toEqual({ code: Number(wanted), stderr: '' })
      if (!/>|source/.test(line)) expect(stdout).not.toBe('')
      if (line.includes('--json')) for (const row of stdout.trimEnd().split('\n')) JSON.parse(row)
    },
    120_000,
  )

  it.each(commands.filter(serving))(
    '%s',
    async (line) => {
      const [, ...args] = inPlace(line).match(/'[^']*'|\S+/g) ?? []
      const ending = new AbortController()
      let said = ''
      const running = run(
        args.map((part) => part.replaceAll("'", '')),
        {
          env,
          cwd,
          signal: ending.signal,
          onStdout(text) {
            said = text
          },
        },
      )
      await expect.poll(() => said, { timeout: 90_000 }).toContain('http://127.0.0.1:')
      ending.abort()
      expect(await running).toMatchObject({ code: 0 })
    },
    120_000,
  )
})

it('every command is on the page, and every variable', async () => {
  const { stdout } = await run(['--help'])
  const names = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name)
  const missing = names.filter(
    (name) => !['help'].includes(name) && !commands.some((line) => line.includes(`payment-status ${name}`)),
  )
  expect(missing).toEqual([])
  const { knownProviders } = await import('../src/providers.ts')
  const all = [
    ...knownProviders.flatMap(({ environment }) => environment.variables),
    'DATABASE_URL',
    'PAYMENT_STATUS_TOKEN',
    'CHANGES_URL',
    'CHANGES_SECRET',
  ]
  expect(all.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
