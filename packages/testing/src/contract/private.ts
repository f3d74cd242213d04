import type { Payment } from '@payment-status/core'
import { planted } from './planted.ts'

/** No run of six digits (they would be the beginning of a card number), no month and year, no address of any kind. */
const namePattern = /^(?!.*\d(?:[\s./_-]*\d){5})(?!\d+\s*[/-]\s*\d+$)[^\p{Control}@]{1,64}$/u
/** A single word: names and addresses have spaces. */
const wordPattern = /^[\w+/=.:-]{1,64}$/

/** Allowed members of each part, with their forms. */
const allowed = {
  method: {
    kind: /^(?:card|wallet|bank_transfer|bank_redirect|voucher|buy_now_pay_later|other)$/,
    name: namePattern,
    brand: namePattern,
    last4: /^[\dA-Z]{4}$/i,
    country: /^[A-Z]{2}$/,
  },
  authentication: { eci: /^\w{1,4}$/, version: /^[\w.]{1,16}$/, status: /^[\w. -]{1,40}$/ },
  trace: {
    authorizationCode: /^(?!\d{12})[\w-]{1,32}$/,
    networkTransactionId: wordPattern,
    acquirerReference: wordPattern,
  },
} satisfies { readonly [Part in 'method' | 'authentication' | 'trace']: Readonly<Record<string, RegExp>> }

const parts = ['method', 'authentication', 'trace'] as const

/** Where a payment's `method`, `authentication` or `trace` holds what it must not: a card number, a BIN, an expiry, a name. */
export function findPrivate(payment: Payment): string[] {
  return parts.flatMap((part) => {
    const members: Readonly<Record<string, RegExp>> = allowed[part]
    return Object.entries(payment[part] ?? {})
      .filter(([name, value]) => typeof value !== 'string' || !members[name]?.test(value))
      .map(([name]) => `${part}.${name}`)
  })
}

/** Where one of them holds a planted value, whichever member of the provider's answer it came from. */
export function findPlanted(payment: Payment): string[] {
  return parts.filter((part) => planted.some((value) => JSON.stringify(payment[part] ?? {}).includes(value)))
}

/** Members that hold a number, an expiry, a person's name or an address, by the names providers give them. */
const privateMembers =
  /^(?:number|pan|card_?number|bin|iin|cvv|cvc|exp(?:iry)?_?(?:month|year|date)?|(?:card_?)?holder(?:_?name)?|name|(?:first|last|middle|full|account_?holder)_?name|email|phone|(?:address|line)_?(?:line)?_?\d?|street|city|state|zip|post(?:al)?_?code)$/i

/** The same JSON with something planted in each member that is not to be kept. */
export function plantPrivate(value: unknown, plant: string): unknown {
  if (Array.isArray(value)) return value.map((member) => plantPrivate(member, plant))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isLeaf = typeof member !== 'object' || member === null
      return [name, isLeaf && privateMembers.test(name) ? plant : plantPrivate(member, plant)]
    }),
  )
}
