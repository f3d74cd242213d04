import type { Decline, Money, PaymentOperation } from '@payment-status/core'
import { currencyDigits, fromDecimal, readInstant, toInstant } from '@payment-status/core/kit'
import { readDecline } from './decline.ts'
import type { IntegrationRules } from './integrations.ts'
import { idPattern, type OnerwayRow } from './schema.ts'
import { toCreationTime } from './snowflake.ts'
import { type TransactionWords, toOperationMeaning } from './status.ts'

export interface ReadContext {
  readonly provider: string
  readonly integration: IntegrationRules
  /** Zone of times that state none. */
  readonly timeZone: string
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined
  /** Keeps rows for `report.raw`. */
  readonly keepRaw?: boolean | undefined
}

/**
 * One of Onerway's transactions, classified once. A year of them has to fit into memory, so every one has every member
 * (objects of one shape are small), and details that most payments never need stay in Onerway's own words.
 */
export interface Operation {
  readonly id: string
  readonly kind: PaymentOperation['kind']
  readonly status: PaymentOperation['status']
  /** Minor units of `currency`. */
  readonly amount: number | undefined
  readonly currency: string | undefined
  /** The row's own txnTime as an ISO 8601 instant. */
  readonly at: string | undefined
  readonly paymentId: string | undefined
  /** The transactionId that this one follows. */
  readonly origin: string | undefined
  readonly reference: string | undefined
  readonly words: TransactionWords
  readonly decline: Decline | undefined
  readonly txnAmount: string | undefined
  readonly txnCurrency: string | undefined
  readonly settleRate: string | undefined
  /** How it was paid, in Onerway's words. Equal ones are one object. */
  readonly details: OperationDetails | undefined
  /** False where the row has an id and cannot be read otherwise. */
  readonly isReadable: boolean
  /** When the request that it answered was sent. */
  readonly observedAt: string
  readonly raw: unknown
}

type Settlement = 'txnAmount' | 'txnCurrency' | 'settleRate'
type Details = 'paymentMethod' | 'productType' | 'walletTypeName' | 'cardBinCountry' | 'eci' | 'txnTimeZone'
export type OperationDetails = Readonly<Record<Details, string | undefined>>

/** Fields an operation is read from: those of a row, or of a webhook or a response, which have fewer. */
export type OperationSource = Omit<OnerwayRow, 'originTransactionId' | Settlement | Details> &
  Partial<Pick<OnerwayRow, 'originTransactionId' | Settlement | Details>>

/** Reads a row, a webhook or a response as an operation. Throws `invalid_payload` for an amount or a time that is not valid. */
export function toOperation(
  row: OperationSource,
  { provider, integration, timeZone, keepRaw }: ReadContext,
  observedAt: string,
  raw?: unknown,
): Operation {
  const { txnType, status, paymentStatus } = row
  const words = share({ txnType, status: status || null, paymentStatus: paymentStatus || null })
  const amount = fromDecimal(row.orderAmount, row.orderCurrency, { provider, path: 'orderAmount' })
  readSettled(row, provider)
  return {
    id: row.transactionId,
    ...toOperationMeaning(words, integration),
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
 * Reads the settled amount. A merchant's account can be in a currency outside ISO 4217 (CNH), whose minor unit is not
 * defined: the amount is then left out. Throws `invalid_payload` for an amount that is not valid.
 */
export function readSettled(
  { txnAmount, txnCurrency }: Partial<Pick<OnerwayRow, 'txnAmount' | 'txnCurrency'>>,
  provider: string,
): Money | undefined {
  if (!txnCurrency || currencyDigits(txnCurrency) === undefined) return undefined
  return fromDecimal(txnAmount, txnCurrency, { provider, path: 'txnAmount' })
}

/** Keeps a row that has an id and cannot be read otherwise. It makes its payment `unknown`. */
export function toUnreadableOperation(
  row: Readonly<Record<string, unknown>> & { readonly transactionId: string },
  { integration, timeZone, keepRaw }: ReadContext,
  observedAt: string,
): Operation {
  const textOf = (name: string) => (typeof row[name] === 'string' ? row[name] || undefined : undefined)
  const idOf = (name: string) => (idPattern.test(textOf(name) ?? '') ? textOf(name) : undefined)
  const words = {
    txnType: textOf('txnType') ?? '',
    status: textOf('status') ?? null,
    paymentStatus: textOf('paymentStatus') ?? null,
  }
  return {
    id: row.transactionId,
    kind: toOperationMeaning(words, integration).kind,
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

/** Returns when an operation was created: its txnTime, which captures and voids may lack, else the moment in its id. */
export function createdAtOf({ id, at, observedAt }: Operation): string | undefined {
  return at ?? toCreationTime(id, observedAt)
}

/** Returns the amount requested from the shopper. */
export function toAmount({ amount, currency }: Pick<Operation, 'amount' | 'currency'>): Money | undefined {
  return amount === undefined || currency === undefined ? undefined : { amount, currency }
}

/** Returns whether an operation is one that payments begin with. */
export function isOpening({ kind }: Pick<Operation, 'kind'>): boolean {
  return kind === 'payment' || kind === 'authorization' || kind === 'verification'
}

/** Sorts by time, then by id. */
export function byTime(a: Operation, b: Operation): number {
  const left = createdAtOf(a) ?? ''
  const right = createdAtOf(b) ?? ''
  if (left !== right) return left < right ? -1 : 1
  return byId(a, b)
}

/** Sorts by id. Ids grow, and the shorter one is the smaller number. */
export function byId(a: Operation, b: Operation): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function toDetails(row: OperationSource): OperationDetails | undefined {
  const details: OperationDetails = {
    paymentMethod: row.paymentMethod || undefined,
    productType: row.productType || undefined,
    walletTypeName: row.walletTypeName || undefined,
    cardBinCountry: row.cardBinCountry || undefined,
    eci: row.eci || undefined,
    txnTimeZone: row.txnTimeZone || undefined,
  }
  return Object.values(details).some((detail) => detail !== undefined) ? share(details) : undefined
}

const MOST_SHARED = 1000
const shared: Map<string, object> = /* @__PURE__ */ new Map()

/** Returns the first object with the same content: a year of operations differs in little but the ids. */
function share<Content extends object>(content: Content): Content {
  const key = JSON.stringify(content)
  const known = shared.get(key) as Content | undefined
  if (known) return known
  if (shared.size >= MOST_SHARED) shared.clear()
  shared.set(key, content)
  return content
}
