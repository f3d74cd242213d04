import type {
  DisputeStatus,
  PaymentHint,
  PaymentMethod,
  PaymentOperation,
  PaymentStatus,
} from '@payment-status/core'
import { isOneOf, outcomeOf } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import type { IntegrationRules } from './integrations.ts'
import {
  type OnerwayOpeningType,
  type OnerwayTxnType,
  onerwayChargebackStatuses,
  onerwayNotifyTypes,
  onerwayOpeningTypes,
  onerwayPaymentStatuses,
  onerwayStatuses,
  onerwayTxnTypes,
} from './vocabulary.ts'

/** Onerway's words for one transaction. */
export interface TransactionWords {
  readonly txnType: string
  readonly status?: string | null | undefined
  readonly paymentStatus?: string | null | undefined
}

type StatusRules = Pick<IntegrationRules, 'declined' | 'wholeWord'>

/**
 * Returns what one transaction means for its payment: by the word for the whole payment where that counts, else by its own.
 * A transaction that succeeded and a word that denies it are `unknown`.
 */
export function toTransactionStatus(words: TransactionWords, rules: StatusRules): PaymentStatus {
  const paymentStatus = rules.wholeWord(words.paymentStatus)
  if (!paymentStatus) return toOwnStatus(words, rules)
  const whole = toWholeStatus(words.txnType, paymentStatus)
  return words.status !== 'S' || isPossible(words.txnType, whole) ? whole : 'unknown'
}

/** Returns whether a payment can have this status after such a transaction succeeded. An authorization's row stays S for good. */
function isPossible(txnType: string, whole: PaymentStatus): boolean {
  if (!isOneOf(onerwayTxnTypes, txnType)) return false
  return match(txnType)
    .with('SALE', () => whole === 'captured' || whole === 'processing')
    .with('AUTH', 'PRE_AUTH', () => whole !== 'open' && whole !== 'requires_action')
    .with('CAPTURE', () => whole === 'captured')
    .with('VOID', () => whole === 'canceled')
    .with('BIND_CARD', 'REFUND', () => true)
    .exhaustive()
}

/** Returns what a transaction's own `status` means for its payment. */
export function toOwnStatus(
  { txnType, status }: TransactionWords,
  { declined }: Pick<IntegrationRules, 'declined'>,
): PaymentStatus {
  if (!isOneOf(onerwayTxnTypes, txnType) || !isOneOf(onerwayStatuses, status)) return 'unknown'
  const opening = (succeeded: PaymentStatus) =>
    match(status)
      .returnType<PaymentStatus>()
      .with('S', () => succeeded)
      .with('F', () => declined)
      .with('P', 'I', () => 'processing')
      .with('R', () => 'requires_action')
      .with('N', () => 'canceled')
      .with('U', () => 'open')
      .exhaustive()
  const following = (succeeded: PaymentStatus) =>
    match(status)
      .returnType<PaymentStatus>()
      .with('S', () => succeeded)
      .with('P', 'I', () => 'authorized')
      .with('F', 'R', 'N', 'U', () => 'unknown')
      .exhaustive()
  return match(txnType)
    .returnType<PaymentStatus>()
    .with('SALE', () => opening('captured'))
    .with('AUTH', 'PRE_AUTH', () => opening('authorized'))
    .with('BIND_CARD', () => opening('verified'))
    .with('CAPTURE', () => following('captured'))
    .with('VOID', () => following('canceled'))
    .with('REFUND', () => 'unknown')
    .exhaustive()
}

/** Returns the meaning of `paymentStatus` (likely). F together with O is open: the shopper may try again. */
function toWholeStatus(txnType: string, paymentStatus: string): PaymentStatus {
  const isMeaningful = isOneOf(onerwayTxnTypes, txnType) && txnType !== 'REFUND'
  if (!isMeaningful || !isOneOf(onerwayPaymentStatuses, paymentStatus)) return 'unknown'
  const isBinding = txnType === 'BIND_CARD' // binding a card moves no money, whatever the word
  return match(paymentStatus)
    .returnType<PaymentStatus>()
    .with('S', () => (isBinding ? 'verified' : 'captured'))
    .with('A', () => (isBinding ? 'verified' : 'authorized'))
    .with('P', 'I', () => 'processing')
    .with('R', () => 'requires_action')
    .with('U', 'O', () => 'open')
    .with('N', () => 'canceled')
    .exhaustive()
}

/** Returns whether both words of a transaction lead to the same outcome, or there is only one. */
export function agree(words: TransactionWords, rules: Pick<IntegrationRules, 'declined'>): boolean {
  if (!words.paymentStatus) return true
  const whole = toWholeStatus(words.txnType, words.paymentStatus)
  return outcomeOf(whole) === outcomeOf(toOwnStatus(words, rules))
}

