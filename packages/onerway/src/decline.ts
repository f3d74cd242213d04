import type { Decline } from '@payment-status/core'
import { omitUndefined, toLogSafe } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import * as v from 'valibot'
import { reasonSchema } from './schema.ts'
import { type OnerwayDeclineCode, onerwayDeclineCodes } from './vocabulary.ts'

type Reason = Pick<Decline, 'reason' | 'retry'>

/** Returns the respCode and respMsg of a decline as a `Decline`. */
export function toDecline(code: string | null | undefined, message: string | null | undefined): Decline {
  const { reason, retry } = toReason(code)
  // A code is a short word. Anything longer could hold card data.
  const word = code && /^\w{1,12}$/.test(code) ? code : undefined
  return omitUndefined({ code: word, reason, retry, message: toLogSafe(message) })
}

/** Reads a transaction's `reason`, which is JSON inside a string, as a `Decline`; `undefined` where it states none. */
export function readDecline(reason: string | null | undefined): Decline | undefined {
  if (!reason) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(reason)
  } catch {
    return toDecline(undefined, reason) // some are plain text
  }
  if (!v.is(reasonSchema, parsed)) return undefined
  const { respCode, respMsg } = parsed
  return respCode === '20000' || !(respCode || respMsg) ? undefined : toDecline(respCode, respMsg)
}

/** Returns whether a respCode is a decline by a bank or by 3-D Secure, not a rejected request. */
export function isDeclineCode(code: string): boolean {
  return /^(?:4020[1-3]|7\d{4})$/.test(code)
}

function toReason(code: string | null | undefined): Reason {
  const meaning = (reason: Reason['reason'], retry: Reason['retry']): Reason => ({ reason, retry })
  if (!isKnown(code)) return meaning('other', 'other_method')
  return match(code)
    .with('13002', () => meaning('invalid_card', 'same_method')) // the number is mistyped
    .with('13004', () => meaning('card_expired', 'other_method'))
    .with('40201', () => meaning('authentication_failed', 'same_method'))
    .with('40202', () => meaning('authentication_timed_out', 'same_method'))
    .with('40203', () => meaning('authentication_failed', 'other_method')) // declined by the bank
    .with('70002', () => meaning('other', 'other_method'))
    .exhaustive()
}

function isKnown(code: unknown): code is OnerwayDeclineCode {
  return onerwayDeclineCodes.includes(code as OnerwayDeclineCode)
}
