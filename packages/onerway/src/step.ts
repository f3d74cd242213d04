import type { Decline, Money, PaymentOperation } from '@payment-status/core'
import { currencyDigits, fromDecimal, readInstant, toInstant } from '@payment-status/core/kit'
import { readDecline } from './decline.ts'
import { idPattern, type OnerwayRow } from './schema.ts'
import { type Integration, type OnerwayFacts, toStepMeaning } from './status.ts'

export interface FoldContext {
  readonly provider: string
  readonly integration: Integration
  /** The zone of times that carry none. */
  readonly timeZone: string
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined
  /** Whether rows are kept for `report.raw`. */
  readonly keepRaw?: boolean | undefined
}

/**
 * One of Onerway's transactions, classified once: what a fold is made of, and what `Payment.steps` shows of it. A year of
 * them has to fit into memory, so every one has every member (objects of one shape are small), and what most payments never
 * ask for stays in Onerway's own words.
 */
export interface Step {
  readonly id: string
  readonly kind: PaymentOperation['kind']
  readonly status: PaymentOperation['status']
  /** Minor units of `currency`. */
  readonly amount: number | undefined
  readonly currency: string | undefined
  /** ISO 8601 instant. */
  readonly at: string | undefined
  readonly paymentId: string | undefined
  /** The transactionId of the step this one follows. */
  readonly origin: string | undefined
  readonly reference: string | undefined
  readonly words: Pick<OnerwayFacts, 'txnType' | 'status' | 'paymentStatus'>
  readonly decline: Decline | undefined
  readonly txnAmount: string | undefined
  readonly txnCurrency: string | undefined
  readonly settleRate: string | undefined
  /** What was told of how it was paid, in Onerway's words. Shared by steps that are told the same. */
  readonly details: StepDetails | undefined
  /** False where the row named a step but could not be read. */
  readonly isReadable: boolean
  /** When the question was sent that this step answered. */
  readonly observedAt: string
  readonly raw: unknown
}

type Settlement = 'txnAmount' | 'txnCurrency' | 'settleRate'
type Details = 'paymentMethod' | 'productType' | 'walletTypeName' | 'cardBinCountry' | 'eci'
export type StepDetails = Readonly<Record<Details, string | undefined>>

/** What a step is read from: a row, or a webhook or a response, which have less in them. */
export type StepSource = Omit<OnerwayRow, 'originTransactionId' | Settlement | Details> &
  Partial<Pick<OnerwayRow, 'originTransactionId' | Settlement | Details>>

/** A row, a webhook or a response as a step. Throws `invalid_payload` for amounts and times that are none. */
export function toStep(
  row: StepSource,
  { provider, timeZone, keepRaw }: FoldContext,
  observedAt: string,
  raw?: unknown,
): Step {
  const words = toWords(row)
  const amount = fromDecimal(row.orderAmount, row.orderCurrency, { provider, path: 'orderAmount' })
  readSettled(row, provider)
  return {
    id: row.transactionId,
    ...toStepMeaning(words),
    amount: amount?.amount,
    currency: amount?.currency,
    at: readInstant(row.txnTime, { provider, path: 'txnTime', zone: row.txnTimeZone || timeZone }),
    paymentId: row.paymentId || undefined,
    origin: row.originTransactionId || undefined,
    reference: row.merchantTxnId || undefined,
    words,
    decline: readDecline(row.reason),
    txnAmount: row.txnAmount || undefined,
    txnCurrency: row.txnCurrency || undefined,
    settleRate: row.settleRate || undefined,
    details: toDetails(row),
    isReadable: true,
    observedAt,
    raw: keepRaw ? raw : undefined,
  }
}

/**
 * The settled amount. A merchant's account can be in what is no currency of ISO 4217 (CNH): nobody knows its minor unit, so
 * nothing is told then. Throws `invalid_payload` for an amount that is none.
 */
export function readSettled(
  { txnAmount, txnCurrency }: Partial<Pick<OnerwayRow, 'txnAmount' | 'txnCurrency'>>,
  provider: string,
): Money | undefined {
  if (!txnCurrency || currencyDigits(txnCurrency) === undefined) return undefined
  return fromDecimal(txnAmount, txnCurrency, { provider, path: 'txnAmount' })
}

/** A row that names a step and cannot be read otherwise: it is kept, and makes its payment unclear. */
export function toUnreadableStep(
  row: Readonly<Record<string, unknown>> & { readonly transactionId: string },
  { timeZone, keepRaw }: FoldContext,
  observedAt: string,
): Step {
  const textOf = (name: string) => (typeof row[name] === 'string' ? row[name] || undefined : undefined)
  const idOf = (name: string) => (idPattern.test(textOf(name) ?? '') ? textOf(name) : undefined)
  const words = {
    txnType: textOf('txnType') ?? '',
    status: textOf('status') ?? null,
    paymentStatus: textOf('paymentStatus') ?? null,
  }
  return {
    id: row.transactionId,
    kind: toStepMeaning(words).kind,
    status: 'unknown',
    amount: undefined,
    currency: undefined,
    at: toInstant(textOf('txnTime') ?? '', textOf('txnTimeZone') ?? timeZone),
    paymentId: idOf('paymentId'),
    origin: idOf('originTransactionId'),
    reference: textOf('merchantTxnId'),
    words,
    decline: undefined,
    txnAmount: undefined,
    txnCurrency: undefined,
    settleRate: undefined,
    details: undefined,
    isReadable: false,
    observedAt,
    raw: keepRaw ? row : undefined,
  }
}

/** What was asked of the shopper in a step. */
export function toAmount({ amount, currency }: Pick<Step, 'amount' | 'currency'>): Money | undefined {
  return amount === undefined || currency === undefined ? undefined : { amount, currency }
}

/** Whether a step is one that payments begin with. */
export function isOpening({ kind }: Step): boolean {
  return kind === 'payment' || kind === 'authorization' || kind === 'verification'
}

/** By time, then by id: ids grow, and the shorter one is the smaller number. */
export function byTime(a: Step, b: Step): number {
  const left = a.at ?? ''
  const right = b.at ?? ''
  if (left !== right) return left < right ? -1 : 1
  return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function toWords({ txnType, status, paymentStatus }: StepSource): Step['words'] {
  return share({ txnType, status: status || null, paymentStatus: paymentStatus || null })
}

function toDetails(row: StepSource): StepDetails | undefined {
  const details: StepDetails = {
    paymentMethod: row.paymentMethod || undefined,
    productType: row.productType || undefined,
    walletTypeName: row.walletTypeName || undefined,
    cardBinCountry: row.cardBinCountry || undefined,
    eci: row.eci || undefined,
  }
  return Object.values(details).some((detail) => detail !== undefined) ? share(details) : undefined
}

const MOST_SHARED = 1000
const shared: Map<string, object> = /* @__PURE__ */ new Map()

/** The first object that says the same: steps differ in little but their ids, and a year of them has to fit into memory. */
function share<Told extends object>(told: Told): Told {
  const key = JSON.stringify(told)
  const known = shared.get(key) as Told | undefined
  if (known) return known
  if (shared.size >= MOST_SHARED) shared.clear()
  shared.set(key, told)
  return told
}
