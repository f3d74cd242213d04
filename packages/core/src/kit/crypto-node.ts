import { createHash, createHmac, createSecretKey, timingSafeEqual as isEqualBytes } from 'node:crypto'
import { type DigestEncoding, type HmacKey, isParts, keepKeys, type Message } from './signing.ts'

/** Keys by their secret: making one for each message costs a fifth of its HMAC. */
const keyOf = /* @__PURE__ */ keepKeys((secret) =>
  typeof secret === 'string' ? createSecretKey(secret, 'utf8') : createSecretKey(secret),
)

/** Returns the SHA-256 in lower-case hex. */
export async function sha256Hex(message: string | Uint8Array): Promise<string> {
  return createHash('sha256').update(message).digest('hex')
}

/** Returns the HMAC-SHA-256 in lower-case hex. */
export async function hmacSha256Hex(key: HmacKey, message: Message): Promise<string> {
  return hmac(key, message, 'hex')
}

/** Returns the HMAC-SHA-256 in base64. */
export async function hmacSha256Base64(key: HmacKey, message: Message): Promise<string> {
  return hmac(key, message, 'base64')
}

/** Returns whether any signature is the HMAC-SHA-256 of the message with any key. Tries all of them. */
export async function verifyHmacSha256(
  message: Message,
  {
    keys,
    signatures,
    encoding = 'hex',
  }: {
    readonly keys: readonly HmacKey[]
    readonly signatures: readonly string[]
    readonly encoding?: DigestEncoding | undefined
  },
): Promise<boolean> {
  const isSame = encoding === 'hex' ? isSameDigest : isEqual
  let holds = false
  for (const key of keys) {
    const expected = hmac(key, message, encoding)
    for (const signature of signatures) if (isSame(expected, signature)) holds = true
  }
  return holds
}

/** Compares two strings in constant time. */
export async function timingSafeEqual(left: string, right: string): Promise<boolean> {
  return isEqual(left, right)
}

function hmac(key: HmacKey, message: Message, encoding: DigestEncoding): string {
  const hash = createHmac('sha256', keyOf(key))
  for (const part of isParts(message) ? message : [message]) hash.update(part)
  return hash.digest(encoding)
}

function isEqual(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && isEqualBytes(a, b)
}

const DIGEST_LENGTH_IN_HEX = 64

// Used for every comparison: two new ones for each would be a twentieth of what a webhook allocates.
const expectedBytes = Buffer.alloc(DIGEST_LENGTH_IN_HEX)
const givenBytes = Buffer.alloc(DIGEST_LENGTH_IN_HEX)

/** The same for a digest in hex: a text of its length that is not all ASCII has another byte among its first. */
function isSameDigest(expected: string, given: string): boolean {
  if (given.length !== DIGEST_LENGTH_IN_HEX || givenBytes.write(given) !== DIGEST_LENGTH_IN_HEX) return false
  expectedBytes.write(expected)
  return isEqualBytes(expectedBytes, givenBytes)
}
