import { Writable } from 'node:stream'
import { createTerminal } from '../packages/cli/src/terminal.ts'
import {
  isPaymentError,
  outcomeOf,
  type PaymentProvider,
  type WebhookEvent,
} from '../packages/core/src/index.ts'
import type { SimulatedHappening, SimulatedPayment } from '../packages/core/src/kit/index.ts'
import { onerwayHostedSimulation, onerwaySimulation } from '../packages/onerway/src/fixtures/index.ts'
import { createOnerway, signWebhook } from '../packages/onerway/src/index.ts'
import { storable, toJson } from '../packages/tracker/src/store/sql.ts'
import { providers } from './providers.ts'

type Random = () => number
type Fields = Readonly<Record<string, string>>

/** Attack that is more than an altered message. */
interface Attack {
  readonly name: string
  /** Returns what is wrong, or `undefined`. */
  play(random: Random): Promise<string | undefined>
}

const pick = <Item>(items: readonly Item[], random: Random): Item =>
  items[Math.floor(random() * items.length)] as Item
const upTo = (most: number, random: Random): number => Math.floor(random() * (most + 1))

// Onerway signs the values of a notification, in the order of their names and without separators. Who has one genuine
// notification can cut the text anew, and change the fields that are not signed at will.
const unsignedNames = [
  'originTransactionId',
  'originMerchantTxnId',
  'paymentMethod',
  'walletTypeName',
  'periodValue',
  'tokenExpireTime',
]
const integrations = [
  ['direct', onerwaySimulation],
  ['hosted', onerwayHostedSimulation],
] as const
let serials = 0

/** Makes the genuine notifications of a payment that lives through the events. */
async function notify(
  [, simulation]: (typeof integrations)[number],
  ...kinds: readonly SimulatedHappening[]
): Promise<readonly Fields[]> {
  const at = new Date('2026-03-02T10:00:00Z')
  const payment: SimulatedPayment = {
    provider: simulation.provider,
    id: simulation.createId(++serials, at),
    reference: `order-${1000 + serials}`,
    amount: { amount: 2500 + serials, currency: 'USD' },
    capture: 'automatic',
    createdAt: at.toISOString(),
    steps: kinds.map((kind, index) => ({ ...kind, number: index + 1, at: at.toISOString() })),
  }
  const deliveries = await simulation.createWebhooks(payment)
  return deliveries.map(({ rawBody }) => JSON.parse(String(rawBody)) as Fields)
}

function readOnerway([integration, simulation]: (typeof integrations)[number], fields: object) {
  const provider = createOnerway({
    ...simulation.secrets,
    environment: 'sandbox',
    integration,
    webhooks: 'believe',
    fetch: async () => new Response(null, { status: 503 }),
    retries: 0,
  })
  return provider.readWebhook({ rawBody: JSON.stringify(fields), headers: {} })
}

/** Cuts the signed text anew, so that as many of the wanted values as possible stand under their names. */
function recut(genuine: Fields, wanted: Fields, random: Random): Record<string, string> {
  const isSigned = (name: string) => name !== 'sign' && !unsignedNames.includes(name)
  const names = [...new Set([...Object.keys(genuine), ...Object.keys(wanted)])].filter(isSigned).toSorted()
  const text = names.map((name) => String(genuine[name] ?? '')).join('')
  const made: Record<string, string> = { sign: String(genuine.sign) }
  let at = 0
  for (const [index, name] of names.entries()) {
    const value = wanted[name]
    if (value === undefined) {
      // Takes what stands before the next wanted value, or any part of the rest.
      const next = names.slice(index + 1).flatMap((later) => wanted[later] ?? [])[0]
      const found = next === undefined ? -1 : text.indexOf(next, at + upTo(40, random))
      const end = random() < 0.5 && found >= at ? found : at + upTo(Math.min(60, text.length - at), random)
      made[name] = text.slice(at, end)
      at = end
      continue
    }
    if (text.startsWith(value, at)) {
      made[name] = value
      at += value.length
    }
  }
  // What is left has to stand under the last name.
  const last = names.at(-1) ?? 'z'
  made[last] = `${made[last] ?? ''}${text.slice(at)}`
  for (const name of unsignedNames)
    if (random() < 0.5) made[name] = pick(['', 'VISA', 'order-1', '2000000000000000001'], random)
  return Object.fromEntries(Object.entries(made).filter(([, value]) => value !== ''))
}

function toWanted({ merchantNo }: Fields, random: Random): Fields {
  return {
    merchantNo: String(merchantNo),
    status: 'S',
    ...(random() < 0.5 ? { paymentStatus: 'S' } : {}),
    ...(random() < 0.5 ? { notifyType: 'TXN' } : {}),
  }
}

const neighbours = [
  'scenarios',
  'subscriptionStatus',
  'tokenId',
  'contractId',
  'metaData',
  'products',
] as const
const neighbourTexts = ['', 'SUBSCRIPTION', 'CARD_ON_FILE_S', 'S', 'xSx', '{"type":"SALE"}']

