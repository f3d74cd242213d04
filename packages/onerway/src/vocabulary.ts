/** The steps Onerway records; the first four open a payment. Onerway's TxnTypeEnum. */
export const onerwayTxnTypes = ['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD', 'CAPTURE', 'VOID', 'REFUND'] as const
export type OnerwayTxnType = (typeof onerwayTxnTypes)[number]

/** The steps a payment begins with: their transactionId names it. */
export const onerwayOpeningTypes = ['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD'] as const
export type OnerwayOpeningType = (typeof onerwayOpeningTypes)[number]

/** What a step's `status` can be; it means nothing without the step's `txnType`. */
export const onerwayStatuses = ['S', 'F', 'P', 'R', 'N', 'I', 'U'] as const
export type OnerwayStatus = (typeof onerwayStatuses)[number]

/** What `paymentStatus`, the word for the whole payment in newer answers, can be. */
export const onerwayPaymentStatuses = ['S', 'A', 'P', 'I', 'R', 'U', 'O', 'N'] as const
export type OnerwayPaymentStatus = (typeof onerwayPaymentStatuses)[number]

/** The webhooks with a meaning of their own. */
export const onerwayNotifyTypes = [
  'TXN',
  'REFUND',
  'REFUND_AUDIT',
  'CANCEL',
  'CHARGEBACK',
  'PRE_DISPUTE',
] as const
export type OnerwayNotifyType = (typeof onerwayNotifyTypes)[number]

/** How far a chargeback has come. */
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
 * The refusals with a meaning of their own: in 3-D Secure, of Onerway's page on direct card payments; of a card's number and
 * its expiry, of its page on error codes; and the one general decline that is known.
 */
export const onerwayDeclineCodes = ['13002', '13004', '40201', '40202', '40203', '70002'] as const
export type OnerwayDeclineCode = (typeof onerwayDeclineCodes)[number]

/**
 * The fields of a webhook that Onerway documents: its notification pages of v0.6, older and newer, and the payloads on its
 * page about direct card payments. Names are not signed, so a field nobody documents may be a documented one renamed.
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
  'sign',
]
