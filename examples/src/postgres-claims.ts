import type { WebhookClaims, WebhookEvent } from 'payment-status'

/** The table, made once. */
export const webhookClaimsTable = `
  create table if not exists webhook_claims (
    provider text not null,
    event_id text not null,
    owner uuid not null,
    done boolean not null default false,
    expires_at timestamptz not null,
    primary key (provider, event_id)
  )`

/** The method that a pool of `pg` and PGlite have in common. */
interface Database {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}

export function postgresClaims(database: Database, { leaseMs = 5 * 60_000 } = {}): WebhookClaims {
  // A token identifies the owner of a claim, so that an expired lease is not released for another process.
  const owners = new WeakMap<WebhookEvent, string>()

  return {
    async begin(event) {
      const { provider, id } = event
      const owner = crypto.randomUUID()
      const taken = await database.query(
        `insert into webhook_claims (provider, event_id, owner, expires_at)
         values ($1, $2, $3, now() + $4 * interval '1 millisecond')
         on conflict (provider, event_id) do update set owner = excluded.owner, expires_at = excluded.expires_at
         where not webhook_claims.done and webhook_claims.expires_at <= now()
         returning owner`,
        [provider, id, owner, leaseMs],
      )
      if (taken.rows.length > 0) {
        owners.set(event, owner)
        return 'new'
      }
      const finished = await database.query(
        'select 1 from webhook_claims where provider = $1 and event_id = $2 and done',
        [provider, id],
      )
      return finished.rows.length > 0 ? 'done' : 'busy'
    },
    async end(event, result) {
      const { provider, id } = event
      const owner = owners.get(event)
      if (owner === undefined) return
      if (result === 'failed') {
        await database.query(
          'delete from webhook_claims where provider = $1 and event_id = $2 and owner = $3 and not done',
          [provider, id, owner],
        )
        return
      }
      // What is done is done, also where the lease ran out meanwhile.
      await database.query(
        `insert into webhook_claims (provider, event_id, owner, done, expires_at) values ($1, $2, $3, true, now())
         on conflict (provider, event_id) do update set done = true`,
        [provider, id, owner],
      )
    },
  }
}
