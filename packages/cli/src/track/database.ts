import { type Database, fromPool } from '@payment-status/tracker'
import { openEmbedded } from '@payment-status/tracker/pglite'
import { inputError } from '../errors.ts'
import type { DatabasePlace } from './start-report.ts'

export type OpenDatabase = Database & { close(): Promise<void> }

/** Opens PostgreSQL by its URL, else the embedded database: in a folder, or in memory. */
export async function openDatabase(
  place: { readonly url: string } | { readonly where: string },
): Promise<OpenDatabase> {
  if ('where' in place) return openEmbedded(place.where)
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString: place.url, max: 12, connectionTimeoutMillis: 10_000 })
  // A connection that breaks while it is idle is replaced; without a listener it would end the process.
  pool.on('error', () => {})
  return { ...fromPool(pool), close: () => pool.end() }
}

/** Returns host, port and name of a database, without its credentials. Throws `invalid_input` for a setting that is not a URL. */
export function describeUrl(
  url: string,
  setting: string,
): Extract<DatabasePlace, { readonly kind: 'postgresql' }> {
  const parsed = /^postgres(ql)?:\/\//.test(url) ? URL.parse(url) : null
  const name = parsed && decode(parsed.pathname.slice(1))
  if (!parsed || name === undefined)
    throw inputError(
      `${setting} must be of the form postgres://user:password@host:5432/name, without quotation marks. Write special characters of the password as percent codes, such as %23 for #`,
    )
  const host = parsed.hostname || parsed.searchParams.get('host') || 'localhost'
  return {
    kind: 'postgresql',
    address: `${name || 'the default database'} at ${host}:${parsed.port || '5432'}`,
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined // a percent sign without a code after it
  }
}
