import type { Payment, PaymentMethod, PaymentOperation } from '@payment-status/core'
import { omitUndefined, outcomeOf, toAuthentication, toMethod } from '@payment-status/core/kit'
import { toDecline } from './decline.ts'
import type { Folded } from './fold.ts'
import { toMethodKind } from './status.ts'
import { isOpening, readSettled, type Step, type StepDetails, toAmount } from './step.ts'

/** A fold as a payment. Its steps are stated by lookups and lists, which have asked for them. */
export function toPayment(
  folded: Folded,
  provider: string,
  { withSteps = false }: { readonly withSteps?: boolean } = {},
): Payment {
  const { id, head, steps, status, whole } = folded
  const decline = status === 'failed' || status === 'open' ? head?.decline : undefined
  const isOpenAgain = status === 'open' && head?.status === 'failed'
  const first = head ?? steps[0]
  const times = steps.flatMap(({ at }) => at ?? []).sort()
  const openings = steps.filter(isOpening)
  return omitUndefined<Payment>({
    provider,
    id,
    reference: head
      ? head.reference
      : (steps.find(({ reference }) => reference)?.reference ?? whole?.reference),
    status,
    amount: (head && toAmount(head)) ?? (steps.length === 0 && whole ? toAmount(whole) : undefined),
    ...toFigures(folded),
    settlement: toSettlement(folded, provider),
    decline: decline ?? (isOpenAgain ? toDecline(undefined, undefined) : undefined),
    operations: withSteps && steps.length > 0 ? steps.map((step) => toPaymentStep(step, head)) : undefined,
    method: toHowPaid(head?.details),
    authentication: toAuthentication({ eci: head?.details?.eci }),
    createdAt: openings.flatMap(({ at }) => at ?? []).sort()[0],
    updatedAt: head ? times.at(-1) : undefined,
    facts: {
      ...(first ? { txnType: first.words.txnType, status: first.words.status ?? null } : {}),
      ...(head || !first ? { paymentStatus: head?.words.paymentStatus ?? whole?.paymentStatus ?? null } : {}),
      ...(first ? { steps: describe(steps) } : {}),
    },
  })
}

/** A payment without the figures of money taken or held, where its status says that none was. */
export function withoutFigures(payment: Payment): Payment {
  const { authorized: _, captured: __, refunded: ___, settlement: ____, ...rest } = payment
  return rest
}

/** What is told of amounts: a SALE that succeeded took all of it, an AUTH that succeeded holds all of it. */
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

/** What reaches the merchant's account, of the sale or of the only capture. */
function toSettlement({ head, captures }: Folded, provider: string): Payment['settlement'] {
  const settled = captures.length === 0 ? head : captures[1] ? undefined : captures[0]
  const { settleRate } = settled ?? {}
  const amount = settled && readSettled(settled, provider)
  const rate = /^\d+(\.\d+)?$/.test(settleRate ?? '') ? settleRate : undefined
  return amount || rate ? omitUndefined<NonNullable<Payment['settlement']>>({ amount, rate }) : undefined
}

function toPaymentStep(step: Step, head: Step | undefined): PaymentOperation {
  const { id, kind, status, at } = step
  const amount = head && step.currency === head.currency ? step.amount : undefined
  return omitUndefined<PaymentOperation>({ id, kind, status, amount, at })
}

function toHowPaid(details: StepDetails | undefined): PaymentMethod | undefined {
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

function describe(steps: readonly Step[]): string {
  return steps
    .map(({ words: { txnType, status } }) => `${txnType} ${status ?? '-'}`)
    .sort()
    .join(', ')
}
