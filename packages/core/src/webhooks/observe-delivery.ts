import type { WebhookEvent } from '../model/evidence.ts'
import { isObserved, type ObservedClaim, type ObservedDelivery, publish } from '../observe.ts'
import type { WebhookClaims } from './claims.ts'

/** Facts about a delivery, collected while it is handled. */
export interface Seen {
  event?: WebhookEvent
  claim?: 'new' | 'busy' | 'done'
}

/** Wraps a handler so that its outcomes are published. */
export function observeDelivery(
  provider: string,
  answer: (request: Request, seen: Seen) => Promise<Response>,
): (request: Request) => Promise<Response> {
  const answerObserved = async (request: Request): Promise<Response> => {
    const seen: Seen = {}
    const startedAt = performance.now()
    const response = await answer(request, seen)
    publish('delivery', {
      provider,
      ...(seen.event && { kind: seen.event.kind }),
      outcome: toOutcome(seen, response),
      status: response.status,
      durationMs: performance.now() - startedAt,
    })
    return response
  }
  return (request) => (isObserved('delivery') ? answerObserved(request) : answer(request, {}))
}

function toOutcome({ event, claim }: Seen, { status, ok }: Response): ObservedDelivery['outcome'] {
  if (claim === 'done') return 'repeated'
  if (claim === 'busy') return 'busy'
  if (event) return ok ? 'handled' : 'failed'
  if (status === 401) return 'forged'
  return status < 500 ? 'refused' : 'unreadable'
}

/** Wraps claims so that their results are published. */
export function observeClaims(provider: string, claims: WebhookClaims): WebhookClaims {
  return {
    begin: (event) =>
      isObserved('claim')
        ? observe(
            provider,
            () => claims.begin(event),
            (answer) => answer,
          )
        : claims.begin(event),
    end: (event, result) =>
      isObserved('claim')
        ? observe(
            provider,
            () => claims.end(event, result),
            () => `ended_${result}` as const,
          )
        : claims.end(event, result),
  }
}

async function observe<T>(
  provider: string,
  ask: () => Promise<T>,
  toResult: (answer: T) => ObservedClaim['result'],
): Promise<T> {
  const startedAt = performance.now()
  const tell = (result: ObservedClaim['result']) =>
    publish('claim', { provider, result, durationMs: performance.now() - startedAt })
  try {
    const answer = await ask()
    tell(toResult(answer))
    return answer
  } catch (error) {
    tell('threw')
    throw error
  }
}
