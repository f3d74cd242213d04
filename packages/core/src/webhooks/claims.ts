import { inputError } from '../model/errors.ts'
import type { WebhookEvent } from '../model/evidence.ts'

/**
 * Who handles a webhook, when it is delivered again while, or after, it is handled. Keyed by provider and event id.
 * For several processes, keep it where all of them look.
 */
export interface WebhookClaims {
  /**
   * `new`: it is yours, for a while: a claim is a lease, so that a crash does not swallow the event. `busy`: somebody
   * holds it. `done`: it was handled. Of several calls at once, one may get `new`.
   */
  begin(event: WebhookEvent): Promise<'new' | 'busy' | 'done'>
  /**
   * `done` is for good. `failed` gives the claim back at once, if it is still yours: a lease that ran out may be somebody
   * else's by now. It is yours by the event: give the very object that `begin` was given.
   */
  end(event: WebhookEvent, result: 'done' | 'failed'): Promise<void>
}

export interface MemoryClaimsOptions {
  /** Milliseconds until a claim nobody ended may be taken again; longer than handling ever takes. Default 5 minutes. */
  readonly leaseMs?: number | undefined
  /** How many handled events are remembered; the oldest are forgotten first. Default 50 000. */
  readonly maxEvents?: number | undefined
  /** Milliseconds since any moment. Default `performance.now`, which nobody sets back. */
  readonly clock?: (() => number) | undefined
}

const DEFAULT_LEASE_IN_MILLISECONDS = 5 * 60_000
const DEFAULT_MAX_EVENTS = 50_000

interface Lease {
  readonly owner: WebhookEvent
  readonly expiresAt: number
}

/**
 * Claims in the memory of one process: for one process, and for tests. A restart forgets them. Throws
 * `invalid_input` for numbers that are not above zero.
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
        // Whoever took longer than the lease and then failed must not free the claim of whoever took over.
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

/** The time that passed by a clock: none while it steps back, so that no lease lasts longer than it should. */
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
