import { countUnmatched } from './day-counts.ts'
import { ms } from './sql.ts'
import type { Tables } from './tables.ts'

/** Effects and polls that wait for the shop, for a provider or for a person. */
export interface Waiting {
  readonly backlog: number
  readonly blocked: number
  readonly overdue: number
  readonly unmatched: number
  readonly tasks: number
  readonly unreadable: number
}

/** Reads of `health()` stop here: they must not grow with what waits. */
const MOST = 200
/** Counts of the sweep stop here: a backlog of this size needs no exact figure. */
const MOST_OF_SWEEP = 100_000

/** A dispute or unmatched money may wait a while for its order before it is due. */
const due = (schema: string) => `${schema}.outbox where delivered_at is null and stream_key is not null
  and (attempts > 0 or due_at <= statement_timestamp())`

/** Rows of what is counted one by one, each from an index of what waits. */
const rows = (schema: string): Readonly<Record<Exclude<keyof Waiting, 'unmatched'>, string>> => ({
  backlog: `select 1 from ${due(schema)}`,
  blocked: `select distinct stream_key from ${due(schema)} and attempts > 1`,
  overdue: `select 1 from (values (0), (1), (2), (3)) bands (priority), ${schema}.providers p, lateral (
    select 1 from ${schema}.targets t where t.provider = p.provider and t.priority = bands.priority
    and t.due_at < statement_timestamp() - interval '1 minute' limit $1::int) overdue`,
  tasks: `select 1 from ${schema}.tasks where closed_at is null`,
  unreadable: `select 1 from ${schema}.tasks where closed_at is null and kind = 'unreadable'`,
})

async function countRows(tables: Tables, most: number): Promise<Waiting> {
  const counts = Object.entries(rows(tables.schema)).map(
    ([name, text]) => `(select count(*) from (${text} limit $1::int) counted)::int as ${name}`,
  )
  const [row] = await tables.query<Waiting>(
    `select ${counts.join(', ')}, (${countUnmatched(tables.schema)}) as unmatched`,
    [most],
  )
  return row ?? { backlog: 0, blocked: 0, overdue: 0, unmatched: 0, tasks: 0, unreadable: 0 }
}

/** Counts what waits. Of 200 or more of a kind, the count is that of the last sweep. */
export async function countWaiting(tables: Tables): Promise<Waiting> {
  const counted = await countRows(tables, MOST)
  if (Object.values(counted).every((count) => count < MOST)) return counted
  const swept = await tables.query<{ name: keyof Waiting; count: number }>(
    `select name, count from ${tables.schema}.counts`,
  )
  const more = swept.filter(({ name, count }) => counted[name] === MOST && count > MOST)
  return { ...counted, ...Object.fromEntries(more.map(({ name, count }) => [name, count])) }
}

/** Counts what waits as far as anyone has to know, and keeps the counts. */
export async function keepCounts(tables: Tables): Promise<void> {
  const counted = await countRows(tables, MOST_OF_SWEEP)
  await tables.executeSql(
    `insert into ${tables.schema}.counts (name, count) select key, value::int from jsonb_each_text($1::text::jsonb)
     on conflict (name) do update set count = excluded.count`,
    [JSON.stringify(counted)],
  )
}

/** Reads how long the oldest delivery has waited, in milliseconds: of those that are due first, and of those that failed. */
export async function readOldestWait(tables: Tables): Promise<number | undefined> {
  const [row] = await tables.query<{
    oldest: number | null
  }>(`select ${ms('clock_timestamp() - min(created_at)')} as oldest from (
       (select created_at from ${due(tables.schema)} order by due_at limit ${MOST})
       union all (select created_at from ${due(tables.schema)} and attempts > 1 order by stream_key limit ${MOST})) waiting`)
  return row?.oldest ?? undefined
}
