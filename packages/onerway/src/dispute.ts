import type { Dispute, LookupKey, Money } from '@payment-status/core'
import {
  fromDecimal,
  isPaymentError,
  omitUndefined,
  parse,
  toInstant,
  toLogSafe,
} from '@payment-status/core/kit'
import { toId, toReferenceKey, toTransactionKey } from './key.ts'
import type { ReadContext } from './operation.ts'
import type { Chargeback } from './query.ts'
import { chargebackSchema, type OnerwayNotification } from './schema.ts'
import { toDisputeStatus } from './status.ts'

/**
 * Reads a CHARGEBACK or a PRE_DISPUTE. Its transactionId is its own: its payment is the one that it names as its origin.
 *
 * Source: Onerway's pages on chargebacks and on pre-dispute notifications.
 */
export function readDispute(
  notification: OnerwayNotification,
  context: ReadContext,
): { readonly key: LookupKey | undefined; readonly dispute: Dispute } {
  const { notifyType, transactionId, predisputeId } = notification
  const zone = notification.timeZone || notification.txnTimeZone || context.timeZone
  const amount = [
    [notification.chargebackAmount, notification.chargebackCurrency],
    [notification.amount, notification.currency],
  ].find(([value]) => value)
  const { key, isProven } = toDisputeKey(notification, context)
  const dispute = omitUndefined<Dispute>({
    id: predisputeId || transactionId || undefined,
    status: toDisputeStatus(notifyType, notification.chargebackStatus),
    reason: toLogSafe(notification.chargebackReason || notification.reasonCode),
    amount: amount && readAmount(amount[0], amount[1], context),
    respondBy: notification.appealDueTime ? toInstant(notification.appealDueTime, zone) : undefined,
    updatedAt: toInstant(
      notification.importTime || notification.receivedTime || notification.responseTime || '',
      zone,
    ),
    proven: isProven ? undefined : false,
  })
  return { key, dispute }
}

/**
 * Returns the key of the disputed payment. Onerway signs neither originTransactionId nor originMerchantTxnId, so these
 * prove nothing. A signed paymentId does, and so does a signed merchantTxnId that agrees with the unsigned one.
 */
function toDisputeKey(
  { paymentId, merchantTxnId, originTransactionId, originMerchantTxnId }: OnerwayNotification,
  { integration }: ReadContext,
): { readonly key: LookupKey | undefined; readonly isProven: boolean } {
  const sharedId = integration.sharedId(toId(paymentId))
  const originId = toId(originTransactionId)
  const reference = toReferenceKey(originMerchantTxnId)
  if (sharedId !== undefined) {
    const key = originId === undefined ? { id: sharedId } : { id: sharedId, operations: [{ id: originId }] }
    return { key, isProven: true }
  }
  if (reference && merchantTxnId === originMerchantTxnId) return { key: reference, isProven: true }
  return {
    key: originId === undefined ? reference : toTransactionKey(originId, { integration }),
    isProven: false,
  }
}

/** Reads a row of the chargeback query, whose answer comes over TLS. */
export function readChargeback(row: unknown, context: ReadContext): Chargeback {
  const { provider, timeZone } = context
  const parsed = parse(chargebackSchema, row, { provider, what: 'a row of the chargeback query' })
  const dispute = omitUndefined<Dispute>({
    id: parsed.chargebackId,
    status: toDisputeStatus('CHARGEBACK', parsed.chargebackStatus),
    reason: toLogSafe(parsed.chargebackReason),
    amount: readAmount(parsed.chargebackAmount, parsed.chargebackCurrency, context),
    respondBy: toInstant(parsed.appealDueTime ?? '', timeZone),
    updatedAt: toInstant(parsed.importTime ?? '', timeZone),
  })
  return { originId: parsed.originTransactionId, dispute }
}

/** Reads an amount; `undefined` where it is not valid: a dispute is never dropped for its amount. */
function readAmount(
  amount: string | null | undefined,
  currency: string | null | undefined,
  { provider }: ReadContext,
): Money | undefined {
  try {
    return fromDecimal(amount, currency, { provider, path: 'chargebackAmount' })
  } catch (error) {
    if (isPaymentError(error)) return undefined
    throw error
  }
}
