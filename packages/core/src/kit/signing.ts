/** Signed content: a message, or its parts one after the other. */
export type Message = string | Uint8Array | readonly (string | Uint8Array)[]

export function isParts(message: Message): message is readonly (string | Uint8Array)[] {
  return Array.isArray(message)
}

/** Number of keys kept: more than any shop has, and a limit for a caller that verifies with ever new secrets. */
const MAX_KEPT_KEYS = 100

/** Creates a key from a secret once, and keeps it for the next signature. */
export function keepKeys<Key>(make: (secret: string) => Key): (secret: string) => Key {
  const keys = new Map<string, Key>()
  return (secret) => {
    const kept = keys.get(secret)
    if (kept !== undefined) return kept
    if (keys.size >= MAX_KEPT_KEYS) keys.clear()
    const key = make(secret)
    keys.set(secret, key)
    return key
  }
}
