import { inspect, parseArgs } from 'node:util'
import {
  isPaymentError,
  outcomeOf,
  type PaymentHint,
  type PaymentProvider,
  type PaymentReport,
  paymentStatuses,
  type WebhookDelivery,
  type WebhookEvent,
} from '../packages/core/src/index.ts'
import type { ProviderFixtures } from '../packages/core/src/kit/index.ts'
import { onerwayFixtures, onerwayHostedFixtures } from '../packages/onerway/src/fixtures/index.ts'
import { createOnerway, signWebhook as signOnerway } from '../packages/onerway/src/index.ts'
import { playHostile } from './fuzz-hostile.ts'
import { providers } from './providers.ts'

type Members = Readonly<Record<string, unknown>>
type Random = () => number

/** A provider under test, with what its fixtures hold and how its messages state that money was taken. */
interface Subject {
  readonly name: string
  readonly fixtures: ProviderFixtures
  create(fetch: (request: Request) => Promise<Response>): PaymentProvider
  sign(rawBody: string): Promise<WebhookDelivery>
  /** Returns whether an object of the provider states that money was taken. Independent of the adapter's code. */
  saysPaid(members: Members): boolean
  /** Keys to look up. */
  readonly ids: readonly string[]
  readonly references: readonly string[]
  /** Response bodies of the provider's API. */
  readonly answers: unknown[]
  /** Genuine webhooks. */
  readonly webhooks: WebhookDelivery[]
}

const plantedCard = '4242-4242.4242 4242'
const plantedSecret = 'sk_live_planted7f3a'
const plantedText = 'planted 7f3a'
const planted = [plantedCard, plantedSecret, plantedText]

const oddValues: readonly unknown[] = [
  ...[
    null,
    undefined,
    '',
    ' ',
    '0',
    '-1',
    '1.5',
    '1e9',
    '999999999999999999999',
    0,
    -1,
    0.1,
    1e21,
    2 ** 53,
    -0,
  ],
  ...[
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    false,
    [],
    {},
    [[]],
    [null],
    '__proto__',
    'constructor',
    'toString',
  ],
  ...[
    '2026-02-30T00:00:00Z',
    '9999-12-31T23:59:59Z',
    'javascript:alert(1)',
    'https:evil.test',
    '\u0000',
    '\ud800',
    'é',
  ],
  ...['x'.repeat(5000), ...planted],
]

function createSubject(subject: Omit<Subject, 'ids' | 'references' | 'answers' | 'webhooks'>): Subject {
  const { payments } = subject.fixtures
  const ids = [...new Set(payments.map(({ id }) => id))]
  return { ...subject, ids, references: ['order-1001', 'order-1', 'ORDER 1'], answers: [], webhooks: [] }
}

const onerways = (['direct', 'hosted'] as const).flatMap((integration) =>
  (['recheck', 'believe'] as const).map((webhooks) => ({ integration, webhooks })),
)
const subjects: readonly Subject[] = [
  ...providers.map(({ name, fixtures, simulation, recording, create }) =>
    createSubject({
      name,
      fixtures,
      create: (fetch) => create({ retries: 0, fetch: toFetch(fetch) }),
      sign: (rawBody) => recording.sign(rawBody, simulation.secrets),
      saysPaid: toSaysPaid(fixtures),
    }),
  ),
  // Onerway's other integration, and its webhooks trusted.
  ...onerways.map(({ integration, webhooks }) => {
    const fixtures = integration === 'hosted' ? onerwayHostedFixtures : onerwayFixtures
    const { secrets } = fixtures
    return createSubject({
      name: `onerway ${integration} ${webhooks}`,
      fixtures,
      create: (fetch) =>
        createOnerway({
          ...secrets,
          environment: 'sandbox',
          integration,
          webhooks,
          retries: 0,
          fetch: toFetch(fetch),
        }),
      sign: (rawBody) => signOnerway(rawBody, secrets.secretKey),
      saysPaid: toSaysPaid(fixtures),
    })
  }),
]

function toSaysPaid({ provider, statesPaid }: ProviderFixtures): Subject['saysPaid'] {
  if (statesPaid) return statesPaid
  throw new Error(`the fixtures of ${provider} must have statesPaid`)
}

function toFetch(answer: (request: Request) => Promise<Response>) {
  return (input: string | URL | Request, init?: RequestInit) => answer(new Request(input, init))
}

/** Creates a generator of numbers in [0, 1), the same for the same seed (mulberry32). */
function createRandom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const pick = <Item>(items: readonly Item[], random: Random): Item =>
  items[Math.floor(random() * items.length)] as Item

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copy)
  const made: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    put(made, name, copy((value as Members)[name]))
  }
  return made
}

