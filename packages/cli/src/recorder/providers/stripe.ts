import * as stripe from '@payment-status/stripe'
import { type AllowedProvider, listWords } from '../allowed-fields.ts'

const methodTypes: readonly string[] = stripe.stripeMethodTypes
const actionTypes: readonly string[] = stripe.stripeNextActionTypes

/** Words that the package has no list of. */
// biome-ignore format: one word to a line would fill a screen
const otherWords = [
  'event', 'v2.core.event', 'payment_intent', 'charge', 'refund', 'dispute', 'review', 'list', 'search_result', 'payment',
  'checkout.session', 'radar.early_fraud_warning', 'customer_cash_balance_transaction', 'setup', 'automatic',
  'automatic_async', 'manual', 'paid', 'unpaid', 'no_payment_required', 'complete', 'open', 'visa', 'mastercard', 'amex',
  'discover', 'diners', 'jcb', 'unionpay', 'cartes_bancaires', 'eftpos_au', 'credit', 'debit', 'prepaid', 'unknown',
  'authenticated', 'attempt_acknowledged', 'exempted', 'not_supported', 'chargeback', 'inquiry', 'block', 'general',
  'product_not_received', 'product_unacceptable', 'subscription_canceled', 'credit_not_processed', 'unrecognized',
  'expired_uncaptured_charge', 'rule', 'approved', 'unauthorized_use_of_card', 'made_with_stolen_card',
  'made_with_lost_card', 'misc', 'eu_bank_transfer', 'card_error', 'api_error', 'invalid_request_error',
  'resource_missing', 'three_d_secure_redirect', 'latest_charge', 'latest_charge.refunds', 'data.latest_charge',
  'data.latest_charge.refunds', 'data.review',
]

export const recordedStripe: AllowedProvider = {
  provider: 'stripe',
  sandbox: 'https://api.stripe.com',
  fields: {
    // biome-ignore format: one word to a line would fill a screen
    objects: [
      'data', 'object', 'payment_intent', 'latest_charge', 'charge', 'refunds', 'review', 'error', 'last_payment_error',
      'next_action', 'payment_method_details', 'three_d_secure', 'wallet', 'funding', 'receipt', 'evidence_details',
      'applied_to_payment', 'unapplied_from_payment', 'related_object', 'qr_code', ...methodTypes, ...actionTypes,
    ],
    // A shop writes what it likes into metadata: only the reference is read.
    within: { metadata: { ids: ['order_id'] } },
    // biome-ignore format: one word to a line would fill a screen
    words: [
      'object', 'type', 'status', 'capture_method', 'cancellation_reason', 'code', 'decline_code', 'advice_code', 'brand',
      'network', 'funding', 'reason', 'closed_reason', 'opened_reason', 'case_type', 'result', 'mode', 'payment_status',
      'fraud_type', 'payment_method_types', 'expand[]',
    ],
    codes: ['electronic_commerce_indicator', 'network_reason_code', 'network_decline_code'],
    versions: ['api_version', 'version'],
    // biome-ignore format: one word to a line would fill a screen
    ids: [
      'id', 'payment_intent', 'latest_charge', 'charge', 'review', 'authorization_code', 'network_transaction_id', 'last4',
      'iban_last4', 'number', 'reference', 'entity', 'next_page', 'page', 'starting_after', 'ending_before',
    ],
    // biome-ignore format: one word to a line would fill a screen
    amounts: [
      'amount', 'amount_received', 'amount_capturable', 'amount_captured', 'amount_refunded', 'amount_remaining',
      'amount_authorized', 'amount_total',
    ],
    // biome-ignore format: one word to a line would fill a screen
    times: [
      'created', 'due_by', 'capture_before', 'expires_at', 'expires_after', 'canceled_at', 'created[gte]', 'created[gt]',
      'created[lte]', 'created[lt]',
    ],
    counts: ['limit', 'pending_webhooks'],
    currencies: ['currency'],
    countries: ['country'],
    flags: ['captured', 'disputed', 'open', 'has_more', 'livemode', 'paid', 'refunded'],
    urls: [
      'url',
      'hosted_voucher_url',
      'hosted_instructions_url',
      'hosted_verification_url',
      'mobile_auth_url',
    ],
    searches: ['query'],
  },
  spelling: {
    vocabulary: [...listWords(stripe), ...otherWords],
    word: /^(?:v\d\.)?[a-z]{2,}(?:[_.][a-z]+)*$/,
    // biome-ignore format: one word to a line would fill a screen
    prefixes: [
      'pi_', 'ch_', 'py_', 're_', 'pyr_', 'du_', 'dp_', 'prv_', 'issfr_', 'cs_test_', 'cs_live_', 'evt_', 'pm_', 'cus_',
    ],
    // biome-ignore format: one word to a line would fill a screen
    paths: [
      'payment_intents', 'charges', 'refunds', 'disputes', 'reviews', 'checkout', 'sessions', 'radar',
      'early_fraud_warnings', 'events', 'search', 'order_id',
    ],
  },
  sign: (body, { webhookSecrets = '' }) => stripe.signWebhook(body, webhookSecrets),
}
