import type { WebhookClaims, WebhookEvent } from 'payment-status'

/** The parts of the client `redis` that are used; with `ioredis`, `eval` takes its arguments one by one. */
export interface RedisLike {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

const take = `
  local held = redis.call('get', KEYS[1])
  if held == 'done' then return 'done' end
  if held then return 'busy' end
  redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 'new'`

// Only the owner releases a claim: an expired lease may belong to another process by now.
const giveBack = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end`

const finish = `redis.call('set', KEYS[1], 'done', 'PX', ARGV[1])`

/**
 * Redis must not evict these keys (`maxmemory-policy noeviction`), nor forget them in a crash (`appendonly yes`).
 * What is done is remembered for `rememberMs`: longer than any provider delivers again.
 */
export function redisClaims(
  redis: RedisLike,
  { leaseMs = 5 * 60_000, rememberMs = 90 * 24 * 60 * 60_000 } = {},
): WebhookClaims {
  const owners = new WeakMap<WebhookEvent, string>()
  const toKey = ({ provider, id }: WebhookEvent) => `webhook:${JSON.stringify([provider, id])}`
  return {
    async begin(event) {
      const owner = crypto.randomUUID()
      const answer = await redis.eval(take, { keys: [toKey(event)], arguments: [owner, String(leaseMs)] })
      if (answer === 'new') owners.set(event, owner)
      return answer === 'new' || answer === 'done' ? answer : 'busy'
    },
    async end(event, result) {
      const owner = owners.get(event)
      if (owner === undefined) return
      const keys = [toKey(event)]
      if (result === 'failed') await redis.eval(giveBack, { keys, arguments: [owner] })
      else await redis.eval(finish, { keys, arguments: [String(rememberMs)] })
    },
  }
}
