import type { PaymentMethod } from '@payment-status/core'

/** How a merchant account captures. Adyen has no default, and no webhook states it. */
export const adyenCaptureModes = ['immediate', 'delayed', 'manual'] as const
export type AdyenCaptureMode = (typeof adyenCaptureModes)[number]

/** The words of `resultCode` in Checkout API 72. */
export const adyenResultCodes = [
  'AuthenticationFinished',
  'AuthenticationNotRequired',
  'Authorised',
  'Cancelled',
  'ChallengeShopper',
  'Error',
  'IdentifyShopper',
  'PartiallyAuthorised',
  'Pending',
  'PresentToShopper',
  'Received',
  'RedirectShopper',
  'Refused',
  'Success',
] as const
export type AdyenResultCode = (typeof adyenResultCodes)[number]

/** The words of a session's `status`. */
export const adyenSessionStatuses = [
  'active',
  'paymentPending',
  'completed',
  'refused',
  'canceled',
  'expired',
] as const
export type AdyenSessionStatus = (typeof adyenSessionStatuses)[number]

/** Events that state one operation on a payment. */
export const adyenPaymentEvents = [
  'AUTHORISATION',
  'AUTHORISATION_ADJUSTMENT',
  'CAPTURE',
  'CAPTURE_FAILED',
  'CANCELLATION',
  'TECHNICAL_CANCEL',
  'CANCEL_OR_REFUND',
  'REFUND',
  'REFUND_FAILED',
  'REFUNDED_REVERSED',
  'POSTPONED_REFUND',
  'VOID_PENDING_REFUND',
  'REFUND_WITH_DATA',
  'EXPIRE',
  'OFFER_CLOSED',
  'PENDING',
  'HANDLED_EXTERNALLY',
  'MANUAL_REVIEW_ACCEPT',
  'MANUAL_REVIEW_REJECT',
  'ORDER_OPENED',
  'ORDER_CLOSED',
  'SETTLED_REVERSED',
  'AUTORESCUE',
  'CANCEL_AUTORESCUE',
] as const
export type AdyenPaymentEvent = (typeof adyenPaymentEvents)[number]

/** Events about a dispute. Adyen sends some of them only where the endpoint enables them. */
export const adyenDisputeEvents = [
  'NOTIFICATION_OF_FRAUD',
  'REQUEST_FOR_INFORMATION',
  'NOTIFICATION_OF_CHARGEBACK',
  'DISPUTE_OPENED_WITH_CHARGEBACK',
  'CHARGEBACK',
  'PREARBITRATION_OPEN',
  'INFORMATION_SUPPLIED',
  'CHARGEBACK_REVERSED',
  'PREARBITRATION_DECLINED',
  'SCHEME_ARBITRATION',
  'ISSUER_RESPONSE_TIMEFRAME_EXPIRED',
  'PREARBITRATION_WON',
  'PREARBITRATION_ISSUER_WITHDRAWN',
  'SCHEME_ARBITRATION_WON',
  'SECOND_CHARGEBACK',
  'PREARBITRATION_LOST',
  'PREARBITRATION_ACCEPTED',
  'SCHEME_ARBITRATION_LOST',
  'DISPUTE_DEFENSE_PERIOD_ENDED',
] as const
export type AdyenDisputeEvent = (typeof adyenDisputeEvents)[number]

/** Events that concern no payment of an order, or change nothing about one. */
export const adyenOtherEvents = [
  'ISSUER_COMMENTS',
  'RECURRING_CONTRACT',
  'REPORT_AVAILABLE',
  'DONATION',
  'PAIDOUT_REVERSED',
  'PAYOUT_DECLINE',
  'PAYOUT_EXPIRE',
  'PAYOUT_THIRDPARTY',
  'PROCESS_RETRY',
  'AUTHENTICATION',
] as const
export type AdyenOtherEvent = (typeof adyenOtherEvents)[number]

/** Every listed `eventCode` of a standard webhook. The set is open. */
export const adyenEventCodes = [...adyenPaymentEvents, ...adyenDisputeEvents, ...adyenOtherEvents] as const
export type AdyenEventCode = (typeof adyenEventCodes)[number]

/** The words of `additionalData.disputeStatus`. */
export const adyenDisputeStatuses = [
  'Undefended',
  'Pending',
  'Won',
  'Lost',
  'Accepted',
  'Unresponded',
  'Responded',
  'Expired',
] as const
export type AdyenDisputeStatus = (typeof adyenDisputeStatuses)[number]

