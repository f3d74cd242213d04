import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRequestListener, type FetchHandler } from '@remix-run/node-fetch-server'
import type { Database } from '../../src/index.ts'

/** Wakes the workers when the virtual clock was moved: their own timers follow the real one. */
export function withWakes(database: Database): { readonly database: Database; wake(): void } {
  const listeners = new Set<(name: string) => void>()
  return {
    database: {
      ...database,
      async listen(channel, onNotification, onReconnect) {
        const listener = await database.listen?.(channel, onNotification, onReconnect)
        listeners.add(onNotification)
        return { close: async () => listener?.close() }
      },
    },
    wake() {
      for (const listener of listeners) for (const name of ['polls', 'outbox']) listener(name)
    },
  }
}

/** A server on loopback. */
export interface Loopback {
  readonly url: string
  close(): Promise<void>
}

/** Serves a handler over HTTP. */
export async function serve(handler: FetchHandler): Promise<Loopback> {
  const server = createServer(createRequestListener(handler))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** Sends a request to the same path of another host. */
export async function forward(request: Request, { url }: Loopback): Promise<Response> {
  const { method, headers } = request
  return fetch(new URL(new URL(request.url).pathname, url), {
    method,
    headers,
    body: await request.arrayBuffer(),
  })
}

export async function nextPoll(database: Database): Promise<number | undefined> {
  const { rows } = await database.executeSql(
    'select ceil(extract(epoch from min(due_at)) * 1000)::float8 as due from payment_status.targets',
  )
  return rows[0]?.due ?? undefined
}

/** Returns when the last of the pauses of the providers ends. */
export async function lastPause(database: Database): Promise<number> {
  const { rows } = await database.executeSql(
    'select coalesce(ceil(extract(epoch from max(paused_until)) * 1000), 0)::float8 as until from payment_status.providers',
  )
  return rows[0]?.until ?? 0
}

/** Waits until no poll and no delivery is due or under way. */
export async function becomeIdle(database: Database): Promise<void> {
  for (let tries = 0; tries < 5_000; tries++) {
    const { rows } = await database.executeSql(
      `select exists (select from payment_status.targets
           where (due_at <= clock_timestamp() or leased_until > clock_timestamp())
             and provider not in (select provider from payment_status.providers where paused_until > clock_timestamp()))
         or exists (select from payment_status.outbox
           where delivered_at is null and stream_key is not null and due_at <= clock_timestamp()) as busy`,
    )
    if (rows[0]?.busy !== true) return
    await sleep(2)
  }
  throw new Error('the workers did not come to rest')
}
