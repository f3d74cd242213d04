/** What is signed: a message, or its parts one after the other. */
export type Message = string | Uint8Array | readonly (string | Uint8Array)[]

export function isParts(message: Message): message is readonly (string | Uint8Array)[] {
  return Array.isArray(message)
}

/** More than any shop has: whoever verifies with ever new secrets keeps no more than these. */
const MAX_KEPT_KEYS = 100

/** Makes a key of a secret once, and keeps it for the next signature. */
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
