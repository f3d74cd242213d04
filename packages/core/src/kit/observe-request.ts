import { isPaymentError } from '../model/errors.ts'
import type { RequestOptions } from '../model/provider.ts'
import { isObserved, type ObservedRequest, publish } from '../observe.ts'

interface RequestStats {
  attempts: number
  status?: number
}

// Travels with the options of a query down to the client that sends its requests.
const statsKey = Symbol('payment-status stats')

/** Counts a request that is sent. */
export function countAttempt(options: RequestOptions | undefined): void {
  const stats = statsOf(options)
  if (stats) stats.attempts++
}

/** Records the status of an answer. */
export function noteStatus(options: RequestOptions | undefined, status: number): void {
  const stats = statsOf(options)
  if (stats) stats.status = status
}

function statsOf(options: RequestOptions | undefined): RequestStats | undefined {
  return (options as { readonly [statsKey]?: RequestStats } | undefined)?.[statsKey]
}

/** Runs a query and publishes its outcome. */
export async function observeRequest<Options extends RequestOptions, Answer>(
  { provider, what }: Pick<ObservedRequest, 'provider' | 'what'>,
  options: Options | undefined,
  ask: (options: Options | undefined) => Promise<Answer>,
): Promise<Answer> {
  if (!isObserved('request')) return ask(options)
  const run = startStats(provider, what)
  try {
    const answer = await ask(run.mark(options))
    run.ended('answered')
    return answer
  } catch (error) {
    run.ended(toOutcome(error))
    throw error
  }
}

/** Runs a list and publishes its outcome when it ends or is no longer read. */
export async function* observeList<Options extends RequestOptions, Row>(
  provider: string,
  options: Options | undefined,
  ask: (options: Options | undefined) => AsyncIterable<Row>,
): AsyncGenerator<Row> {
  if (!isObserved('request')) return yield* ask(options)
  const run = startStats(provider, 'list')
  let outcome: ObservedRequest['outcome'] = 'left'
  try {
    yield* ask(run.mark(options))
    outcome = 'answered'
  } catch (error) {
    outcome = toOutcome(error)
    throw error
  } finally {
    run.ended(outcome)
  }
}

function startStats(provider: string, what: ObservedRequest['what']) {
  const stats: RequestStats = { attempts: 0 }
  const startedAt = performance.now()
  return {
    mark: <Options extends RequestOptions>(options: Options | undefined): Options =>
      ({ ...options, [statsKey]: stats }) as unknown as Options,
    ended: (outcome: ObservedRequest['outcome']) =>
      publish('request', { provider, what, outcome, ...stats, durationMs: performance.now() - startedAt }),
  }
}

/** Anything but a `PaymentError` is a signal's reason, which is the caller's own. */
function toOutcome(error: unknown): ObservedRequest['outcome'] {
  return isPaymentError(error) ? error.code : 'aborted'
}