/** Sets a property as JSON.parse does: `__proto__` is an ordinary name. */
function put(holder: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, writable: true, configurable: true })
}

/** Returns every property in a value, as pairs of holder and name. */
function placesIn(value: unknown, places: [Record<string, unknown>, string][] = []) {
  if (typeof value !== 'object' || value === null) return places
  for (const name of Object.keys(value)) {
    const holder = value as Record<string, unknown>
    places.push([holder, name])
    placesIn(holder[name], places)
  }
  return places
}

/** Returns a copy with one to four parts altered. */
function alter(original: unknown, words: readonly string[], random: Random): unknown {
  const root = { value: copy(original) }
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes--) {
    const places = placesIn(root)
    if (places.length === 0) break
    const [holder, name] = pick(places, random)
    const [other, otherName] = pick(places, random)
    const dice = random()
    if (dice < 0.35) holder[name] = copy(pick(oddValues, random))
    else if (dice < 0.55) holder[name] = pick(words, random)
    else if (dice < 0.65) delete holder[name]
    else if (dice < 0.75) holder[name] = copy(other[otherName])
    else if (dice < 0.8) holder[name] = [holder[name], copy(holder[name])]
    else if (dice < 0.85) holder[name] = JSON.parse(nest(holder[name], 1 + Math.floor(random() * 50)))
    else if (dice < 0.9)
      put(
        holder,
        pick([plantedText, plantedSecret, '__proto__', 'id', 'status'], random),
        copy(pick(oddValues, random)), // the list itself must stay as it is
      )
    else if (typeof holder[name] === 'string') holder[name] = bend(holder[name], random)
    else if (typeof holder[name] === 'number')
      holder[name] = pick([-holder[name], holder[name] + 0.5, holder[name] * 1e15, `${holder[name]}`], random)
  }
  return root.value
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function nest(value: unknown, depth: number): string {
  return '['.repeat(depth) + (JSON.stringify(value) ?? 'null') + ']'.repeat(depth)
}

function bend(text: string, random: Random): string {
  const at = Math.floor(random() * (text.length + 1))
  return pick(
    [
      text.slice(0, at),
      text + text,
      text.toUpperCase(),
      text.slice(0, at) + plantedCard + text.slice(at),
      `${text} `,
    ],
    random,
  )
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

function* objectsIn(value: unknown): Generator<Members> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Members
  for (const member of Object.values(value)) yield* objectsIn(member)
}

/** Returns what is wrong with an answer, or `undefined`. */
function findFault(answer: unknown, input: unknown, subject: Subject): string | undefined {
  const { evidence, kind } = (answer ?? {}) as { evidence?: string; kind?: string }
  if (evidence === 'hint') return 'status' in (answer as PaymentHint) ? 'a hint has a status' : undefined
  if (evidence === 'report') return findFaultOfReport(answer as PaymentReport, input, subject)
  if (Array.isArray(answer)) {
    return answer.map((report) => findFaultOfReport(report as PaymentReport, input, subject)).find(Boolean)
  }
  if (kind === 'payment') {
    if (subject.name.endsWith('recheck')) return 'a notification-only webhook was read as a report'
    const { report } = answer as Extract<WebhookEvent, { kind: 'payment' }>
    return findFaultOfReport(report, input, subject)
  }
  if (kind === 'operation') {
    const { operation } = answer as Extract<WebhookEvent, { kind: 'operation' }>
    const isTaken = operation.status === 'succeeded' && ['capture', 'payment'].includes(operation.kind)
    const isStated = [...objectsIn(input)].some((members) => subject.saysPaid(members))
    return isTaken && !isStated ? 'money was taken, though no part of the message states it' : undefined
  }
  if (kind === 'several') {
    const { events } = answer as Extract<WebhookEvent, { kind: 'several' }>
    return events.map((event) => findFault(event, input, subject)).find(Boolean)
  }
  return ['recheck', 'dispute', 'unreadable', 'unrelated'].includes(kind ?? '')
    ? undefined
    : 'an event of an unknown kind'
}

