import { PaymentError } from '../words/errors.ts'
import type { WebhookEvent } from '../words/evidence.ts'

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
  /** `done` is for good; `failed` gives the claim back at once. */
  end(event: WebhookEvent, result: 'done' | 'failed'): Promise<void>
}

export interface MemoryClaimsOptions {
  /** Milliseconds until a claim nobody ended may be taken again; longer than handling ever takes. Default 5 minutes. */
  readonly leaseMs?: number | undefined
  /** How many handled events are remembered; the oldest are forgotten first. Default 50 000. */
  readonly maxEvents?: number | undefined
  /** Milliseconds since any moment. Default `Date.now`. */
  readonly clock?: (() => number) | undefined
}

const DEFAULT_LEASE_IN_MILLISECONDS = 5 * 60_000
const DEFAULT_MAX_EVENTS = 50_000

interface Lease {
  readonly event: WebhookEvent
  readonly expiresAt: number
}

/**
 * Claims in the memory of one process: for one process, and for tests. A restart forgets them. Throws
 * `invalid_input` for numbers that are not above zero.
 */
export function memoryClaims(options: MemoryClaimsOptions = {}): WebhookClaims {
  const { clock = () => Date.now() } = options
  const leaseMs = checkPositive('leaseMs', options.leaseMs ?? DEFAULT_LEASE_IN_MILLISECONDS)
  const maxEvents = checkPositive('maxEvents', options.maxEvents ?? DEFAULT_MAX_EVENTS)
  const leases = new Map<string, Lease>() // in the order they expire
  const expired = new WeakSet<WebhookEvent>()
  const done = new Set<string>()

  const dropExpired = () => {
    const moment = clock()
    for (const [key, { event, expiresAt }] of leases) {
      if (moment < expiresAt) break
      leases.delete(key)
      expired.add(event)
    }
  }

  return {
    async begin(event) {
      dropExpired()
      const key = toKey(event)
      if (done.has(key)) return 'done'
      if (leases.has(key)) return 'busy'
      leases.set(key, { event, expiresAt: clock() + leaseMs })
      expired.delete(event)
      return 'new'
    },
    async end(event, result) {
      const key = toKey(event)
      if (result === 'failed') {
        // Whoever took longer than the lease and then failed must not free the claim of whoever took over.
        if (!expired.has(event)) leases.delete(key)
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

function checkPositive(name: string, value: number): number {
  if (value > 0) return value
  throw new PaymentError({
    code: 'invalid_input',
    provider: 'payment-status',
    message: `${name} must be above 0`,
  })
}
