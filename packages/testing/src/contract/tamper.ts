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

/** A delivery whose body was changed, and the place of the change. */
export interface Tampered {
  readonly what: string
  readonly delivery: WebhookDelivery
}

/**
 * Returns the delivery with one bit of its body flipped, at positions all over it, with a byte less and a byte more at its
 * end, and with each value of its JSON changed. Where a provider signs a part of the delivery, `signedPart` returns that
 * part, and changes outside of it are left out.
 */
export function tamper(
  { rawBody, ...rest }: WebhookDelivery,
  signedPart: ((delivery: WebhookDelivery) => string) | undefined,
): Tampered[] {
  const bytes = toBytes(rawBody)
  const flipped = positions(bytes.length).map((position, index) => {
    const changed = bytes.slice()
    changed[position] = (changed[position] ?? 0) ^ (index % 2 === 0 ? 1 : 4)
    return { what: `byte ${position}`, body: changed }
  })
  const changes: { readonly what: string; readonly body: Uint8Array }[] = [
    ...flipped,
    { what: 'the last byte removed', body: bytes.slice(0, -1) },
    { what: 'a space added', body: new Uint8Array([...bytes, 32]) },
    ...changeValues(toText(rawBody)).map(({ path, text }) => ({
      what: `member ${path}`,
      body: toBytes(text),
    })),
  ]
  const part = (body: Uint8Array) => partOf({ ...rest, rawBody: body }, signedPart)
  const original = part(bytes)
  return changes
    .filter(({ body }) => signedPart === undefined || part(body) !== original)
    .map(({ what, body }) => ({ what, delivery: { ...rest, rawBody: body } }))
}

/** Returns what is signed; `undefined` for a body that can no longer be read, which has no signed part. */
function partOf(
  delivery: WebhookDelivery,
  signedPart: ((delivery: WebhookDelivery) => string) | undefined,
): string | undefined {
  try {
    return signedPart?.(delivery)
  } catch {
    return undefined
  }
}

/** Evenly over the body, its ends included: the same ones in every run. */
function positions(length: number): number[] {
  const step = (length - 1) / (POSITIONS - 1)
  return [...new Set(Array.from({ length: POSITIONS }, (_, index) => Math.round(index * step)))]
}

/** Returns a JSON text once for each of its values, however deep, with that value changed. */
function changeValues(text: string): { readonly path: string; readonly text: string }[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return []
  }
  return pathsOf(json).map((path) => {
    const copy = structuredClone(json) as Record<string, unknown>
    const parent = path.slice(0, -1).reduce((value, key) => value[key] as Record<string, unknown>, copy)
    const key = path.at(-1) ?? ''
    parent[key] = changed(parent[key])
    return { path: path.join('.'), text: JSON.stringify(copy) }
  })
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => {
    const isLeaf = typeof member !== 'object' || member === null
    return isLeaf ? [[key]] : pathsOf(member).map((path) => [key, ...path])
  })
}

function changed(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  return typeof value === 'string' ? `${value}0` : 'changed'
}