function findFaultOfReport({ payment }: PaymentReport, input: unknown, subject: Subject): string | undefined {
  if (!paymentStatuses.includes(payment.status)) return 'an unknown status'
  const isPaid = ['paid', 'returned'].includes(outcomeOf(payment.status))
  if (isPaid && ![...objectsIn(input)].some((members) => subject.saysPaid(members)))
    return 'paid, though no part of the message states it'
  const { amount, authorized, captured, refunded, decline, action } = payment
  const amounts = [amount?.amount, authorized, captured, refunded].filter((one) => one !== undefined)
  if (!amounts.every((one) => Number.isSafeInteger(one) && one >= 0))
    return 'an amount that is not a safe integer of minor units'
  if (/\d(?:[^\p{L}\p{N}]{0,3}\d){11}/u.test(decline?.message ?? '')) return 'a card number in a decline'
  if (action?.kind === 'redirect' && !/^https?:\/\/./.test(action.url))
    return 'a redirect to something other than a page'
  return undefined
}

function findFaultOfError(error: unknown): string | undefined {
  if (!isPaymentError(error)) return 'an error that is not a PaymentError'
  const shown = inspect(error, { depth: 9, showHidden: true })
  const secrets = subjects
    .flatMap(({ fixtures }) => Object.values(fixtures.secrets))
    .filter((secret) => secret.length > 12)
  const leak = [...planted, '4242424242424242', ...secrets].find((text) => shown.includes(text))
  return leak === undefined ? undefined : 'a planted value in an error'
}

/** One input, its source, and the call that reads it. */
interface Attempt {
  readonly source: string
  readonly input: unknown
  read(provider: PaymentProvider): unknown
}

async function createAttempt(
  subject: Subject,
  words: readonly string[],
  random: Random,
): Promise<Attempt | undefined> {
  const fixture = pick(subject.fixtures.payments, random)
  const dice = random()
  if (dice < 0.35) {
    if (!fixture.response) return undefined
    const { body, sent } = fixture.response
    const input = {
      body: alter(body, words, random),
      sent: random() < 0.1 ? alter(sent ?? {}, words, random) : sent,
    }
    return { source: 'response', input, read: (provider) => provider.readResponse(input.body, input.sent) }
  }
  if (dice < 0.7) {
    const genuine = pick(subject.webhooks, random)
    const original = String(genuine.rawBody)
    const altered = JSON.stringify(alter(JSON.parse(original), words, random) ?? null)
    const input: unknown = JSON.parse(altered)
    if (random() < 0.2 || typeof input !== 'object' || input === null || Array.isArray(input)) {
      const rawBody = random() < 0.5 ? altered : bend(original, random)
      return {
        source: 'forged webhook',
        input: toJson(rawBody),
        read: (provider) => readForged(provider, { ...genuine, rawBody }, original),
      }
    }
    const delivery = await subject.sign(altered)
    return { source: 'webhook', input, read: (provider) => provider.readWebhook(delivery) }
  }
  if (dice < 0.84) {
    if (fixture.clientResult === undefined) return undefined
    const input = alter(fixture.clientResult, words, random)
    return { source: 'client result', input, read: (provider) => provider.readClientResult(input) }
  }
  if (dice < 0.94) {
    if (fixture.returnUrl === undefined) return undefined
    const input = alter(fixture.returnUrl.split(/(?<=[?&=])|(?=[?&=])/), words, random)
    const url = Array.isArray(input) && random() < 0.9 ? Array.prototype.join.call(input, '') : input
    return { source: 'return URL', input: url, read: (provider) => provider.readReturn(url as string) }
  }
  return createQuery(subject, words, random)
}

/** Creates a lookup or list whose responses are altered. Responses repeat from the sixth on, so that paging ends. */
function createQuery(subject: Subject, words: readonly string[], random: Random): Attempt {
  const status = random() < 0.9 ? 200 : pick([201, 204, 302, 400, 401, 404, 408, 422, 429, 500, 503], random)
  const isGarbled = random() < 0.05
  const id = pick(subject.ids, random)
  const reference = pick(random() < 0.8 ? words : subject.references, random)
  const range = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-03-01T00:00:00Z') }
  const dice = random()
  const query = async (provider: PaymentProvider) => {
    if (dice < 0.5) return provider.lookup(id)
    if (dice < 0.8) return provider.lookupByReference(reference)
    const reports: PaymentReport[] = []
    for await (const report of provider.list(range)) if (reports.push(report) > 500) break
    return reports
  }
  const answers: unknown[] = []
  let requests = 0
  const answer = async () => {
    if (requests++ < 6) answers.push(alter(pick(subject.answers, random), words, random))
    const body = JSON.stringify(answers.at(-1)) ?? 'null'
    return new Response(status === 204 ? null : isGarbled ? body.slice(1) : body, {
      status,
      headers: { 'request-id': plantedSecret, 'cko-request-id': plantedCard.replaceAll(' ', '-') },
    })
  }
  return { source: 'query', input: answers, read: () => query(subject.create(answer)) }
}

