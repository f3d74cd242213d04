import type { Dispute, LookupKey } from '@payment-status/core'
import { fromMinorUnits, omitUndefined, toInstant, toLogSafe } from '@payment-status/core/kit'
import { type AdyenItem, pspReferencePattern } from './schema.ts'
import { toDisputeStatus } from './status.ts'
import { adyenCurrencyDigits } from './vocabulary.ts'

/**
 * Converts an item about a dispute. Each dispute has a PSP reference of its own and names its payment in
 * `originalReference`. An amount in a currency that is not known is left out: a dispute must not be missed for it.
 */
export function toDispute(
  item: AdyenItem,
  provider: string,
): { readonly key?: LookupKey; readonly dispute: Dispute } {
  const { additionalData: data, eventCode, amount, originalReference, pspReference, merchantReference } = item
  const key = pspReferencePattern.test(originalReference ?? '')
    ? { id: originalReference as string }
    : merchantReference
      ? { reference: merchantReference }
      : undefined
  const dispute = omitUndefined<Dispute>({
    id: pspReference,
    status: toDisputeStatus(eventCode, data?.disputeStatus),
    reason: toLogSafe(data?.chargebackReasonCode ?? undefined),
    amount: readAmount(amount, provider),
    respondBy: toInstant(data?.defensePeriodEndsAt),
    updatedAt: toInstant(item.eventDate),
  })
  return omitUndefined({ key, dispute })
}

function readAmount(amount: AdyenItem['amount'], provider: string): Dispute['amount'] {
  try {
    return fromMinorUnits(amount?.value, amount?.currency, {
      provider,
      path: 'amount',
      digits: adyenCurrencyDigits,
    })
  } catch {
    return undefined
  }
}
