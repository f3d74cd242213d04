import type { DigestEncoding, HmacKey, Message } from './signing.ts'

export type { DigestEncoding, HmacKey } from './signing.ts'

// Node's own digests take a tenth of the time of Web Crypto on a webhook's body, so each runtime gets its fast one.
type Crypto = typeof import('#crypto')

// Loaded with the first signature, not on import: a shop that only looks payments up never loads it.
let crypto: Crypto | undefined

/** Returns the module, loaded once. */
function withCrypto<T>(work: (crypto: Crypto) => Promise<T>): Promise<T> {
  return crypto ? work(crypto) : load().then(work)
}

async function load(): Promise<Crypto> {
  crypto = await import('#crypto')
  return crypto
}

/** Returns the SHA-256 in lower-case hex. */
export function sha256Hex(message: string | Uint8Array): Promise<string> {
  return withCrypto((loaded) => loaded.sha256Hex(message))
}

/** Returns the HMAC-SHA-256 in lower-case hex. The parts of a message are hashed one after the other. */
export function hmacSha256Hex(key: HmacKey, message: Message): Promise<string> {
  return withCrypto((loaded) => loaded.hmacSha256Hex(key, message))
}

/** Returns the HMAC-SHA-256 in base64. The parts of a message are hashed one after the other. */
export function hmacSha256Base64(key: HmacKey, message: Message): Promise<string> {
  return withCrypto((loaded) => loaded.hmacSha256Base64(key, message))
}

/**
 * Returns whether any signature, in lower-case hex or in base64, is the HMAC-SHA-256 of the message with any key. Tries all
 * of them.
 */
export function verifyHmacSha256(
  message: Message,
  given: {
    readonly keys: readonly HmacKey[]
    readonly signatures: readonly string[]
    /** Default `hex`. */
    readonly encoding?: DigestEncoding | undefined
  },
): Promise<boolean> {
  return withCrypto((loaded) => loaded.verifyHmacSha256(message, given))
}

/** Compares two strings in constant time. */
export function timingSafeEqual(left: string, right: string): Promise<boolean> {
  return withCrypto((loaded) => loaded.timingSafeEqual(left, right))
}