/** Sum of a payment's operations. Amounts in minor units of the payment's currency. */
export interface OnerwayFold {
  /** Status that the opening transaction states. */
  readonly opening: PaymentStatus
  readonly amount: number | undefined
  /** Sum of the captures that succeeded; `undefined` without one. */
  readonly captured: number | undefined
  readonly voided: boolean
  /** Sum of the refunds that succeeded. */
  readonly refunded: number
  /** An operation has a word outside the vocabulary, or an amount that cannot be added up. */
  readonly unclear: boolean
}

/**
 * Returns what a payment's operations mean together: the sale, or the sum of its captures (below the authorization: a
 * part), else the void, else the authorization; refunds last. A combination that Onerway's pages do not show is `unknown`.
 */
export function toFoldedStatus(fold: OnerwayFold): PaymentStatus {
  if (fold.unclear) return 'unknown'
  const base = toBaseStatus(fold)
  if (fold.refunded === 0) return base
  const taken = fold.captured ?? fold.amount
  const isTaken = base === 'captured' || base === 'partially_captured'
  if (!isTaken || taken === undefined || fold.refunded > taken) return 'unknown'
  return fold.refunded === taken ? 'refunded' : 'partially_refunded'
}

function toBaseStatus({ opening, amount, captured, voided }: OnerwayFold): PaymentStatus {
  if (captured === undefined && !voided) return opening
  if (captured !== undefined && voided) return 'unknown'
  const outcome = outcomeOf(opening)
  if (voided) return ['undecided', 'held', 'not_paid'].includes(outcome) ? 'canceled' : 'unknown'
  const isCapturable = ['held', 'paid', 'undecided'].includes(outcome) && opening !== 'open'
  if (!isCapturable || amount === undefined || !captured || captured > amount) return 'unknown'
  return captured < amount ? 'partially_captured' : 'captured'
}

/** Kind of an operation and its status, in canonical words. */
export type OperationMeaning = Pick<PaymentOperation, 'kind' | 'status'>

/**
 * Returns what a transaction is as an operation. A capture or a void that succeeded, of a payment whose own word says
 * otherwise, is `unknown`: it may have moved money.
 */
export function toOperationMeaning(words: TransactionWords, rules: StatusRules): OperationMeaning {
  const { txnType, status } = words
  if (!isOneOf(onerwayTxnTypes, txnType)) return { kind: 'other', status: 'unknown' }
  const kind = toOperationKind(txnType)
  const own = toOperationStatus(status)
  const hasWhole = rules.wholeWord(words.paymentStatus) !== undefined
  const isContradicted = hasWhole && toTransactionStatus(words, rules) === 'unknown'
  return { kind, status: isContradicted && (kind === 'capture' || kind === 'void') ? 'unknown' : own }
}

function toOperationKind(txnType: OnerwayTxnType): PaymentOperation['kind'] {
  return match(txnType)
    .returnType<PaymentOperation['kind']>()
    .with('SALE', () => 'payment')
    .with('AUTH', 'PRE_AUTH', () => 'authorization')
    .with('BIND_CARD', () => 'verification')
    .with('CAPTURE', () => 'capture')
    .with('VOID', () => 'void')
    .with('REFUND', () => 'refund')
    .exhaustive()
}

function toOperationStatus(status: string | null | undefined): PaymentOperation['status'] {
  if (!isOneOf(onerwayStatuses, status)) return 'unknown'
  return match(status)
    .returnType<PaymentOperation['status']>()
    .with('S', () => 'succeeded')
    .with('F', 'N', () => 'failed')
    .with('P', 'R', 'I', 'U', () => 'pending')
    .exhaustive()
}

/** Returns the meaning of a row of the payment query, by its word for the whole payment; `undefined` without one. */
export function toQueriedStatus(
  paymentStatus: string | null | undefined,
  txnType?: string | null | undefined,
): PaymentStatus | undefined {
  if (!paymentStatus) return undefined
  return toWholeStatus(txnType === 'BIND_CARD' ? txnType : 'SALE', paymentStatus)
}

/**
 * Returns what several rows of the payment query say of one payment. Where they differ the transactions decide
 * (`undefined`), except that paid next to closed is `unknown`.
 */
export function toJoinedStatus(statuses: readonly PaymentStatus[]): PaymentStatus | undefined {
  if (new Set(statuses).size < 2) return statuses[0]
  const outcomes = statuses.map(outcomeOf)
  const isConflicting = outcomes.includes('paid') && outcomes.includes('not_paid')
  return isConflicting || outcomes.includes('unclear') ? 'unknown' : undefined
}

/**
 * Returns what a transaction and the payment query state together. The query speaks of the whole payment, so it decides
 * what the transaction leaves open. Where it denies that money was taken or held, the payment is `unknown`.
 */
