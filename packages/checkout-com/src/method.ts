import type { Payment, PaymentMethod } from '@payment-status/core'
import { byWord, type OrUndefined, toAuthentication, toMethod, toTrace } from '@payment-status/core/kit'
import type { CheckoutComPayment, CheckoutComSource } from './schema.ts'
import { checkoutComSourcesByKind } from './vocabulary.ts'

type Aside = string | number | null | undefined
type PaidWith = Partial<
  Pick<CheckoutComPayment, 'source' | '3ds' | 'eci' | 'auth_code' | 'scheme_id' | 'processing' | 'actions'>
>

/** How a payment was paid, how the shopper was authenticated, and by which numbers a bank knows it, where it is told. */
export function toPaidWith(
  payment: PaidWith,
): OrUndefined<Pick<Payment, 'method' | 'authentication' | 'trace'>> {
  const { source, eci, scheme_id, '3ds': threeDS } = payment
  const { authorizationCode, acquirerReference } = findNumbers(payment)
  return {
    method: source ? toPaymentMethod(source) : undefined,
    authentication: toAuthentication({
      eci: eci ?? threeDS?.eci,
      version: threeDS?.version,
      status: threeDS?.authentication_response,
    }),
    trace: toTrace({ authorizationCode, networkTransactionId: scheme_id, acquirerReference }),
  }
}

/** A payment's own numbers, or those of its newest action that has some: that one comes first. A refund has its own. */
function findNumbers({ auth_code, processing, actions }: PaidWith) {
  const told = { authorizationCode: auth_code, acquirerReference: processing?.acquirer_reference_number }
  for (const action of actions ?? []) {
    if (/refund|dispute|return/i.test(String(action.type))) continue
    told.authorizationCode ??= action.auth_code || undefined
    told.acquirerReference ??= action.processing?.acquirer_reference_number || undefined
  }
  return told
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
  return scheme
    .split(' ')
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join(' ')
}

function toKind(type: string): PaymentMethod['kind'] {
  return kindsBySource.get(type) ?? 'other'
}

const kindsBySource: ReadonlyMap<string, PaymentMethod['kind']> =
  /* @__PURE__ */ byWord(checkoutComSourcesByKind)
