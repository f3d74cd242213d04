/** Types of transactions; the first four open a payment. Onerway's TxnTypeEnum. */
export const onerwayTxnTypes = ['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD', 'CAPTURE', 'VOID', 'REFUND'] as const
export type OnerwayTxnType = (typeof onerwayTxnTypes)[number]

/** Types a payment begins with: with `direct`, their transactionId is the payment's id. */
export const onerwayOpeningTypes = ['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD'] as const
export type OnerwayOpeningType = (typeof onerwayOpeningTypes)[number]

/** Values of a transaction's `status`, which means nothing without its `txnType`. */
export const onerwayStatuses = ['S', 'F', 'P', 'R', 'N', 'I', 'U'] as const
export type OnerwayStatus = (typeof onerwayStatuses)[number]

/** Values of `paymentStatus`, the word for the whole payment. */
export const onerwayPaymentStatuses = ['S', 'A', 'P', 'I', 'R', 'U', 'O', 'N'] as const
export type OnerwayPaymentStatus = (typeof onerwayPaymentStatuses)[number]

/** Types of notifications that Onerway's pages document. */
export const onerwayNotifyTypes = ['TXN', 'REFUND_AUDIT', 'CANCEL', 'CHARGEBACK', 'PRE_DISPUTE'] as const
export type OnerwayNotifyType = (typeof onerwayNotifyTypes)[number]

/** Values of `chargebackStatus`. */
export const onerwayChargebackStatuses = [
  'NEW',
  'FA',
  'SA',
  'FAS',
  'SAS',
  'FAF',
  'FAT',
  'SAF',
  'SAT',
  'ACCEPT',
  'REVOKE',
  'DELETE',
] as const
export type OnerwayChargebackStatus = (typeof onerwayChargebackStatuses)[number]

/**
 * Declines with a meaning of their own: in 3-D Secure, from Onerway's page on direct card payments; for a card's number
 * and its expiry, from its page on error codes; and the one general decline that is known.
 */
export const onerwayDeclineCodes = ['13002', '13004', '40201', '40202', '40203', '70002'] as const
export type OnerwayDeclineCode = (typeof onerwayDeclineCodes)[number]

/**
 * Fields of a webhook that Onerway documents: its notification pages of v0.6, the payloads on its page about direct card
 * payments, and the notifications of 2026. Names are not signed, so an undocumented field may be a documented one renamed.
 */
export const onerwayWebhookFields: readonly string[] = [
  'notifyType',
  'txnType',
  'transactionId',
  'originTransactionId',
  'merchantTxnId',
  'originMerchantTxnId',
  'merchantNo',
  'responseTime',
  'txnTime',
  'txnTimeZone',
  'orderAmount',
  'orderCurrency',
  'txnAmount',
  'txnCurrency',
  'settleRate',
  'customsDeclarationAmount',
  'customsDeclarationCurrency',
  'paymentMethod',
  'paymentMethodDetails',
  'walletTypeName',
  'status',
  'paymentId',
  'paymentStatus',
  'reason',
  'periodValue',
  'contractId',
  'tokenId',
  'tokenExpireTime',
  'eci',
  'cardBinCountry',
  'channelRequestId',
  'scenarios',
  'metaData',
  'products',
  'dataStatus',
  'subscriptionStatus',
  'sign',
]

/**
 * Types of lines in a settlement file. Onerway's page on the settlement file.
 */
export const onerwaySettlementTypes = [
  'SALE',
  'REFUND',
  'CB',
  'CB_CANCEL',
  'CB_VOID',
  'CB_APPEAL',
  'CB_APPEAL_SUCCESS',
  'CB_APPEAL_SECOND',
  'CB_APPEAL_SECOND_SUCCESS',
  'CB_APPEAL_SECOND_FAILURE',
] as const
export type OnerwaySettlementType = (typeof onerwaySettlementTypes)[number]
