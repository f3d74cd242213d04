import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { openNetworkProxy } from './network-proxy.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

export type Replication = 'synchronous' | 'asynchronous'

export interface PostgresCluster {
  /** The primary of the moment, as a proxy in front of it would be found: always the same URL. */
  readonly url: string
  /**
   * Ends the primary as a power cut ends it, and promotes the standby. `before` runs on the primary just before. A new standby
   * is made of the new primary, and the old one is thrown away.
   */
  failover(before?: (primary: Client) => Promise<void>): Promise<void>
  remove(): Promise<void>
}

/** How far the standby is behind a primary that does not wait for it: as one in another region. */
const DISTANCE_IN_MILLISECONDS = 1_500

/** Starts a primary with a streaming standby. */
export async function startCluster(
  replication: Replication,
  settings: readonly string[],
): Promise<PostgresCluster> {
  const distance = replication === 'asynchronous' ? DISTANCE_IN_MILLISECONDS : 0
  let primary = await startPostgres(settings)
  let standby = await attach(primary)
  const proxy = await openNetworkProxy(primary.url)

  async function attach(to: PostgresServer) {
    const line = await openNetworkProxy(to.url)
    const server = await startPostgres(settings, line.url)
    await asOwner(to.url, async (client) => {
      for (;;) {
        const { rows } = await client.query("select 1 from pg_stat_replication where state = 'streaming'")
        if (rows.length > 0) break
        await sleep(50)
      }
      if (replication === 'synchronous') {
        await client.query("alter system set synchronous_standby_names = '*'")
        await client.query('select pg_reload_conf()')
      }
    })
    line.setDistance(distance)
    return { server, line }
  }

  return {
    url: proxy.url,
    async failover(before) {
      const old = primary
      if (before) await asOwner(old.url, before)
      await old.kill()
      await standby.server.promote()
      await standby.line.close()
      primary = standby.server
      proxy.retarget(primary.url)
      await old.remove()
      standby = await attach(primary)
    },
    async remove() {
      await proxy.close()
      await standby.server.kill()
      await standby.line.close()
      await standby.server.remove()
      await primary.remove()
    },
  }
}

async function asOwner(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}
