import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { WebhookDelivery } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { recordedProviders } from '../src/recorder/providers.ts'
import { simulatedProviders } from '../src/simulations.ts'
import { readFiles, serve, start } from './recorder.ts'
import { createFolder, run } from './run.ts'

/** Characters of a planted value that are searched for, in a text of letters and digits only. */
const CORE = 14

/** Makes values that must not be kept, each of them different, and remembers what to search for. */
function createGarden() {
  const cores = new Set<string>()
  let serial = 0
  let state = 20_261_130
  const random = (size: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * size)
  }
  const some = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[random(alphabet.length)]).join('')
  const letters = (length: number) => some('abcdefghijklmnopqrstuvwxyz', length)
  const digits = (length: number) => `4${some('0123456789', length - 1)}`
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
  const mark = (value: string) => {
    cores.add(toPlain(value).slice(0, CORE))
    return value
  }
  const name = () => mark(`${capital(letters(7))} ${capital(letters(9))}`)
  const kinds: readonly (() => string)[] = [
    name,
    () => mark(`${letters(8)}.${letters(8)}@${letters(6)}.example`),
    () => mark(digits(16)),
    () => mark(digits(16).replaceAll(/(\d{4})(?=\d)/g, '$1 ')),
    () => mark(`DE89${digits(18)}`),
    () => mark(`sk_live_${letters(6)}${digits(14)}`),
    () => `tok_${mark(`${letters(4)}${digits(6)}${letters(8)}`)}`,
    () => mark(`${capital(letters(12))} Street ${digits(3)}`),
    () => mark(`+49 ${digits(3)} ${digits(11)}`),
    () => `whsec_${mark(letters(20))}`,
    () => JSON.stringify({ holder: { name: name() }, [mark(letters(16))]: [mark(digits(16))] }),
    () => mark(Buffer.from(`{"name":"${name()}"}`).toString('base64')),
    () => `https://${mark(`${letters(16)}.example`)}/${mark(letters(16))}?email=${mark(letters(16))}`,
    () => encodeURIComponent(name()),
    () => mark(`${letters(8)}-${digits(4)}-${letters(10)}`),
  ]
  return {
    cores,
    text: () => kinds[serial++ % kinds.length]?.() ?? '',
    number: () => Number(mark(digits(15))),
    key: () => mark(`${letters(9)}_${letters(9)}`),
  }
}
type Garden = ReturnType<typeof createGarden>

function toPlain(text: string): string {
  return text.replaceAll(/[^\da-z]/gi, '').toLowerCase()
}

/** Plants values into a JSON value: instead of some of its leaves, and under new fields of every object. */
function plant(value: unknown, garden: Garden, keepsLeaf: () => boolean): unknown {
  if (Array.isArray(value)) return [...value.map((item) => plant(item, garden, keepsLeaf)), garden.text()]
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => [name, plant(member, garden, keepsLeaf)])
    const added = [
      ['email', garden.text()],
      ['name', garden.text()],
      ['number', garden.number()],
      ['metadata', { [garden.key()]: garden.text(), status: garden.text(), order_id: garden.text() }],
      [garden.key(), { [garden.key()]: [garden.text(), { [garden.key()]: garden.number() }] }],
    ]
    return Object.fromEntries([...members, ...added])
  }
  if (keepsLeaf()) return value
  return typeof value === 'number' ? garden.number() : typeof value === 'string' ? garden.text() : value
}

/** Runs a simulated provider, and returns the bodies of its webhooks and of its query API. */
async function bodiesOf(provider: string): Promise<readonly unknown[]> {
  const simulated = simulatedProviders.find(({ name }) => name === provider)
  const bodies: unknown[] = []
  const parse = ({ rawBody }: Pick<WebhookDelivery, 'rawBody'>) =>
    JSON.parse(typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody))
  for (const { webhook, response } of simulated?.fixtures.payments ?? []) {
    if (webhook) bodies.push(parse(await webhook()))
    if (response) bodies.push(response.body)
  }
  return bodies
}