/** Providers that sign a part of a body. An altered webhook may be the same event, or trigger a lookup. */
const signingParts = ['adyen', 'onerway']

/** Reads a webhook whose signature is wrong. */
async function readForged(
  provider: PaymentProvider,
  delivery: WebhookDelivery,
  original: string,
): Promise<unknown> {
  const event = await provider.readWebhook(delivery)
  const isSame = delivery.rawBody === original
  if (isSame || signingParts.includes(provider.name)) return event
  throw new TypeError('a forged webhook was read')
}

/** Answers from the fixtures. */
async function respond({ fixtures }: Subject, request: Request): Promise<Response> {
  return (await fixtures.respond?.(request)) ?? new Response(null, { status: 404 })
}

/** Every so many inputs one is an attack of `fuzz-hostile.ts`. */
const HOSTILE_EVERY = 10

/** Records the responses of the provider's API to lookups of its fixtures. */
async function record(subject: Subject): Promise<void> {
  const provider = subject.create(async (request) => {
    const answer = await respond(subject, request)
    const text = await answer.clone().text()
    if (answer.ok) subject.answers.push(JSON.parse(text))
    return answer
  })
  for (const { webhook, webhooks } of subject.fixtures.payments) {
    subject.webhooks.push(...((await webhooks?.()) ?? []), ...(webhook ? [await webhook()] : []))
  }
  if (provider.answers?.lookup === 'none') return
  for (const id of subject.ids) await provider.lookup(id).catch(() => {})
  const { payment } = await provider.lookup(subject.ids[0] ?? '')
  if (payment.reference !== undefined && provider.answers?.byReference !== 'none')
    await provider.lookupByReference(payment.reference)
  if (subject.answers.length === 0) throw new Error(`${subject.name} has no answers to alter`)
}

/**
 * Reads altered fixtures with every source of every provider: parts removed, swapped, nested or planted. A source must
 * return an answer or throw a `PaymentError`, report paid only what the message states as paid, and show no planted value.
 * Every tenth input is an attack of `fuzz-hostile.ts`.
 * `--seed 1 --only 4711` repeats and prints one input.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values: options } = parseArgs({
    args: [...args],
    options: {
      inputs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  })
  const total = Number(options.inputs)
  const seed = Number(options.seed)
  Error.stackTraceLimit = 0 // most inputs end as an error, and creating its stack takes the most time
  for (const subject of subjects) await record(subject)
  const wordsOf = new Map(
    subjects.map((subject) => {
      const payments = subject.fixtures.payments.map(({ clientResult, response }) => [clientResult, response])
      return [subject, [...new Set(stringsIn([payments, subject.answers]))]] as const
    }),
  )
  const providerOf = new Map(
    subjects.map((subject) => [subject, subject.create((request) => respond(subject, request))]),
  )
  const counts = new Map<string, number>()
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)
  const faults: string[] = []

  const tryInput = async (index: number): Promise<void> => {
    const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ index)
    if (index % HOSTILE_EVERY === 0) {
      const { name, fault } = await playHostile(index / HOSTILE_EVERY, random)
      count(`hostile: ${name}`)
      if (fault)
        faults.push(`${fault} · ${name} · pnpm fuzz --seed ${seed} --only ${index} --inputs ${total}`)
      return
    }
    const subject = pick(subjects, random)
    const attempt = await createAttempt(subject, wordsOf.get(subject) ?? [], random)
    if (!attempt) return tryInput(index + total)
    const { source, input } = attempt
    let fault: string | undefined
    let shown: unknown
    try {
      const answer = await attempt.read(providerOf.get(subject) as PaymentProvider)
      shown = answer
      fault = findFault(answer, input, subject)
      count(`${source}: answered`)
    } catch (error) {
      shown = error
      fault = findFaultOfError(error)
      count(`${source}: ${isPaymentError(error) ? error.code : 'stray'}`)
    }
    if (options.only !== undefined)
      console.log(inspect({ subject: subject.name, source, input, shown }, { depth: 12 }))
    if (fault)
      faults.push(
        `${fault} · ${subject.name}, ${source} · pnpm fuzz --seed ${seed} --only ${index} --inputs ${total}`,
      )
  }

  if (options.only !== undefined) await tryInput(Number(options.only))
  else for (let index = 0; index < total && faults.length < 20; index++) await tryInput(index)

  for (const [what, times] of [...counts].toSorted()) console.log(`${String(times).padStart(9)}  ${what}`)
  console.log(`${total} inputs, seed ${seed}: ${faults.length} faults`)
  for (const fault of faults) console.log(fault)
  return faults.length === 0 ? 0 : 1
}
