import type { Payment, PaymentMethod, PaymentOperation } from '@payment-status/core'
import { omitUndefined, outcomeOf, toAuthentication, toMethod } from '@payment-status/core/kit'
import { toDecline } from './decline.ts'
import type { Folded } from './fold.ts'
import {
  createdAtOf,
  isOpening,
  type Operation,
  type OperationDetails,
  readSettled,
  toAmount,
} from './operation.ts'
import { toZoneDifference } from './snowflake.ts'
import { toMethodKind } from './status.ts'

/** Returns folded operations as a payment. Lookups and lists, which have asked for all operations, state them. */
export function toPayment(
  folded: Folded,
  provider: string,
  { withOperations = false }: { readonly withOperations?: boolean } = {},
): Payment {
  const { id, head, operations, status, row } = folded
  const decline = status === 'failed' || status === 'open' ? head?.decline : undefined
  const isOpenAgain = status === 'open' && head?.status === 'failed'
  const first = head ?? operations[0]
  const times = operations.flatMap((operation) => createdAtOf(operation) ?? []).sort()
  const openings = operations.filter(isOpening)
  return omitUndefined<Payment>({
    provider,
    id,
    reference: head
      ? head.reference
      : (operations.find(({ reference }) => reference)?.reference ?? row?.reference),
    status,
    amount: (head && toAmount(head)) ?? (operations.length === 0 && row ? toAmount(row) : undefined),
    ...toFigures(folded),
    settlement: toSettlement(folded, provider),
    decline: decline ?? (isOpenAgain ? toDecline(undefined, undefined) : undefined),
    operations:
      withOperations && operations.length > 0
        ? operations.map((operation) => toPaymentOperation(operation, head))
        : undefined,
    method: toPaymentMethod(head?.details),
    authentication: toAuthentication({ eci: head?.details?.eci }),
    createdAt: openings.flatMap((opening) => createdAtOf(opening) ?? []).sort()[0],
    updatedAt: head ? times.at(-1) : undefined,
    facts: {
      ...(first ? { txnType: first.words.txnType, status: first.words.status ?? null } : {}),
      ...(head || !first ? { paymentStatus: head?.words.paymentStatus ?? row?.paymentStatus ?? null } : {}),
      ...(first ? { operations: describe(operations) } : {}),
      ...toZoneWarning(head),
    },
  })
}

/** Returns a payment without figures of money taken or held, for a status that excludes them. */
export function withoutFigures(payment: Payment): Payment {
  const { authorized: _, captured: __, refunded: ___, settlement: ____, ...rest } = payment
  return rest
}

/** Returns the stated figures: a SALE that succeeded took its whole amount, an AUTH that succeeded holds it. */
function toFigures({
  head,
  opening,
  captured,
  refunded,
}: Folded): Pick<Payment, 'authorized' | 'captured' | 'refunded'> {
  if (head?.amount === undefined) return {}
  const outcome = outcomeOf(opening)
  const all = head.status === 'succeeded' ? head.amount : undefined
  const isHeld = head.kind === 'authorization' && (outcome === 'held' || outcome === 'paid')
  return omitUndefined<Pick<Payment, 'authorized' | 'captured' | 'refunded'>>({
    authorized: isHeld ? all : undefined,
    captured: captured ?? (head.kind === 'payment' && outcome === 'paid' ? all : undefined),
    refunded: refunded || undefined,
  })
}

/** Returns what reaches the merchant's account, of the sale or of the only capture. */
function toSettlement({ head, captures }: Folded, provider: string): Payment['settlement'] {
  const settled = captures.length === 0 ? head : captures[1] ? undefined : captures[0]
  const { settleRate } = settled ?? {}
  const amount = settled && readSettled(settled, provider)
  const rate = /^\d+(\.\d+)?$/.test(settleRate ?? '') ? settleRate : undefined
  return amount || rate ? omitUndefined<NonNullable<Payment['settlement']>>({ amount, rate }) : undefined
}

function toPaymentOperation(operation: Operation, head: Operation | undefined): PaymentOperation {
  const { id, kind, status } = operation
  const amount = head && operation.currency === head.currency ? operation.amount : undefined
  return omitUndefined<PaymentOperation>({ id, kind, status, amount, at: createdAtOf(operation) })
}

function toPaymentMethod(details: OperationDetails | undefined): PaymentMethod | undefined {
  const { paymentMethod, productType, walletTypeName, cardBinCountry } = details ?? {}
  if (!paymentMethod && !productType && !walletTypeName) return undefined
  const kind = toMethodKind(productType, paymentMethod, walletTypeName)
  const isCard = kind === 'card' || kind === 'wallet'
  return toMethod(kind, {
    name: walletTypeName ?? (isCard ? undefined : paymentMethod),
    brand: isCard ? paymentMethod : undefined,
    country: cardBinCountry,
  })
}

function describe(operations: readonly Operation[]): string {
  return operations
    .map(({ words: { txnType, status } }) => `${txnType} ${status ?? '-'}`)
    .sort()
    .join(', ')
}

/** Warns where the configured `timeZone` cannot be right: the moment in the id says so. */
function toZoneWarning(head: Operation | undefined): { readonly timeZoneDiffersByMinutes?: number } {
  if (head?.at === undefined || head.details?.txnTimeZone !== undefined) return {}
  const minutes = toZoneDifference(head.id, head.at, head.observedAt)
  return minutes === undefined ? {} : { timeZoneDiffersByMinutes: minutes }
}
