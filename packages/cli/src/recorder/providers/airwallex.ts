import * as airwallex from '@payment-status/airwallex'
import { type AllowedFields, type AllowedProvider, listWords } from '../allowed-fields.ts'

const methodTypes: readonly string[] = airwallex.airwallexMethodTypes

/** Fields of intents, attempts, refunds and disputes. `name` is not among them: there it is a person's. */
const objects: AllowedFields = {
  // biome-ignore format: one word to a line would fill a screen
  objects: [
    'object', 'items', 'latest_payment_attempt', 'next_action', 'payment_method', 'authentication_data', 'ds_data',
    'failure_details', 'dcc_data', 'reason', 'details', ...methodTypes,
  ],
  // biome-ignore format: one word to a line would fill a screen
  words: [
    'status', 'type', 'method', 'code', 'failure_code', 'stage', 'brand', 'frictionless', 'liability_shift_indicator',
    'transaction_type', 'cancellation_reason',
  ],
  codes: ['eci', 'provider_original_response_code', 'original_response_code', 'merchant_advice_code', 'code'],
  versions: ['version'],
  // biome-ignore format: one word to a line would fill a screen
  ids: [
    'id', 'payment_intent_id', 'payment_attempt_id', 'merchant_order_id', 'dispute_id', 'authorization_code',
    'acquirer_reference_number', 'last4', 'page_after', 'page',
  ],
  // biome-ignore format: one word to a line would fill a screen
  amounts: [
    'amount', 'captured_amount', 'refunded_amount', 'original_amount', 'dispute_amount',
  ],
  // biome-ignore format: one word to a line would fill a screen
  times: [
    'created_at', 'updated_at', 'due_at', 'cancelled_at', 'from_created_at', 'to_created_at', 'from_updated_at',
    'to_updated_at',
  ],
  counts: ['page_num', 'page_size', 'size'],
  currencies: ['currency', 'original_currency', 'dispute_currency'],
  countries: ['issuer_country_code'],
  flags: ['has_more'],
  urls: ['url'],
}

/** Words that the package has no list of. */
// biome-ignore format: one word to a line would fill a screen
const otherWords = [
  'Y', 'N', 'GET', 'POST', 'visa', 'mastercard', 'amex', 'jcb', 'unionpay', 'diners', 'discover', 'RFI', 'CHARGEBACK',
  'PRE_CHARGEBACK', 'PRE_ARBITRATION', 'ARBITRATION', 'FRAUDULENT', 'WAITING_DEVICE_DATA_COLLECTION',
  'WAITING_USER_INFO_INPUT', 'requested_by_customer', 'resource_not_found', 'invalid_argument', 'not_found',
  'unauthorized', 'too_many_requests', 'internal_error',
]

export const recordedAirwallex: AllowedProvider = {
  provider: 'airwallex',
  sandbox: 'https://api-demo.airwallex.com',
  fields: {
    ...objects,
    // The name of an event stands outside of every object.
    words: [...(objects.words ?? []), 'name'],
    within: Object.fromEntries(['data', ...(objects.objects ?? [])].map((name) => [name, objects])),
  },
  spelling: {
    vocabulary: [...listWords(airwallex), ...otherWords],
    word: /^(?:[A-Z]{2,}(?:_[A-Z]+)*|[a-z]{2,}(?:[_.][a-z]+)*)$/,
    prefixes: ['int_', 'att_', 'rfd_', 'dst_', 'evt_'],
    paths: ['api', 'pa', 'payment_intents', 'payment_attempts', 'refunds', 'payment_disputes'],
  },
  sign: (body, { webhookSecrets = '' }) => airwallex.signWebhook(body, webhookSecrets),
  login: {
    path: '/api/v1/authentication/login',
    answer: () => ({
      token: 'synthetic-token',
      expires_at: new Date(Date.now() + 30 * 60_000).toISOString(),
    }),
  },
}
