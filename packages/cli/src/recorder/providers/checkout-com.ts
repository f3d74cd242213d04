import * as checkoutCom from '@payment-status/checkout-com'
import { type AllowedProvider, listWords } from '../allowed-fields.ts'

/** Words that the package has no list of. */
// biome-ignore format: one word to a line would fill a screen
const otherWords = [
  'Y', 'N', 'A', 'U', 'C', 'R', 'I', 'Regular', 'REGULAR', 'Recurring', 'MOTO', 'Installment', 'Unscheduled', 'Approved',
  'Insufficient Funds', 'Declined - Do Not Honour', 'currency_account', 'redirect', 'fraudulent', 'request_invalid', 'general',
  'duplicate', 'processing_error', 'Visa', 'VISA', 'Mastercard', 'MASTERCARD', 'Amex', 'AMEX', 'American Express', 'Mada',
]

export const recordedCheckoutCom: AllowedProvider = {
  provider: 'checkout-com',
  sandbox: 'https://api.sandbox.checkout.com',
  fields: {
    // biome-ignore format: one word to a line would fill a screen
    objects: [
      'data', 'source', '3ds', 'processing', 'balances', 'actions', 'retry', '_links', 'self', 'next', 'redirect', 'payment',
      'fraud', 'amount', 'action', 'multibanco:static-reference-page',
    ],
    // That a payment has a destination makes it a payout; where the money goes is not kept.
    within: { destination: {} },
    // biome-ignore format: one word to a line would fill a screen
    words: [
      'type', 'status', 'scheme', 'card_wallet_type', 'category', 'resolved_reason', 'decline_reason', 'error_type',
      'error_codes', 'payment_type', 'authentication_response', 'enrolled', 'response_summary',
    ],
    // biome-ignore format: one word to a line would fill a screen
    codes: ['response_code', 'eci', 'reason_code', 'recommendation_code', 'partner_merchant_advice_code'],
    versions: ['version'],
    // biome-ignore format: one word to a line would fill a screen
    ids: [
      'id', 'action_id', 'payment_id', 'payment_action_id', 'payment_session_id', 'reference', 'payment_reference',
      'reference_number', 'service_supplier_id', 'auth_code', 'scheme_id', 'acquirer_reference_number',
      'processing_channel_id', 'last4', 'last_4',
    ],
    // biome-ignore format: one word to a line would fill a screen
    amounts: [
      'amount', 'value', 'total_authorized', 'total_voided', 'total_captured', 'total_refunded', 'available_to_capture',
      'available_to_refund', 'available_to_void',
    ],
    // biome-ignore format: one word to a line would fill a screen
    times: [
      'created_on', 'timestamp', 'requested_on', 'processed_on', 'expires_on', 'ends_on', 'next_attempt_on', 'date',
      'received_on', 'last_update', 'evidence_required_by', 'from', 'to',
    ],
    counts: ['attempts_made', 'max_attempts', 'total_count', 'limit', 'skip'],
    currencies: ['currency'],
    countries: ['issuer_country', 'payment_country'],
    flags: ['approved', 'enabled', 'downgraded'],
    urls: ['href', 'url'],
  },
  spelling: {
    vocabulary: [...listWords(checkoutCom), ...otherWords],
    word: /^(?:[a-z]{2,}(?:[_ ][a-z]+)*|[A-Z][a-z]+(?: [A-Z][a-z]+)?)$/,
    prefixes: ['pay_', 'sid_', 'act_', 'evt_', 'dsp_', 'rtvl_', 'pc_', 'ps_', 'hpp_', 'pl_'],
    // biome-ignore format: one word to a line would fill a screen
    paths: [
      'payments', 'actions', 'disputes', 'workflows', 'events', 'subject', 'search', 'sessions-interceptor',
    ],
  },
  sign: (body, { webhookSecrets = '' }) => checkoutCom.signWebhook(body, webhookSecrets),
}
