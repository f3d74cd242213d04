import type { Payment, PaymentMethod } from '@payment-status/core'
import { byWord, type OrUndefined, toAuthentication, toMethod, toTrace } from '@payment-status/core/kit'
import type { CheckoutComPayment, CheckoutComSource } from './schema.ts'
import { checkoutComSourcesByKind } from './vocabulary.ts'

type Aside = string | number | null | undefined
type PaidWith = Partial<
  Pick<CheckoutComPayment, 'source' | '3ds' | 'eci' | 'auth_code' | 'scheme_id' | 'processing' | 'actions'>
>

/** Returns how a payment was paid, how the shopper was authenticated, and the numbers by which a bank finds it. */
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

/** Finds the payment's own numbers, else those of its newest action that states some. A refund has numbers of its own. */
function findNumbers({ auth_code, processing, actions }: PaidWith) {
  const numbers = { authorizationCode: auth_code, acquirerReference: processing?.acquirer_reference_number }
  for (const action of actions ?? []) {
    if (/refund|dispute|return/i.test(String(action.type))) continue
    numbers.authorizationCode ??= action.auth_code || undefined
    numbers.acquirerReference ??= action.processing?.acquirer_reference_number || undefined
  }
  return numbers
}

/** Returns the source without the card's number, its expiry, and the names and addresses of people. */
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

/** Spells a card's scheme as the API does (`Visa`): webhooks send it in capitals (`VISA`). */
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
