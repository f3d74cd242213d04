import type { WebhookDelivery } from '@payment-status/core'

const POSITIONS = 24

/** The body as bytes. */
export function toBytes(rawBody: WebhookDelivery['rawBody']): Uint8Array {
  return typeof rawBody === 'string' ? new TextEncoder().encode(rawBody) : rawBody
}

/** The body as text. */
export function toText(rawBody: WebhookDelivery['rawBody']): string {
  return typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody)
}

/**
 * The same delivery with one bit of its body flipped, at positions all over it; and with a byte too few, and one too
 * many at its end. Where a provider signs values and not bytes, the changes its signature does not cover are left out.
 */
export function changeBytes(
  { rawBody, headers }: WebhookDelivery,
  unsignedMembers: readonly string[] | undefined,
): WebhookDelivery[] {
  const bytes = toBytes(rawBody)
  const bodies = positions(bytes.length).map((position, index) => {
    const changed = bytes.slice()
    changed[position] = (changed[position] ?? 0) ^ (index % 2 === 0 ? 1 : 4)
    return changed
  })
  bodies.push(bytes.slice(0, -1), new Uint8Array([...bytes, 32]))
  const covered = bodies.filter(
    (body) => !unsignedMembers || signedPart(body, unsignedMembers) !== signedPart(bytes, unsignedMembers),
  )
  return covered.map((body) => ({ rawBody: body, headers }))
}

/** Evenly over the body, its ends included: the same ones in every run. */
function positions(length: number): number[] {
  const step = (length - 1) / (POSITIONS - 1)
  return [...new Set(Array.from({ length: POSITIONS }, (_, index) => Math.round(index * step)))]
}

/** What a signature over values covers; `undefined` for what is no JSON any more, which covers nothing. */
function signedPart(body: Uint8Array, unsignedMembers: readonly string[]): string | undefined {
  try {
    const parsed: unknown = JSON.parse(toText(body))
    if (typeof parsed !== 'object' || parsed === null) return undefined
    const signed = Object.entries(parsed).filter(([name]) => !unsignedMembers.includes(name))
    // The values in the order of their names: a name may change as long as the order stays.
    return signed
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => String(value ?? ''))
      .join('')
  } catch {
    return undefined
  }
}
