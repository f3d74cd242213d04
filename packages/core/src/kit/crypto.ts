import type { Message } from './signing.ts'

// Node's own digests take a tenth of the time of Web Crypto on a webhook's body, so each runtime gets its fast one.
type Crypto = typeof import('#crypto')

// Loaded with the first signature, not on import: who only looks payments up never pays for it.
let crypto: Crypto | undefined

/** At once where it is there already. */
function withCrypto<T>(work: (crypto: Crypto) => Promise<T>): Promise<T> {
  return crypto ? work(crypto) : load().then(work)
}

async function load(): Promise<Crypto> {
  crypto = await import('#crypto')
  return crypto
}

/** SHA-256 in lower-case hex. */
export function sha256Hex(message: string | Uint8Array): Promise<string> {
  return withCrypto((loaded) => loaded.sha256Hex(message))
}

/** HMAC-SHA-256 in lower-case hex. Of a message in parts, which are never joined, they follow each other. */
export function hmacSha256Hex(key: string, message: Message): Promise<string> {
  return withCrypto((loaded) => loaded.hmacSha256Hex(key, message))
}

/** Whether a signature in lower-case hex is the HMAC-SHA-256 of the message with a key: any of either. All are tried. */
export function verifyHmacSha256(
  message: Message,
  given: { readonly keys: readonly string[]; readonly signatures: readonly string[] },
): Promise<boolean> {
  return withCrypto((loaded) => loaded.verifyHmacSha256(message, given))
}

/** Whether two strings are equal, in a time that does not tell where they differ. */
export function timingSafeEqual(left: string, right: string): Promise<boolean> {
  return withCrypto((loaded) => loaded.timingSafeEqual(left, right))
}
