import {
  isPaymentError,
  outcomeOf,
  type Payment,
  type PaymentReport,
  paymentStatuses,
} from '@payment-status/core'
import fc from 'fast-check'
import { expect } from 'vitest'

type Holder = Record<string, unknown>

/** Payloads with some of their values, at any depth, replaced by odd ones; and odd values alone. */
export function payloadsLike(
  originals: readonly unknown[],
  oddValues: readonly unknown[],
): fc.Arbitrary<unknown> {
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(...oddValues))
  const changes = fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 4 })
  const changed = fc.tuple(fc.constantFrom(...originals), changes).map(([original, replacements]) => {
    const copy = structuredClone(original)
    for (const [seed, value] of replacements) replaceOne(copy, seed, value)
    return copy
  })
  return fc.oneof({ weight: 3, arbitrary: changed }, { weight: 1, arbitrary: odd })
}

function replaceOne(root: unknown, seed: number, value: unknown): void {
  const places = placesOf(root)
  const place = places[seed % Math.max(1, places.length)]
  if (place) place.holder[place.key] = value
}

function placesOf(node: unknown): readonly { readonly holder: Holder; readonly key: string }[] {
  if (typeof node !== 'object' || node === null) return []
  const holder = node as Holder
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])])
}

/** Checks each report of a source. A `PaymentError` passes; everything else that is thrown fails. */
export async function expectSound(
  read: () => Promise<readonly PaymentReport[]>,
  check: (payment: Payment, source: PaymentReport['source']) => void,
): Promise<void> {
  for (const { payment, source } of await orNothing(read)) {
    expect(paymentStatuses).toContain(payment.status)
    expect(JSON.parse(JSON.stringify(payment))).toEqual(payment)
    if (outcomeOf(payment.status) === 'paid') expect(payment.captured).not.toBe(0)
    for (const amount of [payment.amount?.amount, payment.captured, payment.refunded, payment.authorized])
      if (amount !== undefined) expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true)
    if (payment.action?.kind === 'redirect') expect(payment.action.url).toMatch(/^https?:/i)
    check(payment, source)
  }
}

async function orNothing(read: () => Promise<readonly PaymentReport[]>): Promise<readonly PaymentReport[]> {
  try {
    return await read()
  } catch (error) {
    if (isPaymentError(error)) return []
    throw error
  }
}
