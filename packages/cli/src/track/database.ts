import { type Database, fromPool } from '@payment-status/tracker'
import { openEmbedded } from '@payment-status/tracker/pglite'

export type OpenDatabase = Database & { close(): Promise<void> }

/** PostgreSQL where there is a URL, else one in this process: in a folder, or in memory. */
export async function openDatabase({
  url,
  where,
}: {
  readonly url: string | undefined
  readonly where: string
}): Promise<OpenDatabase> {
  if (url === undefined) return openEmbedded(where)
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString: url, max: 12 })
  return { ...fromPool(pool), close: () => pool.end() }
}