describe('a recording holds none of 10,000 planted values', () => {
  it('in its files, their names, and what the commands print', async () => {
    const garden = createGarden()
    const folder = join(createFolder().path, 'recording')
    const secrets = simulatedProviders.map(({ variables }) => variables)
    const answers: string[] = []
    // Query API that answers with planted bodies and headers.
    const upstream = await serve(async (request) => {
      const certificate = recordedProviders.find(({ certificates }) =>
        certificates ? request.url.includes(certificates.path) : false,
      )?.certificates
      if (certificate) return new Response(certificate.answer())
      return Response.json(JSON.parse(answers.pop() ?? '{}'), {
        headers: { 'x-shopper': encodeURIComponent(garden.text()), 'set-cookie': `session=${garden.key()}` },
      })
    })
    const baseUrls = Object.fromEntries(
      simulatedProviders.flatMap(({ name, variables }) =>
        Object.keys(variables).map((variable) => [
          `${variable.split('_')[0]}_BASE_URL`,
          `${upstream}/${name}`,
        ]),
      ),
    )
    const shop = await serve(async () => new Response(garden.text(), { status: 500 }))
    const recorder = await start(
      ['record', '--out', folder, '--port', '0', '--api-port', '0', '--forward', shop],
      { ...Object.assign({}, ...secrets), ...baseUrls },
    )
    const { url, api } = recorder.first as { readonly url: string; readonly api: string }
    const plantedHeaders = () => ({
      'x-customer': encodeURIComponent(garden.text()),
      cookie: `session=${garden.key()}`,
      'user-agent': garden.key(),
    })

    for (const { provider, sign } of recordedProviders) {
      const bodies = await bodiesOf(provider)
      for (const [index, body] of bodies.slice(0, 18).entries()) {
        let leaf = 0
        // Most bodies stay readable, some are planted in every field, the listed ones included.
        const planted = plant(body, garden, () => index % 4 !== 0 && leaf++ % 3 !== 0)
        const { rawBody, headers } = await sign(JSON.stringify(planted))
        await fetch(`${url}/webhooks/${provider}?customer=${encodeURIComponent(garden.text())}`, {
          method: 'POST',
          headers: { ...plantedHeaders(), ...(headers as Record<string, string>) },
          body: rawBody as BodyInit,
        })
        answers.push(JSON.stringify(plant(body, garden, () => index % 4 !== 0 && leaf++ % 3 !== 0)))
        const query = new URLSearchParams({
          [garden.key()]: garden.text(),
          reference: garden.text(),
          limit: garden.text(),
        })
        await fetch(`${api}/${provider}/v1/payments/${encodeURIComponent(garden.text())}?${query}`, {
          method: 'POST',
          headers: {
            ...plantedHeaders(),
            authorization: `Bearer ${garden.key()}`,
            'content-type': 'application/json',
          },
          body: JSON.stringify(plant({ merchantTxnIds: '', query: '' }, garden, () => false)),
        })
      }
    }
    const { stdout, stderr } = await recorder.stop()
    const explained = await run(['explain', folder])
    const files = readFiles(folder)

    expect(garden.cores.size).toBeGreaterThan(10_000)
    expect(files.length).toBe(new Set(files.map(({ name }) => name)).size)
    expect(files.length).toBeGreaterThan(80)
    expect(files.filter(({ name }) => (statSync(join(folder, name)).mode & 0o077) !== 0)).toEqual([])
    const found = [...files, { name: 'console', text: stdout + stderr + explained.stdout + explained.stderr }]
      .map(({ name, text }) => ({ name, found: findCores(name + text, garden.cores) }))
      .filter((file) => file.found.length > 0)
    expect(found).toEqual([])
    expect(findCores(`before ${[...garden.cores][0]} after`, garden.cores)).toHaveLength(1) // the search itself finds one
  })
})

function findCores(text: string, cores: ReadonlySet<string>): string[] {
  const plain = toPlain(text)
  const found: string[] = []
  for (let at = 0; at + CORE <= plain.length; at++) {
    const part = plain.slice(at, at + CORE)
    if (cores.has(part)) found.push(part)
  }
  return found
}
