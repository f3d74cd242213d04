import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { createFolder } from './run.ts'
import { changesSecret, startService } from './service.ts'

const hasPhp = spawnSync('php', ['--version']).status === 0

const shop = fileURLToPath(new URL('../../../examples/php-shop/', import.meta.url))
const token = 'made-up-token-for-tests'
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await promisify(server.close.bind(server))()
  return port
}

it.skipIf(!hasPhp)(
  'a small PHP shop, with a client made of the document, delivers each paid order of a day once',
  async () => {
    const state = join(createFolder().path, 'state.json')
    const port = await findPort()
    const env = {
      PATH: process.env.PATH,
      CHANGES_SECRET: changesSecret,
      PAYMENT_STATUS_TOKEN: token,
      STATE_FILE: state,
    }
    children.push(spawn('php', ['-S', `127.0.0.1:${port}`, join(shop, 'shop.php')], { env, stdio: 'ignore' }))
    const changes = `http://127.0.0.1:${port}`
    await expect
      .poll(
        () =>
          fetch(changes, { method: 'POST' }).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(401)
    const service = await startService(['--simulate', '--pace', '0', '--changes-url', changes], {
      env: { PAYMENT_STATUS_TOKEN: token, CHANGES_SECRET: changesSecret },
    })
    const { stdout } = await promisify(execFile)('php', [join(shop, 'day.php')], {
      env: { ...env, TRACKER_URL: service.url, ORDERS: '12' },
    })
    expect(stdout).toBe('404 not_found\nok captured 2\n')
    const answer = await fetch(`${service.url}/simulator/payments`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const payments = (await answer.json()) as { reference: string; truth: { status: string } }[]
    const paid = new Set(
      payments.filter(({ truth }) => truth.status === 'captured').map(({ reference }) => reference),
    )
    expect(paid.size).toBeGreaterThan(6)
    await expect
      .poll(
        () =>
          existsSync(state) ? JSON.parse(readFileSync(state, 'utf8') || '{}').delivered?.toSorted() : [],
        {
          timeout: 100_000,
          interval: 250,
        },
      )
      .toEqual([...paid].toSorted())
  },
  180_000,
)

it.skipIf(!hasPhp)('its signature check accepts what is genuine and nothing else', () => {
  const code = `require $argv[1]; [$body, $secret] = ['{"a":1}', $argv[2]]; $now = (string) time();
    $sign = fn ($at, $key) => 'v1,' . base64_encode(hash_hmac('sha256', "id.$at.$body", base64_decode(substr($key, 6)), true));
    $old = (string) (time() - 600); $right = $sign($now, $secret);
    echo json_encode([is_genuine($body, 'id', $now, $right, $secret), is_genuine($body, 'id', $now, "v1,x $right", $secret),
      is_genuine("$body ", 'id', $now, $right, $secret), is_genuine($body, 'other', $now, $right, $secret),
      is_genuine($body, 'id', $old, $sign($old, $secret), $secret), is_genuine($body, 'id', $now, '', $secret),
      is_genuine($body, 'id', $now, $sign($now, 'whsec_' . base64_encode('another secret of the right length')), $secret)]);`
  const results = execFileSync('php', ['-r', code, join(shop, 'shop.php'), changesSecret], {
    encoding: 'utf8',
  })
  expect(JSON.parse(results)).toEqual([true, true, false, false, false, false, false])
})
