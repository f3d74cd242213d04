import * as onerway from '@payment-status/onerway'
import { type AllowedProvider, listWords } from '../allowed-fields.ts'

/** Words that the package has no list of. */
// biome-ignore format: one word to a line would fill a screen
const otherWords = [
  'Success', 'Declined', 'RedirectURL', 'VISA', 'MASTERCARD', 'CARD', 'DIRECT',
]

export const recordedOnerway: AllowedProvider = {
  provider: 'onerway',
  sandbox: 'https://sandbox-acq.onerway.com',
  fields: {
    objects: ['data', 'content'],
    // biome-ignore format: one word to a line would fill a screen
    words: [
      'notifyType', 'txnType', 'status', 'paymentStatus', 'paymentMethod', 'productType', 'subProductType',
      'walletTypeName', 'chargebackStatus', 'actionType', 'respMsg',
    ],
    codes: ['respCode', 'reasonCode', 'eci'],
    // biome-ignore format: one word to a line would fill a screen
    ids: [
      'transactionId', 'originTransactionId', 'lastTransactionId', 'paymentId', 'merchantTxnId', 'originMerchantTxnId',
      'chargebackId', 'predisputeId', 'transactionIds', 'merchantTxnIds',
    ],
    amounts: ['orderAmount', 'txnAmount', 'chargebackAmount', 'amount', 'settleRate'],
    // biome-ignore format: one word to a line would fill a screen
    times: [
      'txnTime', 'responseTime', 'importTime', 'appealDueTime', 'receivedTime', 'txnTimeZone', 'timeZone', 'startTime',
      'endTime', 'importTimeStart', 'importTimeEnd',
    ],
    counts: ['current', 'size', 'number', 'totalElements', 'totalPages'],
    currencies: ['orderCurrency', 'txnCurrency', 'chargebackCurrency', 'currency'],
    countries: ['cardBinCountry'],
    urls: ['redirectUrl'],
    json: ['reason'],
  },
  spelling: {
    vocabulary: [...listWords(onerway), ...otherWords],
    word: /^[A-Z]+(?:_[A-Z]+)*$/,
    prefixes: [],
    paths: ['txn', 'list', 'queryPayments', 'queryRefunds', 'refund', 'query', 'chargeback'],
    accounts: ['merchantNo'],
    hasSnowflakes: true,
  },
  sign: (body, { secretKey = '' }) => onerway.signWebhook(body, secretKey),
}
