import type { Decline } from '@payment-status/core'
import { isOneOf, omitUndefined, toLogSafe } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { isApproval } from './status.ts'
import { checkoutComDeclineCodes } from './vocabulary.ts'

type Reason = Pick<Decline, 'reason' | 'retry'>

/** A refusal's response code and summary as a `Decline`. Codes are strings: 2005C and 200R1 exist. */
export function toDecline(code: string, summary: string | null | undefined): Decline {
  return omitUndefined<Decline>({ code, ...toReason(code), message: toLogSafe(summary) })
}

/** Whether a response code tells of a refusal: anything but the 10xxx of an approval. */
export function isRefusal(code: string | null | undefined): code is string {
  return !!code && !isApproval(code)
}

/** By Checkout.com's page on response codes, and the tables of other gateways' clients where it only names a code. */
function toReason(code: string): Reason {
  if (!isOneOf(checkoutComDeclineCodes, code)) return toFamilyReason(code)
  return match(code)
    .returnType<Reason>()
    .with('20001', () => because('do_not_honor', 'other_method')) // the shopper can call the bank
    .with('20005', () => because('do_not_honor', 'same_method'))
    .with('20014', () => because('invalid_card', 'same_method'))
    .with('20051', () => because('insufficient_funds', 'same_method'))
    .with('20054', () => because('card_expired', 'other_method')) // nominally soft, but the card stays expired
    .with('20057', '20062', () => because('not_permitted', 'other_method'))
    .with('20059', () => because('fraud_suspected', 'other_method'))
    .with('20061', () => because('limit_exceeded', 'same_method'))
    .with('20068', () => because('issuer_unavailable', 'same_method'))
    .with('20087', '40104', () => because('incorrect_cvc', 'same_method'))
    .with('20088', '20096', () => because('processing_error', 'same_method'))
    .with('20091', () => because('issuer_unavailable', 'same_method'))
    .with('20100', () => because('invalid_card', 'same_method')) // the expiry date is mistyped
    .with('20151', () => because('authentication_failed', 'same_method'))
    .with('20152', () => because('authentication_timed_out', 'same_method'))
    .with('20154', () => because('authentication_required', 'same_method'))
    .with('200R1', '200R3', () => because('not_permitted', 'other_method')) // the holder stopped such payments
    .with('30004', '30041', '30043', () => because('lost_or_stolen', 'other_method'))
    .with('40108', '40111', () => because('invalid_card', 'same_method')) // the address or the postcode is mistyped
    .exhaustive()
}

function because(reason: Reason['reason'], retry: Reason['retry']): Reason {
  return { reason, retry }
}

/** By family: 20xxx soft, 30xxx hard, 4xxxx risk. The set of codes is open, so this one has a rest. */
function toFamilyReason(code: string): Reason {
  if (code.startsWith('20')) return { reason: 'other', retry: 'same_method' }
  if (code.startsWith('4')) return { reason: 'fraud_suspected', retry: 'never' }
  return { reason: 'other', retry: 'other_method' }
}
