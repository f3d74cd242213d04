import { inputError } from '../model/errors.ts'
import type { WebhookEvent } from '../model/evidence.ts'

/**
 * Deduplication (idempotency) of webhooks: which process handles an event that is delivered again. Keyed by provider and
 * event id. Several processes need a shared store.
 */
export interface WebhookClaims {
  /**
   * Requests a claim. `new`: the caller holds it for the length of the lease, so that a crash does not lose the event.
   * `busy`: another caller holds it. `done`: the event was handled. Of several calls at once, only one may get `new`.
   */
  begin(event: WebhookEvent): Promise<'new' | 'busy' | 'done'>
  /**
   * Ends a claim. `done` is final. `failed` releases it at once, if the caller still holds it: after the lease, another caller
   * may. The holder is identified by the event object: give the one that `begin` was given.
   */
  end(event: WebhookEvent, result: 'done' | 'failed'): Promise<void>
}

export interface MemoryClaimsOptions {
  /** Milliseconds until a claim that was not ended can be claimed again. Must be longer than handling takes. Default 5 minutes. */
  readonly leaseMs?: number | undefined
  /** Number of handled events that are remembered, the newest first. Default 50 000. */
  readonly maxEvents?: number | undefined
  /** Milliseconds since any moment. Default `performance.now`, which never steps back. */
  readonly clock?: (() => number) | undefined
}

const DEFAULT_LEASE_IN_MILLISECONDS = 5 * 60_000
const DEFAULT_MAX_EVENTS = 50_000

interface Lease {
  readonly owner: WebhookEvent
  readonly expiresAt: number
}

/**
 * Creates claims in memory, for a single process and for tests. A restart forgets them. Throws `invalid_input` for numbers
 * that are not above zero.
 *
 * @example
 * const webhooks = createWebhookHandler(stripe, { claims: memoryClaims(), onReports: (reports) => save(reports) })
 */
export function memoryClaims(options: MemoryClaimsOptions = {}): WebhookClaims {
  const elapsed = createStopwatch(options.clock ?? (() => performance.now()))
  const leaseMs = checkPositive('leaseMs', options.leaseMs ?? DEFAULT_LEASE_IN_MILLISECONDS)
  const maxEvents = checkPositive('maxEvents', options.maxEvents ?? DEFAULT_MAX_EVENTS)
  const leases = new Map<string, Lease>() // in the order they expire
  const done = new Set<string>()

  const dropExpired = () => {
    const moment = elapsed()
    for (const [key, { expiresAt }] of leases) {
      if (moment < expiresAt) break
      leases.delete(key)
    }
  }

  return {
    async begin(event) {
      dropExpired()
      const key = toKey(event)
      if (done.has(key)) return 'done'
      if (leases.has(key)) return 'busy'
      leases.set(key, { owner: event, expiresAt: elapsed() + leaseMs })
      return 'new'
    },
    async end(event, result) {
      const key = toKey(event)
      if (result === 'failed') {
        // A caller that failed after its lease must not release the claim of the next one.
        if (leases.get(key)?.owner === event) leases.delete(key)
        return
      }
      leases.delete(key)
      done.add(key)
      for (const oldest of done) {
        if (done.size <= maxEvents) break
        done.delete(oldest)
      }
    },
  }
}

function toKey({ provider, id }: WebhookEvent): string {
  return JSON.stringify([provider, id])
}

/** Measures elapsed time: none while the clock steps back, so that no lease lasts too long. */
function createStopwatch(clock: () => number): () => number {
  let last = clock()
  let passed = 0
  return () => {
    const moment = clock()
    passed += Math.max(0, moment - last)
    last = moment
    return passed
  }
}

function checkPositive(name: string, value: number): number {
  if (typeof value === 'number' && value > 0) return value
  throw inputError('payment-status', `${name} must be above 0`)
}
