import type { WebhookClaims, WebhookEvent } from 'payment-status'

/** The table, in a migration. Times are milliseconds since 1970, by the database's clock. */
export const webhookClaimsTable = `
  create table if not exists webhook_claims (
    provider text not null,
    event_id text not null,
    owner text not null,
    done integer not null default 0,
    expires_at real not null,
    primary key (provider, event_id)
  )`

/** The parts of a D1 binding that are used. */
export interface D1Like {
  prepare(sql: string): {
    bind(...values: (string | number)[]): {
      first(): Promise<Record<string, unknown> | null>
      run(): Promise<unknown>
    }
  }
}

const NOW = "(unixepoch('subsec') * 1000)"

export function d1Claims(database: D1Like, { leaseMs = 5 * 60_000 } = {}): WebhookClaims {
  const owners = new WeakMap<WebhookEvent, string>()
  return {
    async begin(event) {
      const { provider, id } = event
      const owner = crypto.randomUUID()
      const taken = await database
        .prepare(
          `insert into webhook_claims (provider, event_id, owner, expires_at) values (?, ?, ?, ${NOW} + ?)
           on conflict (provider, event_id) do update set owner = excluded.owner, expires_at = excluded.expires_at
           where not done and webhook_claims.expires_at <= ${NOW} returning owner`,
        )
        .bind(provider, id, owner, leaseMs)
        .first()
      if (taken) {
        owners.set(event, owner)
        return 'new'
      }
      const found = await database
        .prepare('select done from webhook_claims where provider = ? and event_id = ?')
        .bind(provider, id)
        .first()
      return found?.done ? 'done' : 'busy'
    },
    async end(event, result) {
      const owner = owners.get(event)
      if (owner === undefined) return
      const sql =
        result === 'failed'
          ? 'delete from webhook_claims where provider = ? and event_id = ? and owner = ? and not done'
          : `insert into webhook_claims (provider, event_id, owner, done, expires_at) values (?, ?, ?, 1, ${NOW})
             on conflict (provider, event_id) do update set done = 1`
      await database.prepare(sql).bind(event.provider, event.id, owner).run()
    },
  }
}
