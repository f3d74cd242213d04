import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Sql } from './sql.ts'

/** Queue of due work that wakes workers. */
export type Wakeable = 'polls' | 'outbox'

const WAKE_PAUSE_IN_MILLISECONDS = 10

function channelOf(schema: string): string {
  return `${schema}_wake`
}

/**
 * Returns what wakes workers in every process. It notifies after the commit, not with it: commits that notify go one after
 * the other. A notification that is lost costs until the next look at the tables.
 */
export function createWaker(database: Database, schema: string) {
  const waiting = new Set<Wakeable>()
  let running: Promise<void> | undefined
  const notify = async (sql: Sql, queues: readonly Wakeable[]) => {
    if (queues.length === 0) return
    // Counted, because Prisma cannot read what `pg_notify` returns.
    await sql.executeSql(
      'select count(pg_notify($1::text, name)) as count from jsonb_array_elements_text($2::text::jsonb) name',
      [channelOf(schema), JSON.stringify(queues)],
    )
  }
  const run = async () => {
    while (waiting.size > 0) {
      const queues = [...waiting]
      waiting.clear()
      await notify(database, queues).catch(() => {})
      await sleep(WAKE_PAUSE_IN_MILLISECONDS)
    }
    running = undefined
  }
  return {
    /** Notifies with the transaction of the shop, whose commit the tracker does not see. */
    notify,
    wake(queues: readonly Wakeable[]): void {
      for (const queue of queues) waiting.add(queue)
      if (waiting.size > 0) running ??= run()
    },
    settle: async () => running,
  }
}

/** Listens for what wakes the workers of this process. Until a first notification came, `isHeard` is false. */
export async function listenForWakes(
  database: Database,
  schema: string,
  onError: (error: unknown) => void,
  wake: (queue: string) => void,
) {
  let isHeard = false
  const listener = await database
    .listen?.(
      channelOf(schema),
      (queue) => {
        isHeard = true
        wake(queue)
      },
      () => {
        for (const queue of ['polls', 'outbox']) wake(queue)
      },
    )
    .catch(onError)
  return { isHeard: () => isHeard, close: async () => listener?.close() }
}
