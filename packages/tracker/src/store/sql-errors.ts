/**
 * Errors after which the same work can succeed: a deadlock, a serialization failure, a claim that another transaction
 * made first, a prepared statement that a pooler lost.
 */
const TRANSIENT_STATES: readonly unknown[] = ['40001', '40P01', '23505', '26000', '42P05', '0A000']

export function isTransient(error: unknown): boolean {
  return TRANSIENT_STATES.includes(sqlStateOf(error))
}

/**
 * Returns whether the stored data is at fault, and not the database or a provider: SQL classes 22, 23 and 54 (a text too
 * long for an index, JSON nested too deeply), and the same limits of JavaScript.
 */
export function isDataError(error: unknown): boolean {
  return error instanceof RangeError || /^(?:2[23]|54)/.test(sqlStateOf(error) ?? '')
}

/** Returns PostgreSQL's code of an error, through any driver. Each has a digit; `EPIPE` is a code of the network. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code)) return code
  return cause === undefined ? undefined : sqlStateOf(cause)
}

/** Returns whether an error has no SQL state, or one that ends the session: nothing more can be sent on the connection. */
export function isOfConnection(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === undefined || /^(?:57P|08)/.test(state)
}
