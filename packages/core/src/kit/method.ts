import { passesLuhn } from '../log-safe.ts'
import type { Payment, PaymentMethod } from '../model/payment.ts'
import { omitUndefined } from '../omit-undefined.ts'

type Stated<T> = { readonly [Key in keyof T]: string | number | null | undefined }

/** A run of six digits or more could be the beginning of a card number, a month and a year its expiry. */
const cardDataPattern = /\d(?:[\s./_-]*\d){5}|^\s*\d{1,2}\s*[/-]\s*\d{2,4}\s*$/
const wordPattern = /^[\w+/=.:-]{1,64}$/
const MAX_NAME_LENGTH = 64

/**
 * Returns how the shopper paid, reduced to what may be stored: the last four characters of a number, a country of two
 * letters, and names that cannot hold a card number or its expiry. Give it the provider's word for the method and the
 * brand, never a field that names a person.
 */
export function toMethod(
  kind: PaymentMethod['kind'],
  { name, brand, last4, country }: Partial<Stated<Omit<PaymentMethod, 'kind'>>>,
): PaymentMethod {
  return omitUndefined<PaymentMethod>({
    kind,
    name: toName(name),
    brand: toName(brand),
    last4: matching(last4, /^[\dA-Z]{4}$/i),
    country: matching(country, /^[A-Z]{2}$/i)?.toUpperCase(),
  })
}

/** Returns 3-D Secure in the provider's words, each member a short word. `undefined` where none is stated. */
export function toAuthentication({
  eci,
  version,
  status,
}: Partial<Stated<NonNullable<Payment['authentication']>>>): Payment['authentication'] {
  return orUndefined({
    eci: matching(eci, /^\w{1,4}$/),
    version: matching(version, /^[\w.]{1,16}$/),
    status: matching(status, /^[\w. -]{1,40}$/),
  })
}

/**
 * Returns the references that a bank or a card scheme asks for, each a single word that cannot be a card number.
 * `undefined` where none is stated.
 */
export function toTrace({
  authorizationCode,
  networkTransactionId,
  acquirerReference,
}: Partial<Stated<NonNullable<Payment['trace']>>>): Payment['trace'] {
  const toWord = (value: string | number | null | undefined) => {
    const word = matching(value, wordPattern)
    return word === undefined || isCardNumber(word) ? undefined : word
  }
  return orUndefined({
    authorizationCode: matching(authorizationCode, /^(?!\d{12})[\w-]{1,32}$/),
    networkTransactionId: toWord(networkTransactionId),
    acquirerReference: toWord(acquirerReference),
  })
}

/**
 * Returns whether digits have a card number's length and check digit. Numbers of 15 digits are kept: they are American
 * Express cards, but also transaction ids of Visa and Discover.
 */
function isCardNumber(text: string): boolean {
  return /^\d{13,19}$/.test(text) && text.length !== 15 && passesLuhn(text)
}

function toName(value: string | number | null | undefined): string | undefined {
  const name = typeof value === 'string' ? value.trim() : ''
  const isFit = name !== '' && name.length <= MAX_NAME_LENGTH && !/\p{Control}/u.test(name)
  return isFit && !cardDataPattern.test(name) ? name : undefined
}

function matching(value: string | number | null | undefined, pattern: RegExp): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
  return pattern.test(text) ? text : undefined
}

function orUndefined<T extends object>(
  members: { readonly [Key in keyof T]: T[Key] | undefined },
): T | undefined {
  for (const key in members) if (members[key] !== undefined) return omitUndefined<T>(members as never)
  return undefined
}