/** The words of `action.type`. The set is open. */
export const adyenActionTypes = [
  'redirect',
  'qrCode',
  'voucher',
  'bankTransfer',
  'await',
  'sdk',
  'wechatpaySDK',
  'threeDS2',
  'nativeRedirect',
  'delegatedAuthentication',
] as const
export type AdyenActionType = (typeof adyenActionTypes)[number]

/** The names of an error that the browser SDK passes to `onError`. */
export const adyenClientErrors = [
  'NETWORK_ERROR',
  'CANCEL',
  'IMPLEMENTATION_ERROR',
  'API_ERROR',
  'ERROR',
  'SCRIPT_ERROR',
  'SDK_ERROR',
] as const
export type AdyenClientError = (typeof adyenClientErrors)[number]

/** `refusalReasonCode` with the text that a webhook states in `reason`. */
export const adyenRefusals = {
  2: 'Refused',
  3: 'Referral',
  4: 'Acquirer Error',
  5: 'Blocked Card',
  6: 'Expired Card',
  7: 'Invalid Amount',
  8: 'Invalid Card Number',
  9: 'Issuer Unavailable',
  10: 'Not supported',
  11: '3D Not Authenticated',
  12: 'Not enough balance',
  14: 'Acquirer Fraud',
  15: 'Cancelled',
  16: 'Shopper Cancelled',
  17: 'Invalid Pin',
  18: 'Pin tries exceeded',
  19: 'Pin validation not possible',
  20: 'FRAUD',
  21: 'Not Submitted',
  22: 'FRAUD-CANCELLED',
  23: 'Transaction Not Permitted',
  24: 'CVC Declined',
  25: 'Restricted Card',
  26: 'Revocation Of Auth',
  27: 'Declined Non Generic',
  28: 'Withdrawal amount exceeded',
  29: 'Withdrawal count exceeded',
  31: 'Issuer Suspected Fraud',
  32: 'AVS Declined',
  33: 'Card requires online pin',
  34: 'No checking account available on Card',
  35: 'No savings account available on Card',
  36: 'Mobile pin required',
  37: 'Contactless fallback',
  38: 'Authentication required',
  39: 'RReq not received from DS',
  40: 'Current AID is in Penalty Box',
  41: 'CVM Required Restart Payment',
  42: '3DS Authentication Error',
  43: 'Online PIN required',
  44: 'Try another interface',
  45: 'Chip downgrade mode',
  46: 'Transaction blocked by Adyen to prevent excessive retry fees',
} as const
export type AdyenRefusalCode = `${keyof typeof adyenRefusals}`
export const adyenRefusalCodes = /* @__PURE__ */ Object.keys(adyenRefusals) as readonly AdyenRefusalCode[]

/** The entries of a settlement details report that belong to a payment. */
export const adyenSettlementTypes = [
  'Settled',
  'Refunded',
  'RefundedReversed',
  'Chargeback',
  'SecondChargeback',
  'ChargebackReversed',
] as const
export type AdyenSettlementType = (typeof adyenSettlementTypes)[number]

/** Decimals that Adyen counts these currencies in. ISO 4217 has none for CLP and ISK, and two for CVE and IDR. */
export const adyenCurrencyDigits: Readonly<Record<string, number>> = { CLP: 2, ISK: 2, CVE: 0, IDR: 0 }

/** Words of `paymentMethod` in a webhook by kind, those this package has a kind for. A brand stands there for a card. */
// biome-ignore format: one word to a line would fill a screen
export const adyenMethodsByKind = {
  card: [
    'amex', 'bcmc', 'cartebancaire', 'cup', 'dankort', 'diners', 'discover', 'elo', 'hipercard', 'jcb', 'maestro', 'mc',
    'scheme', 'visa', 'visadankort',
  ],
  wallet: [
    'alipay', 'alipay_hk', 'amazonpay', 'applepay', 'gcash', 'googlepay', 'grabpay_SG', 'kakaopay', 'mbway', 'mobilepay',
    'paypal', 'paywithgoogle', 'swish', 'twint', 'vipps', 'wechatpay', 'wechatpayQR', 'wechatpayWeb',
  ],
  bank_transfer: ['ach', 'bankTransfer_IBAN', 'directdebit_GB', 'sepadirectdebit'],
  bank_redirect: ['blik', 'directEbanking', 'eps', 'giropay', 'ideal', 'onlineBanking_PL', 'trustly'],
  voucher: ['boletobancario', 'doku_alfamart', 'doku_indomaret', 'econtext_stores', 'multibanco', 'oxxo'],
  buy_now_pay_later: ['affirm', 'afterpaytouch', 'klarna', 'klarna_account', 'klarna_paynow', 'zip'],
  other: ['giftcard'],
} as const satisfies Readonly<Record<PaymentMethod['kind'], readonly string[]>>