/** Text in the optional fields, some of which are signed next to the status. */
function makeNeighbours(random: Random): Fields {
  return Object.fromEntries(neighbours.map((name) => [name, pick(neighbourTexts, random)]))
}

async function signAgain([, { secrets }]: (typeof integrations)[number], fields: Fields): Promise<Fields> {
  const { sign: _, ...signed } = fields
  const { rawBody } = await signWebhook(signed, secrets.secretKey)
  return JSON.parse(String(rawBody)) as Fields
}

/** Leaves everything as it is but the fields around the status, which are cut anew at one S in their text. */
function cutAtStatus(genuine: Fields, random: Random): Record<string, string> {
  const before = ['scenarios', 'settleRate']
  const after = ['subscriptionStatus', 'tokenId']
  const text = [...before, 'status', ...after].map((name) => genuine[name] ?? '').join('')
  const places = [...text.matchAll(/S/g)].map(({ index }) => index)
  const at = places.length > 0 ? pick(places, random) : 0
  const made: Record<string, string> = { ...genuine, status: text.slice(at, at + 1) }
  for (const name of [...before, ...after]) made[name] = ''
  made[pick(before, random)] = text.slice(0, at)
  made[pick(after, random)] = text.slice(at + 1)
  return made
}

function isTaken(event: WebhookEvent): boolean {
  return event.kind === 'payment' && ['paid', 'returned'].includes(outcomeOf(event.report.payment.status))
}

const declined: SimulatedHappening = { kind: 'declined', reason: 'insufficient_funds' }

const onerwayAttacks: readonly Attack[] = [
  {
    name: 'a half-signed notification of a decline, trusted',
    async play(random) {
      const integration = pick(integrations, random)
      const [plain] = await notify(integration, declined)
      if (!plain) return undefined
      const genuine = await signAgain(integration, { ...plain, ...makeNeighbours(random) })
      const forged =
        random() < 0.5 ? cutAtStatus(genuine, random) : recut(genuine, toWanted(genuine, random), random)
      const event = await readOnerway(integration, forged).catch((error) => error)
      return 'kind' in event && isTaken(event) ? 'a declined attempt was read as paid' : undefined
    },
  },
  {
    name: 'a notification with other unsigned fields, trusted',
    async play(random) {
      const integration = pick(integrations, random)
      const [genuine] = await notify(integration, declined)
      if (!genuine) return undefined
      const fields: Record<string, unknown> = { ...genuine }
      for (const name of unsignedNames)
        fields[name] = pick(['S', 'order-1', '2000000000000000001', null], random)
      const event = await readOnerway(integration, fields).catch((error) => error)
      return 'kind' in event && isTaken(event) ? 'a declined attempt was read as paid' : undefined
    },
  },
  {
    name: 'a chargeback whose unsigned fields name another payment',
    async play(random) {
      const integration = pick(integrations, random)
      const amount = { kind: 'captured', amount: 2500 } as const
      const [genuine] = await notify(integration, amount, { kind: 'disputed' })
      if (!genuine) return undefined
      const other = `20000000000000000${10 + upTo(89, random)}`
      const reference = `order-${upTo(99, random)}`
      const fields = {
        ...genuine,
        ...(random() < 0.8 ? { originTransactionId: other } : {}),
        ...(random() < 0.8 ? { originMerchantTxnId: reference } : {}),
      }
      const event = await readOnerway(integration, fields).catch((error) => error)
      if (!('kind' in event) || event.kind !== 'dispute') return undefined
      // Operations of the key are only looked up with the payment that it names.
      const named = event.key && ('id' in event.key ? event.key.id : event.key.reference)
      const isOther = named === other || named === reference
      return isOther && event.dispute.proven !== false ? 'unsigned fields proved a dispute' : undefined
    },
  },
]

const oddTexts = [
  '\0',
  '\ud800',
  '\udc00',
  '\ud83d\ude00',
  '\\u0000',
  '\\',
  '"',
  '\n',
  '\u001b[2J',
  '\u202e',
  '\u2028',
  '\u009b',
  'é',
  'a',
  '\t',
  '\ufeff',
]

function makeText(random: Random): string {
  return Array.from({ length: upTo(12, random) }, () => pick(oddTexts, random)).join('')
}

function makeValue(random: Random, depth = 0): unknown {
  const dice = random()
  if (dice < 0.5 || depth > 3) return makeText(random)
  if (dice < 0.7) return Array.from({ length: upTo(3, random) }, () => makeValue(random, depth + 1))
  return Object.fromEntries(
    Array.from({ length: upTo(3, random) }, () => [makeText(random), makeValue(random, depth + 1)]),
  )
}

const unstorable = /\0|\p{Surrogate}/u

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [name, ...textsIn(member)])
}