export function toAgreedStatus(transaction: PaymentStatus, whole: PaymentStatus): PaymentStatus {
  const own = outcomeOf(transaction)
  if (own === 'unclear' && outcomeOf(whole) !== 'paid') return 'unknown'
  const isSettled = own === 'held' || own === 'paid' || own === 'verified'
  return match(whole)
    .returnType<PaymentStatus>()
    .with('open', 'requires_action', () => (own === 'verified' ? transaction : isSettled ? 'unknown' : whole))
    .with('processing', 'authorized', () => (isSettled ? transaction : whole))
    .with('captured', 'verified', () => (own === 'verified' ? transaction : whole))
    .with('canceled', () => (own === 'paid' ? 'unknown' : whole))
    .with(
      'unknown',
      'partially_captured',
      'partially_refunded',
      'refunded',
      'expired',
      'failed',
      () => 'unknown',
    )
    .exhaustive()
}

/** Returns the status of an answer to a create call. With another respCode than 20000, only "nothing was taken" is accepted. */
export function toAnsweredStatus(respCode: string, status: PaymentStatus): PaymentStatus {
  if (respCode === '20000') return status
  return match(status)
    .returnType<PaymentStatus>()
    .with('open', 'failed', 'canceled', 'expired', () => status)
    .with('requires_action', 'processing', 'authorized', 'verified', 'unknown', () => 'unknown')
    .with('captured', 'partially_captured', 'partially_refunded', 'refunded', () => 'unknown')
    .exhaustive()
}

/** Returns the subject of a notification; `undocumented` for a notifyType that no page of Onerway's names. */
export function toNotificationKind(notifyType: string): 'transaction' | 'dispute' | 'undocumented' {
  if (!isOneOf(onerwayNotifyTypes, notifyType)) return 'undocumented'
  return match(notifyType)
    .returnType<'transaction' | 'dispute'>()
    .with('TXN', 'REFUND_AUDIT', 'CANCEL', () => 'transaction')
    .with('CHARGEBACK', 'PRE_DISPUTE', () => 'dispute')
    .exhaustive()
}

/**
 * Returns how the shopper paid. `CARD` and `LPMS` (local payment methods) are Onerway's product types. Where a row has
 * none, the brands and the local methods that its pages name are recognized.
 */
export function toMethodKind(
  productType: string | undefined,
  paymentMethod: string | undefined,
  wallet: string | undefined,
): PaymentMethod['kind'] {
  if (wallet) return 'wallet'
  if (productType === 'CARD') return 'card'
  switch (paymentMethod?.toUpperCase().replaceAll(/[^A-Z]/g, '')) {
    case 'VISA':
    case 'MASTERCARD':
    case 'AMEX':
    case 'AMERICANEXPRESS':
    case 'JCB':
    case 'DISCOVER':
      return 'card'
    case 'OXXO':
      return 'voucher'
    case 'TRUSTLY':
      return 'bank_redirect'
    default:
      return 'other'
  }
}

/** Returns the status of a dispute. */
export function toDisputeStatus(
  notifyType: string,
  chargebackStatus: string | null | undefined,
): DisputeStatus {
  if (notifyType === 'PRE_DISPUTE') return 'early_warning'
  if (!isOneOf(onerwayChargebackStatuses, chargebackStatus)) return 'unknown'
  return match(chargebackStatus)
    .returnType<DisputeStatus>()
    .with('NEW', () => 'needs_response')
    .with('FA', 'SA', () => 'under_review')
    .with('FAS', 'SAS', () => 'won')
    .with('FAF', 'FAT', 'SAF', 'SAT', 'ACCEPT', () => 'lost')
    .with('REVOKE', 'DELETE', () => 'closed')
    .exhaustive()
}

/** Returns what the page may show for a browser result. It is never final: Onerway's page on status updates. */
export function toAppearance(status: string | null | undefined): PaymentHint['appears'] {
  if (!isOneOf(onerwayStatuses, status)) return undefined
  return match(status)
    .returnType<PaymentHint['appears']>()
    .with('S', () => 'looks_paid')
    .with('P', 'I', 'U', 'R', () => 'looks_unfinished')
    .with('F', 'N', () => 'looks_refused')
    .exhaustive()
}

/** Returns what the page may show for a result of SDK version 4; O is open again after a decline. */
export function toWholeAppearance(paymentStatus: string | null | undefined): PaymentHint['appears'] {
  if (!isOneOf(onerwayPaymentStatuses, paymentStatus)) return undefined
  return match(paymentStatus)
    .returnType<PaymentHint['appears']>()
    .with('S', 'A', () => 'looks_paid')
    .with('P', 'I', 'R', 'U', () => 'looks_unfinished')
    .with('O', 'N', () => 'looks_refused')
    .exhaustive()
}

/** Returns whether a txnType is one that payments begin with. */
export function isOpeningType(value: unknown): value is OnerwayOpeningType {
  return isOneOf(onerwayOpeningTypes, value)
}
