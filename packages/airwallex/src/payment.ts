import type { Dispute, Payment, PaymentOperation, ProviderOptions } from '@payment-status/core'
import {
  fromMajorUnits,
  mostPressingFirst,
  omitUndefined,
  outcomeOf,
  parse,
  readInstant,
  toAuthentication,
  toInstant,
  toMethod,
  toTrace,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { toAction } from './action.ts'
import { toDecline } from './decline.ts'
import { type AirwallexAttempt, type AirwallexRefund, cardSchema, paymentSchema } from './schema.ts'
import {
  type AirwallexAttemptFacts,
  type RefundMeaning,
  toAttemptOperationStatus,
  toMethodKind,
  toPaymentStatus,
  toRefundMeaning,
} from './status.ts'

export interface PaymentContext extends Pick<ProviderOptions, 'keepRaw' | 'clock'> {
  readonly provider: string
}

/** Objects that belong to an intent and are not part of it. A member is absent where they were not requested. */
export interface Related {
  readonly attempts?: readonly AirwallexAttempt[] | undefined
  readonly refunds?: readonly AirwallexRefund[] | undefined
  readonly disputes?: readonly Dispute[] | undefined
}

/**
 * Converts a PaymentIntent. An attempt or a refund in another currency than the intent's cannot be added up: its figures
 * are left out, and a refund of that kind, or with a word that is not listed, makes a paid payment `unknown`. Throws
 * `invalid_payload`.
 */
export function toPayment(
  data: unknown,
  { provider }: Pick<PaymentContext, 'provider'>,
  { attempts, refunds, disputes = [] }: Related = {},
): Payment {
  const intent = parse(paymentSchema, data, { provider, what: 'the PaymentIntent' })
  const { currency, latest_payment_attempt: latest } = intent
  const read = (figure: number | null | undefined, path: string) =>
    fromMajorUnits(figure, currency, { provider, path })?.amount
  const amount = fromMajorUnits(intent.amount, currency, { provider, path: 'amount' })
  const captured = read(intent.captured_amount, 'captured_amount')
  const latestFigures = latest ? toFigures(latest, currency, provider) : undefined
  const returned = refunds?.map((refund) => toReturned(refund, currency, provider))
  const counted = returned?.reduce((sum, { counts, amount = 0 }) => sum + (counts ? amount : 0), 0)
  const isUncertain = returned?.some(({ status, counts, amount }) => {
    return status === 'unknown' || (counts && amount === undefined)
  })
  const stated = toPaymentStatus({
    status: intent.status,
    amount: amount?.amount,
    captured_amount: captured,
    latest_payment_attempt: latestFigures,
    attempts: attempts?.map((attempt) => toFigures(attempt, currency, provider)),
    refunded_amount: counted,
  })
  const hasMoney = ['paid', 'returned'].includes(outcomeOf(stated))
  const status = hasMoney && isUncertain ? 'unknown' : stated
  const hasFailed = toAttemptOperationStatus(latest?.status) === 'failed'
  // An attempt that failed does not say how the payment was paid.
  const paidBy = latest && !hasFailed ? latest : undefined
  const secure = paidBy?.authentication_data?.ds_data
  const [dispute, ...others] = mostPressingFirst(disputes)
  return omitUndefined<Payment>({
    provider,
    id: intent.id,
    reference: intent.merchant_order_id || undefined,
    status,
    amount,
    authorized:
      status === 'authorized' && latest?.status === 'AUTHORIZED' ? latestFigures?.amount : undefined,
    captured,
    refunded: hasMoney ? toRefunded(counted, latestFigures?.refunded_amount) : undefined,
    action: status === 'requires_action' ? toAction(intent.next_action) : undefined,
    decline: status === 'open' && latest && hasFailed ? toDecline(latest) : undefined,
    dispute,
    disputes: others.length > 0 && dispute ? [dispute, ...others] : undefined,
    review: intent.status === 'PENDING_REVIEW' ? 'open' : undefined,
    operations: toOperations({ latest, attempts, refunds, currency, provider, hasMoney }),
    method: paidBy && readMethod(paidBy),
    authentication: secure ? toAuthentication({ eci: secure.eci, version: secure.version }) : undefined,
    trace: paidBy
      ? toTrace({
          authorizationCode: paidBy.authorization_code,
          acquirerReference: paidBy.acquirer_reference_number,
        })
      : undefined,
    createdAt: readInstant(intent.created_at, { provider, path: 'created_at' }),
    updatedAt: readInstant(intent.updated_at, { provider, path: 'updated_at' }),
    facts: omitUndefined({
      status: intent.status,
      amount: intent.amount,
      captured_amount: intent.captured_amount ?? null,
      attempt_status: latest?.status ?? undefined,
      refunded_amount: latest?.refunded_amount ?? undefined,
      review: intent.status === 'PENDING_REVIEW' ? true : undefined,
      original_amount: intent.original_amount ?? undefined,
      original_currency: intent.original_currency ?? undefined,
      dcc_amount: latest?.dcc_data?.amount ?? undefined,
      dcc_currency: latest?.dcc_data?.currency ?? undefined,
      frictionless: secure?.frictionless ?? undefined,
      liability_shift_indicator: secure?.liability_shift_indicator ?? undefined,
    }),
  })
}

/** Returns the higher of both figures. Without the refunds, a figure of 0 states nothing: attempts lag behind. */
function toRefunded(counted: number | undefined, ofAttempt: number | null | undefined): number | undefined {
  const highest = Math.max(counted ?? 0, ofAttempt ?? 0)
  return counted === undefined && highest === 0 ? undefined : highest
}

type MinorFigures = AirwallexAttemptFacts & { readonly amount?: number | undefined }

/** An attempt's figures in minor units, where they are in the intent's currency. */
function toFigures(attempt: AirwallexAttempt, currency: string, provider: string): MinorFigures {
  const { status } = attempt
  const read = (figure: number | null | undefined, path: string) =>
    fromMajorUnits(figure, attempt.currency || currency, { provider, path })?.amount
  const amount = read(attempt.amount, 'payment_attempt.amount')
  const captured_amount = read(attempt.captured_amount, 'payment_attempt.captured_amount')
  const refunded_amount = read(attempt.refunded_amount, 'payment_attempt.refunded_amount')
  const isOther = !!attempt.currency && attempt.currency !== currency
  return isOther ? { status } : { status, amount, captured_amount, refunded_amount }
}

/** A refund's meaning, and its amount in minor units where that is in the payment's currency. */
function toReturned(
  refund: AirwallexRefund,
  currency: string,
  provider: string,
): RefundMeaning & { readonly amount: number | undefined } {
  const money = fromMajorUnits(refund.amount, refund.currency || currency, {
    provider,
    path: 'refund.amount',
  })
  return {
    ...toRefundMeaning(refund.status),
    amount: money?.currency === currency ? money.amount : undefined,
  }
}

interface OperationFacts extends Related {
  readonly latest: AirwallexAttempt | null | undefined
  readonly currency: string
  readonly provider: string
  readonly hasMoney: boolean
}

/** Returns the attempts and refunds, oldest first; `undefined` where none is stated. */
function toOperations({
  latest,
  attempts = [],
  refunds = [],
  currency,
  provider,
  hasMoney,
}: OperationFacts): PaymentOperation[] | undefined {
  const known = attempts.some(({ id }) => id === latest?.id) || !latest ? attempts : [...attempts, latest]
  const operations = [
    ...known.flatMap((attempt) => {
      // An attempt lags behind its intent: the latest of a paid one is the payment.
      const isPayment = hasMoney && attempt.id === latest?.id
      return toAttemptOperation(attempt, isPayment, toFigures(attempt, currency, provider)) ?? []
    }),
    ...refunds.map((refund) =>
      omitUndefined<PaymentOperation>({
        id: refund.id,
        kind: 'refund',
        status: toRefundMeaning(refund.status).status,
        amount: toReturned(refund, currency, provider).amount,
        at: toInstant(refund.created_at),
      }),
    ),
  ]
  return operations.length > 0 ? oldestFirst(operations) : undefined
}

/** A list of intents states the latest attempt's id and nothing else: that is not an operation yet. */
function toAttemptOperation(
  { id, status, created_at }: AirwallexAttempt,
  isPayment: boolean,
  { amount, captured_amount }: MinorFigures,
): PaymentOperation | undefined {
  if (!id || !status) return undefined
  const isHold = status === 'AUTHORIZED' && !isPayment && !captured_amount
  return omitUndefined<PaymentOperation>({
    id,
    kind: isHold ? 'authorization' : 'payment',
    status: toAttemptOperationStatus(status),
    amount: captured_amount || amount,
    at: toInstant(created_at),
  })
}

/** Keeps the order of operations without a time, and of those of one second. */
function oldestFirst(operations: readonly PaymentOperation[]): PaymentOperation[] {
  return operations.toSorted(({ at: a }, { at: b }) => (!a || !b || a === b ? 0 : a < b ? -1 : 1))
}

function readMethod({ payment_method: method }: AirwallexAttempt): Payment['method'] {
  if (!method) return undefined
  const { brand, last4, issuer_country_code: country } = v.parse(cardSchema, method.card)
  return toMethod(toMethodKind(method.type), { name: method.type, brand, last4, country })
}
