import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Sql, Wakeable } from './sql.ts'
import { afterCommit } from './transaction.ts'

const WAKE_PAUSE_IN_MILLISECONDS = 10

function channelOf(schema: string): string {
  return `${schema}_wake`
}

/**
 * Returns what wakes workers in every process. It notifies after the commit, not with it: commits that notify go one after
 * the other. A notification that is lost costs until the next look at the tables.
 */
export function createWaker(database: Database, schema: string) {
  const waiting = new Set<string>()
  let running: Promise<void> | undefined
  const notify = async (sql: Sql, names: readonly string[]) => {
    // Counted, because Prisma cannot read what `pg_notify` returns.
    await sql.executeSql(
      'select count(pg_notify($1::text, name)) as count from jsonb_array_elements_text($2::text::jsonb) name',
      [channelOf(schema), JSON.stringify(names)],
    )
  }
  const run = async () => {
    while (waiting.size > 0) {
      const names = [...waiting]
      waiting.clear()
      await notify(database, names).catch(() => {})
      await sleep(WAKE_PAUSE_IN_MILLISECONDS)
    }
    running = undefined
  }
  return {
    async wake(sql: Sql, names: readonly Wakeable[]): Promise<void> {
      if (names.length === 0) return
      const wakeNow = () => {
        for (const name of names) waiting.add(name)
        running ??= run()
      }
      if (sql === database) wakeNow()
      else if (!afterCommit(sql, wakeNow)) await notify(sql, names)
    },
    stop: async () => running,
  }
}

/** Listens for what wakes the workers of this process. Until a first notification came, `isHeard` is false. */
export async function listenForWakes(
  database: Database,
  schema: string,
  onError: (error: unknown) => void,
  wake: (name: string) => void,
) {
  let isHeard = false
  const listener = await database
    .listen?.(
      channelOf(schema),
      (name) => {
        isHeard = true
        wake(name)
      },
      () => {
        for (const name of ['polls', 'outbox']) wake(name)
      },
    )
    .catch(onError)
  return { isHeard: () => isHeard, close: async () => listener?.close() }
}
