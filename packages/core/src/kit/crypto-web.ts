import { type DigestEncoding, type HmacKey, isParts, keepKeys, type Message } from './signing.ts'

const encoder = /* @__PURE__ */ new TextEncoder()

function toBytes(message: Message): Uint8Array<ArrayBuffer> {
  if (isParts(message)) return joined(message.map(toBytes))
  return typeof message === 'string' ? encoder.encode(message) : new Uint8Array(message)
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let length = 0
  for (const part of parts) {
    whole.set(part, length)
    length += part.length
  }
  return whole
}

function toHex(buffer: ArrayBuffer): string {
  let hex = ''
  for (const byte of new Uint8Array(buffer)) hex += byte.toString(16).padStart(2, '0')
  return hex
}

const keyOf = /* @__PURE__ */ keepKeys((secret) =>
  crypto.subtle.importKey('raw', toBytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
)

/** Returns the SHA-256 in lower-case hex. */
export async function sha256Hex(message: string | Uint8Array): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', toBytes(message)))
}

/** Returns the HMAC-SHA-256 in lower-case hex. */
export async function hmacSha256Hex(key: HmacKey, message: Message): Promise<string> {
  return toHex(await hmac(key, message))
}

/** Returns the HMAC-SHA-256 in base64. */
export async function hmacSha256Base64(key: HmacKey, message: Message): Promise<string> {
  return btoa(String.fromCharCode(...new Uint8Array(await hmac(key, message))))
}

async function hmac(key: HmacKey, message: Message): Promise<ArrayBuffer> {
  return crypto.subtle.sign('HMAC', await keyOf(key), toBytes(message))
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
  const digest = encoding === 'hex' ? hmacSha256Hex : hmacSha256Base64
  let holds = false
  for (const key of keys) {
    const expected = await digest(key, message)
    for (const signature of signatures) if (await timingSafeEqual(expected, signature)) holds = true
  }
  return holds
}

/** Compares two strings in constant time. */
export async function timingSafeEqual(left: string, right: string): Promise<boolean> {
  const a = toBytes(left)
  const b = toBytes(right)
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0)
  return difference === 0
}