const textAttacks: readonly Attack[] = [
  {
    name: 'text that PostgreSQL cannot store',
    async play(random) {
      const value = makeValue(random)
      if (textsIn(JSON.parse(toJson(value))).some((text) => unstorable.test(text)))
        return 'JSON keeps such text'
      return unstorable.test(storable(makeText(random))) ? 'a text keeps such a character' : undefined
    },
  },
  {
    name: 'control characters in what the command line prints',
    async play(random) {
      let printed = ''
      const stream = () =>
        new Writable({
          write(chunk, _, done) {
            printed += String(chunk)
            done()
          },
        })
      const { signal } = new AbortController()
      const terminal = createTerminal({
        stdin: process.stdin,
        stdout: stream(),
        stderr: stream(),
        env: {},
        cwd: '/',
        signal,
      })
      const value = makeValue(random)
      await terminal.writeLine(makeText(random), { text: makeText(random), color: 'red' })
      await terminal.writeJson(value)
      terminal.warn(makeText(random))
      terminal.warnJson(value)
      terminal.close()
      const lines = printed.split('\n')
      if (lines.length !== 5) return 'a text began a line of its own'
      return lines.some((line) => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(line))
        ? 'a control character was printed'
        : undefined
    },
  },
]

const retryAfters = [
  '0',
  '1',
  '-1',
  '1.5',
  '1e9',
  '1e400',
  'NaN',
  'Infinity',
  '3601',
  '4102444800',
  '9'.repeat(400),
  'soon',
  '',
  ' 5 ',
  '0x10',
  '5;5',
  '1,2',
  'Fri, 31 Dec 2082 23:59:59 GMT',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Sun, 99 Foo 2026 00:00:00 GMT',
  '2082-01-01',
]
const HOUR = 3_600_000

const answerAttacks: readonly Attack[] = providers.flatMap(
  ({ name, fixtures, create }): readonly Attack[] => [
    {
      name: 'a hostile Retry-After',
      async play(random) {
        const header = pick(retryAfters, random)
        const fetch = async () =>
          new Response('{}', { status: pick([429, 503], random), headers: { 'retry-after': header } })
        const provider = create({ retries: 0, fetch })
        if (provider.answers?.lookup === 'none') return undefined
        const error: unknown = await provider.lookup(fixtures.payments[0]?.id ?? '').catch((thrown) => thrown)
        if (!isPaymentError(error)) return `${name}: the error is not a PaymentError`
        const { retryAfterMs = 0 } = error
        return retryAfterMs >= 0 && retryAfterMs <= HOUR
          ? undefined
          : `${name}: a pause of ${retryAfterMs} ms`
      },
    },
  ],
)

const LENGTH = 200_000
/** Texts that a reader with a loop in a loop takes minutes for. */
const longTexts: readonly ((length: number) => string)[] = [
  (length) => '['.repeat(length),
  (length) => '{"a":'.repeat(length / 5),
  (length) => '"'.repeat(length),
  (length) => '\\'.repeat(length),
  (length) => `{"a":"${'\\'.repeat(length)}`,
  (length) => `{${'"a":1,'.repeat(length / 6)}"b":2}`,
  (length) => `{"a":"${'4242 '.repeat(length / 5)}"}`,
  (length) => ' '.repeat(length),
  (length) => `https://shop.example/?${'a=b&'.repeat(length / 4)}`,
  (length) => `https://shop.example/${'%'.repeat(length)}`,
  (length) => `t=1,${'v1=0,'.repeat(length / 5)}`,
]
/** Seconds of processor time: a linear reader takes hundredths. */
const LONGEST = 3

const sizeAttacks: readonly Attack[] = providers.map(({ name, create }) => ({
  name: 'a long text',
  async play(random) {
    const text = pick(longTexts, random)(LENGTH)
    const provider: PaymentProvider = create({})
    const headers = {
      'stripe-signature': text,
      'cko-signature': text,
      'x-signature': text,
      'x-rh-signature': text,
    }
    const before = process.cpuUsage()
    await provider.readWebhook({ rawBody: text, headers }).catch(() => {})
    for (const read of [() => provider.readReturn(text), () => provider.readClientResult(text)]) {
      try {
        read()
      } catch {}
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000_000 > LONGEST ? `${name}: a reader took seconds` : undefined
  },
}))

/** In turn: the quick kinds often, long texts seldom. */
const attacks: readonly Attack[] = [
  ...Array.from({ length: 12 }, () => [...onerwayAttacks, ...textAttacks, ...answerAttacks]).flat(),
  ...sizeAttacks,
]

/** Plays one attack. Returns its name, and what is wrong. */
export async function playHostile(
  index: number,
  random: Random,
): Promise<{ readonly name: string; readonly fault: string | undefined }> {
  const attack = attacks[index % attacks.length] as Attack
  return { name: attack.name, fault: await attack.play(random) }
}
