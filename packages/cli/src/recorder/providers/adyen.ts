import * as adyen from '@payment-status/adyen'
import { type AllowedFields, type AllowedProvider, listWords } from '../allowed-fields.ts'

/** Fields of an item and of an answer. Names of cards, banks and persons are not among them. */
const objects: AllowedFields = {
  // biome-ignore format: one word to a line would fill a screen
  objects: ['notificationItems', 'NotificationRequestItem', 'amount', 'additionalData', 'action', 'payments'],
  // biome-ignore format: one word to a line would fill a screen
  words: [
    'eventCode', 'resultCode', 'status', 'type', 'method', 'modification.action', 'disputeStatus', 'refusalReason',
    'reason', 'paymentMethod', 'operations', 'live', 'success', 'liabilityShift', 'threeDAuthenticated', 'threeDOffered',
    'fraudManualReview', 'retry.rescueScheduled', 'errorType',
  ],
  codes: ['eci', 'refusalReasonCode', 'chargebackReasonCode', 'errorCode'],
  versions: ['threeDSVersion'],
  // biome-ignore format: one word to a line would fill a screen
  ids: [
    'pspReference', 'originalReference', 'paymentPspReference', 'merchantReference', 'reference', 'id', 'authCode',
    'cardSummary', 'networkTxReference', 'acquirerReference',
  ],
  amounts: ['value'],
  times: ['eventDate', 'expiresAt', 'defensePeriodEndsAt'],
  currencies: ['currency'],
  countries: ['cardIssuingCountry'],
  flags: ['live', 'fraudManualReview'],
  urls: ['url'],
}

/** Words that the package has no list of. */
// biome-ignore format: one word to a line would fill a screen
const otherWords = [
  'true', 'false', 'cancel', 'refund', 'CANCEL', 'CAPTURE', 'REFUND', 'GET', 'POST', 'visa', 'mc', 'amex', 'ideal',
  'scheme', 'multibanco', 'sepadirectdebit', 'received', 'Not enough balance', '3D Not Authenticated', 'Refused',
  'RReq not received from DS',
]

export const recordedAdyen: AllowedProvider = {
  provider: 'adyen',
  sandbox: 'https://checkout-test.adyen.com',
  fields: objects,
  spelling: {
    vocabulary: [...listWords(adyen), ...otherWords],
    word: /^(?:[A-Z]{2,}(?:_[A-Z]+)*|[A-Z]?[a-z]+(?:[A-Z][a-z]+)*)$/,
    prefixes: [],
    paths: ['v72', 'payments', 'sessions', 'details', 'captures', 'cancels', 'refunds'],
    accounts: { merchantAccountCode: 'merchantAccount' },
  },
  sign: (body, { webhookSecrets = '' }) => adyen.signWebhook(body, webhookSecrets),
}
