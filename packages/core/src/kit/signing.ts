/** Signed content: a message, or its parts one after the other. */
export type Message = string | Uint8Array | readonly (string | Uint8Array)[]

export function isParts(message: Message): message is readonly (string | Uint8Array)[] {
  return Array.isArray(message)
}

/** Key of an HMAC: a text's UTF-8 bytes, or the bytes themselves. */
export type HmacKey = string | Uint8Array

/** How a digest is written: in lower-case hex, or in base64 with its padding. */
export type DigestEncoding = 'hex' | 'base64'

/** Number of keys kept: more than any shop has, and a limit for a caller that verifies with ever new secrets. */
const MAX_KEPT_KEYS = 100

/** Creates a key from a secret once, and keeps it for the next signature. */
export function keepKeys<Key>(make: (secret: HmacKey) => Key): (secret: HmacKey) => Key {
  const texts = new Map<string, Key>()
  const bytes = new WeakMap<Uint8Array, Key>()
  return (secret) => {
    const kept = typeof secret === 'string' ? texts.get(secret) : bytes.get(secret)
    if (kept !== undefined) return kept
    const key = make(secret)
    if (typeof secret !== 'string') bytes.set(secret, key)
    else {
      if (texts.size >= MAX_KEPT_KEYS) texts.clear()
      texts.set(secret, key)
    }
    return key
  }
}
