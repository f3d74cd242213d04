import { limits } from '../retry.ts'

const seconds = (milliseconds: number) => `'${milliseconds / 1000}s'`

/** Settings of every transaction: whatever the shop's defaults are, nothing waits without a limit. */
export const SETTINGS = `set local lock_timeout = ${seconds(limits.lock)};
  set local statement_timeout = ${seconds(limits.handler)};
  set local idle_in_transaction_session_timeout = ${seconds(2 * limits.handler)}`

export const ISOLATION = 'isolation level read committed'

/** Begins a transaction with its limits, in one round trip. */
export const BEGIN = `begin ${ISOLATION}; ${SETTINGS}`

export function lateError(): Error {
  return new Error('the database did not answer in time')
}

export function overError(): Error {
  return new Error('the transaction has ended')
}
