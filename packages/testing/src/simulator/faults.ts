import { PaymentError } from '@payment-status/core'
import type { Random } from './random.ts'

/** How often each fault happens, from 0 (the default) to 1. */
export interface Faults {
  readonly webhooks?:
    | {
        /** Never sent. */
        readonly lost?: number | undefined
        /** Sent twice. */
        readonly doubled?: number | undefined
        /** Overtaken by its neighbours, within minutes. */
        readonly reordered?: number | undefined
        /** Those of one moment sent at the same time, the last one first. */
        readonly swapped?: number | undefined
        /** One to five days late. */
        readonly delayed?: number | undefined
        /** Held back until a newer one has been sent, and a while longer. */
        readonly late?: number | undefined
        /** Cut short on the way, under its whole signature; the provider sends it again. */
        readonly cutShort?: number | undefined
        /** Followed by one with an unlisted word. */
        readonly unknownWord?: number | undefined
      }
    | undefined
  readonly queries?:
    | {
        /** 429, with Retry-After. */
        readonly rateLimited?: number | undefined
        /** 500, 502 or 503. */
        readonly serverError?: number | undefined
        /** No answer at all. */
        readonly timeout?: number | undefined
        /** Half of a good answer. */
        readonly halfBody?: number | undefined
        /** Answered with the state of 24 hours ago. */
        readonly yesterday?: number | undefined
        /** Counts that lie. */
        readonly lyingCounts?: number | undefined
      }
    | undefined
}

const webhookFaults: readonly string[] = [
  'lost',
  'doubled',
  'reordered',
  'swapped',
  'delayed',
  'late',
  'cutShort',
  'unknownWord',
] satisfies readonly WebhookFault[]
const queryFaults = [
  'rateLimited',
  'serverError',
  'timeout',
  'halfBody',
  'yesterday',
  'lyingCounts',
] as const satisfies readonly QueryFault[]

/** Throws `invalid_input` for an unknown fault or an invalid probability. */
export function checkFaults(faults: Faults = {}): void {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
  const isProbability = (value: unknown) =>
    value === undefined || (typeof value === 'number' && value >= 0 && value <= 1)
  const isKnown = (given: object, names: readonly string[]) =>
    isObject(given) &&
    Object.entries(given).every(([name, value]) => names.includes(name) && isProbability(value))
  if (isObject(faults)) {
    const { webhooks = {}, queries = {}, ...others } = faults
    const areKnown = isKnown(webhooks, webhookFaults) && isKnown(queries, queryFaults)
    if (areKnown && Object.keys(others).length === 0) return
  }
  throw new PaymentError({
    code: 'invalid_input',
    provider: 'simulator',
    message: `faults must be { webhooks, queries }, and each fault in them a probability from 0 to 1: ${[...webhookFaults, ...queryFaults].join(', ')}`,
  })
}

export type WebhookFault = keyof NonNullable<Faults['webhooks']>
export type QueryFault = keyof NonNullable<Faults['queries']>

/** Draws at most one fault of a query. */
export function drawQueryFault(faults: Faults, random: Random): QueryFault | undefined {
  const { queries = {} } = faults
  return queryFaults.find((kind) => random.chance(queries[kind]))
}

/** Answers a question with a fault; `undefined` where the fault is in what the world looks like. */
export async function answerWith(
  fault: QueryFault,
  request: Request,
  {
    answer,
    random,
    miscount,
  }: { answer(): Promise<Response>; random: Random; miscount(body: unknown): unknown },
): Promise<Response> {
  switch (fault) {
    case 'rateLimited':
      return new Response(null, { status: 429, headers: { 'retry-after': String(random.between(1, 30)) } })
    case 'serverError':
      return new Response('<html><body>Bad Gateway</body></html>', {
        status: random.pick([500, 502, 503]),
        headers: { 'content-type': 'text/html' },
      })
    case 'timeout':
      return hang(request.signal)
    case 'halfBody': {
      const whole = await answer()
      const text = await whole.text()
      return new Response(text.slice(0, Math.floor(text.length / 2)), whole)
    }
    case 'lyingCounts': {
      const whole = await answer()
      const isJson = whole.headers.get('content-type')?.includes('json')
      return whole.ok && isJson
        ? Response.json(miscount(await whole.json()), { headers: whole.headers })
        : whole
    }
    case 'yesterday':
      return answer()
  }
}

/** Never answers: the caller's time limit ends it. */
function hang(signal: AbortSignal): Promise<Response> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
