import type { Payment, PaymentMethod } from '@payment-status/core'
import {
  isOneOf,
  omitUndefined,
  tabulate,
  toAuthentication,
  toMethod,
  toTrace,
} from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import type { CheckoutComPayment, CheckoutComSource } from './schema.ts'
import { checkoutComSourceTypes } from './vocabulary.ts'

type Aside = string | number | null | undefined
type PaidWith = Partial<
  Pick<CheckoutComPayment, 'source' | '3ds' | 'eci' | 'auth_code' | 'scheme_id' | 'processing' | 'actions'>
>

/** How a payment was paid, how the shopper was authenticated, and by which numbers a bank knows it, where it is told. */
export function toPaidWith(payment: PaidWith): Pick<Payment, 'method' | 'authentication' | 'trace'> {
  const { source, eci, auth_code, scheme_id, processing, actions } = payment
  const threeDS = payment['3ds']
  // The newest action comes first; a refund has numbers of its own.
  const own = (actions ?? []).filter(({ type }) => !/refund|dispute|return/i.test(String(type)))
  const numberOf = (action: (typeof own)[number]) => action.processing?.acquirer_reference_number
  return omitUndefined({
    method: source ? toPaymentMethod(source) : undefined,
    authentication: toAuthentication({
      eci: eci ?? threeDS?.eci,
      version: threeDS?.version,
      status: threeDS?.authentication_response,
    }),
    trace: toTrace({
      authorizationCode: auth_code ?? own.find((action) => action.auth_code)?.auth_code,
      networkTransactionId: scheme_id,
      acquirerReference: processing?.acquirer_reference_number ?? own.map(numberOf).find(Boolean),
    }),
  })
}

/** The source without the card's number, its expiry, and the names and addresses of people. */
function toPaymentMethod(source: NonNullable<CheckoutComSource>): PaymentMethod | undefined {
  const { type, card_wallet_type, scheme, last4, last_4, issuer_country, payment_country } = source
  if (typeof type !== 'string' || type === '') return undefined
  return toMethod(card_wallet_type ? 'wallet' : toKind(type.toLowerCase()), {
    name: card_wallet_type || type,
    brand: toBrand(scheme),
    last4: last4 ?? last_4,
    country: issuer_country ?? payment_country,
  })
}

/** Webhooks shout a card's scheme (`VISA`) that the API spells `Visa`: one card is told in one way. */
function toBrand(scheme: Aside): Aside {
  if (typeof scheme !== 'string' || !/^[A-Z ]{4,}$/.test(scheme)) return scheme
  return scheme.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
}

function toKind(type: string): PaymentMethod['kind'] {
  return isOneOf(checkoutComSourceTypes, type) ? toKnownKind(type) : 'other'
}

const toKnownKind = /* @__PURE__ */ tabulate(checkoutComSourceTypes, (type) =>
  match(type)
    .returnType<PaymentMethod['kind']>()
    .with('card', 'network_token', 'token', 'provider_token', () => 'card')
    .with('applepay', 'googlepay', 'paypal', 'octopus', 'wechatpay', 'stcpay', 'benefitpay', () => 'wallet')
    .with('alipay', 'alipay_cn', 'alipay_hk', 'alipay_plus', 'gcash', 'dana', 'kakaopay', () => 'wallet')
    .with('truemoney', 'tng', 'mbway', 'mobilepay', 'vipps', 'twint', 'swish', 'bizum', () => 'wallet')
    .with('ideal', 'sofort', 'giropay', 'eps', 'p24', 'bancontact', 'blik', 'trustly', () => 'bank_redirect')
    .with('knet', 'qpay', 'poli', 'plaid', 'benefit', 'postfinance', () => 'bank_redirect')
    .with('ach', 'bacs', 'sepa', 'bank_account', 'paynow', () => 'bank_transfer')
    .with('boleto', 'fawry', 'multibanco', 'oxxo', 'pagofacil', 'rapipago', 'baloto', () => 'voucher')
    .with('afterpay', 'alma', 'klarna', 'sequra', 'tabby', 'tamara', () => 'buy_now_pay_later')
    .with('illicado', 'cvconnect', () => 'other') // a gift card, and holiday vouchers
    .exhaustive(),
)
