import { isPaymentError } from '../model/errors.ts'
import type { RequestOptions } from '../model/provider.ts'
import { isObserved, type ObservedRequest, publish } from '../observe.ts'

interface RequestStats {
  attempts: number
  status?: number
}

// Travels with the options of a question down to the client that sends its requests.
const tallyKey = Symbol('payment-status tally')

/** Notes a request that is sent. */
export function countAttempt(options: RequestOptions | undefined): void {
  const tally = tallyOf(options)
  if (tally) tally.attempts++
}

/** Notes the status of an answer. */
export function noteStatus(options: RequestOptions | undefined, status: number): void {
  const tally = tallyOf(options)
  if (tally) tally.status = status
}

function tallyOf(options: RequestOptions | undefined): RequestStats | undefined {
  return (options as { readonly [tallyKey]?: RequestStats } | undefined)?.[tallyKey]
}

/** Asks; how it went is told to those who listen. */
export async function observeRequest<Options extends RequestOptions, Answer>(
  { provider, what }: Pick<ObservedRequest, 'provider' | 'what'>,
  options: Options | undefined,
  ask: (options: Options | undefined) => Promise<Answer>,
): Promise<Answer> {
  if (!isObserved('request')) return ask(options)
  const tell = startTally(provider, what)
  try {
    const answer = await ask(tell.mark(options))
    tell.ended('answered')
    return answer
  } catch (error) {
    tell.ended(toOutcome(error))
    throw error
  }
}

/** Lists; how it went is told to those who listen, once the list ends or nobody reads on. */
export async function* observeList<Options extends RequestOptions, Row>(
  provider: string,
  options: Options | undefined,
  ask: (options: Options | undefined) => AsyncIterable<Row>,
): AsyncGenerator<Row> {
  if (!isObserved('request')) return yield* ask(options)
  const tell = startTally(provider, 'list')
  let outcome: ObservedRequest['outcome'] = 'left'
  try {
    yield* ask(tell.mark(options))
    outcome = 'answered'
  } catch (error) {
    outcome = toOutcome(error)
    throw error
  } finally {
    tell.ended(outcome)
  }
}

function startTally(provider: string, what: ObservedRequest['what']) {
  const tally: RequestStats = { attempts: 0 }
  const startedAt = performance.now()
  return {
    mark: <Options extends RequestOptions>(options: Options | undefined): Options =>
      ({ ...options, [tallyKey]: tally }) as unknown as Options,
    ended: (outcome: ObservedRequest['outcome']) =>
      publish('request', { provider, what, outcome, ...tally, durationMs: performance.now() - startedAt }),
  }
}

/** Whatever else is thrown is a signal's reason, which is the caller's own. */
function toOutcome(error: unknown): ObservedRequest['outcome'] {
  return isPaymentError(error) ? error.code : 'aborted'
}
