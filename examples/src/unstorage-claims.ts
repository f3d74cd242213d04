import type { WebhookClaims, WebhookEvent } from 'payment-status'
import type { Storage } from 'unstorage'

interface Claim {
  readonly owner: string
  readonly done: boolean
  readonly expiresAt: number
}

/**
 * For one process whose claims survive a restart. unstorage cannot compare and set, so two processes can both get `new` at
 * the same moment. Then both act, and `advance` finds the second report repeated.
 */
export function unstorageClaims(storage: Storage, { leaseMs = 5 * 60_000 } = {}): WebhookClaims {
  const owners = new WeakMap<WebhookEvent, string>()
  const toKey = ({ provider, id }: WebhookEvent) =>
    `webhook:${Buffer.from(JSON.stringify([provider, id])).toString('base64url')}`

  // One call after the other, so that within this process no call reads what another is about to write.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }

  return {
    begin: (event) =>
      inTurn(async () => {
        const held = await storage.getItem<Claim>(toKey(event))
        if (held?.done) return 'done'
        if (held && held.expiresAt > Date.now()) return 'busy'
        const owner = crypto.randomUUID()
        await storage.setItem(toKey(event), { owner, done: false, expiresAt: Date.now() + leaseMs })
        owners.set(event, owner)
        return 'new'
      }),
    end: (event, result) =>
      inTurn(async () => {
        const owner = owners.get(event)
        if (owner === undefined) return
        const held = await storage.getItem<Claim>(toKey(event))
        if (result === 'done') await storage.setItem(toKey(event), { owner, done: true, expiresAt: 0 })
        else if (held?.owner === owner && !held.done) await storage.removeItem(toKey(event))
      }),
  }
}
