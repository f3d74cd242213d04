/** The reason of a decline, and how the shopper may try again. @module */
import type { Decline } from '@payment-status/core'
import { isOneOf } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { acmePayReasons } from './vocabulary.ts'

/** Returns the decline of a rejected charge. An unlisted code is not a reason to try the same card again, and is not kept. */
export function toDecline(code: string | null | undefined): Decline {
  if (!isOneOf(acmePayReasons, code)) return { reason: 'other', retry: 'other_method' }
  return match(code)
    .returnType<Decline>()
    .with('no_funds', () => ({ code, reason: 'insufficient_funds', retry: 'other_method' }))
    .with('card_expired', () => ({ code, reason: 'card_expired', retry: 'other_method' }))
    .with('suspicious', () => ({ code, reason: 'fraud_suspected', retry: 'never' }))
    .with('not_authenticated', () => ({ code, reason: 'authentication_failed', retry: 'same_method' }))
    .exhaustive()
}
