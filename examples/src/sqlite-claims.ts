import type { DatabaseSync } from 'node:sqlite'
import type { WebhookClaims, WebhookEvent } from 'payment-status'

/** The table, made once. Times are milliseconds since 1970, by the database's clock. */
export const webhookClaimsTable = `
  create table if not exists webhook_claims (
    provider text not null,
    event_id text not null,
    owner text not null,
    done integer not null default 0,
    expires_at real not null,
    primary key (provider, event_id)
  )`

const NOW = "(unixepoch('subsec') * 1000)"

/** For processes on one machine that share one file. */
export function sqliteClaims(database: DatabaseSync, { leaseMs = 5 * 60_000 } = {}): WebhookClaims {
  const owners = new WeakMap<WebhookEvent, string>()
  const take = database.prepare(
    `insert into webhook_claims (provider, event_id, owner, expires_at) values (?, ?, ?, ${NOW} + ?)
     on conflict (provider, event_id) do update set owner = excluded.owner, expires_at = excluded.expires_at
     where not done and webhook_claims.expires_at <= ${NOW} returning owner`,
  )
  const find = database.prepare('select done from webhook_claims where provider = ? and event_id = ?')
  const giveBack = database.prepare(
    'delete from webhook_claims where provider = ? and event_id = ? and owner = ? and not done',
  )
  const finish = database.prepare(
    `insert into webhook_claims (provider, event_id, owner, done, expires_at) values (?, ?, ?, 1, ${NOW})
     on conflict (provider, event_id) do update set done = 1`,
  )
  return {
    async begin(event) {
      const { provider, id } = event
      const owner = crypto.randomUUID()
      if (take.get(provider, id, owner, leaseMs)) {
        owners.set(event, owner)
        return 'new'
      }
      return find.get(provider, id)?.done ? 'done' : 'busy'
    },
    async end(event, result) {
      const { provider, id } = event
      const owner = owners.get(event)
      if (owner === undefined) return
      const statement = result === 'failed' ? giveBack : finish
      statement.run(provider, id, owner)
    },
  }
}
