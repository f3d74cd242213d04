import { setTimeout } from 'node:timers/promises'
import type { Entry, RecordedFile } from './file.ts'
import { toWebhookUrl } from './forward.ts'
import { findRecorded } from './providers.ts'
import { keyOf } from './redact.ts'

export interface ReplayOptions {
  readonly to: URL
  /** Seed of the shuffled order. Without it the deliveries keep the order in which they were recorded. */
  readonly shuffle?: number | undefined
  /** True to send each delivery twice. */
  readonly double?: boolean | undefined
  /** Milliseconds to wait before each delivery. */
  readonly delay: number
  readonly signal: AbortSignal
  onDelivered(result: { readonly name: string; readonly status: number | undefined }): Promise<void>
}

export interface Replay {
  /** Sends every delivery, each signed at that moment with the test secret. Resolves with the number that failed. */
  run(options: ReplayOptions): Promise<number>
  /** Answers queries under `/<provider>/…` with the answers that were recorded up to the moment of the replay. */
  answer(request: Request): Promise<Response>
}

type Answer = Extract<RecordedFile, { readonly kind: 'answer' }>

const TIMEOUT_IN_MILLISECONDS = 30_000

export function createReplay(entries: readonly Entry[]): Replay {
  const deliveries = entries.filter(({ file }) => file.kind === 'delivery')
  const answers = indexAnswers(entries)
  /** Number of the first file that lies ahead: answers before it are known by now. */
  let reached = deliveries[0]?.number ?? Number.POSITIVE_INFINITY

  return {
    async run({ to, shuffle, double = false, delay, signal, onDelivered }) {
      const order = shuffle === undefined ? deliveries : shuffled(deliveries, shuffle)
      const sent = double ? order.flatMap((entry) => [entry, entry]) : order
      let failed = 0
      for (const [index, { name, file }] of sent.entries()) {
        if (signal.aborted) break
        // Deliveries out of order meet a provider that knows everything already.
        reached =
          shuffle === undefined
            ? (sent[index + 1]?.number ?? Number.POSITIVE_INFINITY)
            : Number.POSITIVE_INFINITY
        if (delay > 0) await setTimeout(delay, undefined, { signal }).catch(() => {})
        const status = await deliver(file, to, signal)
        if (status === undefined || status < 200 || status > 299) failed++
        await onDelivered({ name, status })
      }
      return failed
    },
    async answer(request) {
      const url = new URL(request.url)
      const [, name = '', ...rest] = url.pathname.split('/')
      const path = `/${rest.join('/')}`
      const provider = findRecorded(name)
      if (!provider) return new Response(null, { status: 404 })
      if (path === provider.login?.path) return Response.json(provider.login.answer(), { status: 200 })
      if (provider.certificates && path.startsWith(provider.certificates.path))
        return new Response(provider.certificates.answer())
      const body: unknown = await request.json().catch(() => undefined)
      const key = keyOf({ method: request.method, path, query: [...url.searchParams], body }, provider)
      const known = answers.get(`${name} ${key}`) ?? []

      const found = known.findLast(({ number }) => number < reached) ?? known[0]
      // "Not recorded" must not look like "no such payment".
      return found
        ? Response.json(found.answer.body, { status: found.answer.status })
        : Response.json({ error: 'this query is not in the recording' }, { status: 503 })
    },
  }
}

type IndexedAnswers = Map<string, { readonly number: number; readonly answer: Answer }[]>

/** Answers by what was asked. Faults that pass are left out where a better answer was recorded. */
function indexAnswers(entries: readonly Entry[]): IndexedAnswers {
  const answers: IndexedAnswers = new Map()
  for (const { number, file } of entries) {
    const provider = findRecorded(file.provider)
    if (file.kind !== 'answer' || !provider) continue
    const key = `${file.provider} ${keyOf(file.request, provider)}`
    answers.set(key, [...(answers.get(key) ?? []), { number, answer: file }])
  }
  for (const [key, all] of answers) {
    const lasting = all.filter(({ answer }) => answer.status < 500 && answer.status !== 429)
    if (lasting.length > 0) answers.set(key, lasting)
  }
  return answers
}

async function deliver(file: RecordedFile, to: URL, signal: AbortSignal): Promise<number | undefined> {
  const provider = findRecorded(file.provider)
  if (!provider) return undefined
  const { rawBody, headers } = await provider.sign(JSON.stringify(file.body))
  try {
    const answer = await fetch(toWebhookUrl(to, file.provider), {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: rawBody as BodyInit,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS)]),
    })
    await answer.body?.cancel().catch(() => {})
    return answer.status
  } catch {
    return undefined
  }
}

/** Shuffles by a seed (mulberry32), so that a failing order can be played again. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed | 0
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
