import { inputError, PaymentError } from '@payment-status/core/kit'

/** Metadata entry that distinguishes the payments of one shop from those of another on the same account. */
export interface StripeShop {
  /** Metadata key, such as `shop`. */
  readonly key: string
  /** Value this shop sets under it in every create call. */
  readonly value: string
}

/** A metadata key has up to 40 characters and no brackets; quotes and backslashes would end the search's own. */
export const metadataKeyPattern = /^[^'"\\[\]\p{Cc}]{1,40}$/u
/** A metadata value has up to 500 characters (https://docs.stripe.com/api/metadata). */
const valuePattern = /^[^'"\\\p{Cc}]{1,500}$/u

/** Throws `invalid_input` for a `shop` that no metadata can match. */
export function checkShop(shop: StripeShop | undefined, provider: string): StripeShop | undefined {
  if (shop === undefined) return undefined
  const isText = (value: unknown, pattern: RegExp) => typeof value === 'string' && pattern.test(value)
  if (isText(shop?.key, metadataKeyPattern) && isText(shop.value, valuePattern)) return shop
  throw inputError(
    provider,
    'shop must be { key, value }: a metadata key and the value this shop sets under it, without quotes, brackets or backslashes',
  )
}

/** Returns whether a PaymentIntent, as the API states it, belongs to the configured shop. Without one, every payment does. */
export function isOfShop(intent: unknown, shop: StripeShop | undefined): boolean {
  if (!shop) return true
  const { metadata } = Object(intent) as { readonly metadata?: unknown }
  const members = Object(metadata) as Readonly<Record<string, unknown>>
  return Object.hasOwn(members, shop.key) && members[shop.key] === shop.value
}

/** Throws `not_found` for a payment of another shop of the account. */
export function checkOfShop(
  intent: unknown,
  { shop, provider }: { readonly shop?: StripeShop | undefined; readonly provider: string },
): void {
  if (isOfShop(intent, shop)) return
  const message =
    "this PaymentIntent belongs to another shop: its metadata does not hold the configured 'shop'"
  throw new PaymentError({ code: 'not_found', provider, message })
}
