import type { Decline } from '@payment-status/core'
import { omitUndefined, toLogSafe } from '@payment-status/core/kit'
import { match, P } from 'ts-pattern'
import { type CheckoutComDeclineCode, checkoutComDeclineCodes } from './schema.ts'

type Meaning = Pick<Decline, 'reason' | 'retry'>

/** A refusal's response code and summary as a `Decline`. Codes are strings: 2005C and 200R1 exist. */
export function toDecline(code: string, summary: string | null | undefined): Decline {
  const { reason, retry } = toMeaning(code)
  return omitUndefined({ code, reason, retry, message: toLogSafe(summary) })
}

/** Whether a response code tells of a refusal: anything but the 10xxx of an approval. */
export function isRefusal(code: string | null | undefined): code is string {
  return !!code && !/^10\w{3}$/.test(code)
}

function toMeaning(code: string): Meaning {
  const meaning = (reason: Meaning['reason'], retry: Meaning['retry']): Meaning => ({ reason, retry })
  if (!isKnown(code)) return toFamilyMeaning(code)
  return match(code)
    .with('20005', () => meaning('do_not_honor', 'same_method'))
    .with('20014', () => meaning('invalid_card', 'same_method'))
    .with('20051', () => meaning('insufficient_funds', 'same_method'))
    .with('20054', () => meaning('card_expired', 'other_method')) // nominally soft, but the card stays expired
    .with('20059', () => meaning('fraud_suspected', 'other_method'))
    .with('20061', () => meaning('limit_exceeded', 'same_method'))
    .with('20068', () => meaning('issuer_unavailable', 'same_method'))
    .with('20087', () => meaning('incorrect_cvc', 'same_method'))
    .with('20151', () => meaning('authentication_failed', 'same_method'))
    .with('20152', () => meaning('authentication_timed_out', 'same_method'))
    .with('20154', () => meaning('authentication_required', 'same_method'))
    .with('200R1', '200R3', () => meaning('not_permitted', 'other_method')) // the holder stopped such payments
    .with('30041', '30043', () => meaning('lost_or_stolen', 'other_method'))
    .exhaustive()
}

/** By family: 20xxx soft, 30xxx hard, 4xxxx risk. The set of codes is open, so this one has a rest. */
function toFamilyMeaning(code: string): Meaning {
  return match<string, Meaning>(code)
    .with(P.string.startsWith('20'), () => ({ reason: 'other', retry: 'same_method' }))
    .with(P.string.startsWith('4'), () => ({ reason: 'fraud_suspected', retry: 'never' }))
    .otherwise(() => ({ reason: 'other', retry: 'other_method' }))
}

function isKnown(code: string): code is CheckoutComDeclineCode {
  return checkoutComDeclineCodes.includes(code as CheckoutComDeclineCode)
}
