import { isParts, keepKeys, type Message } from './signing.ts'

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
export async function hmacSha256Hex(key: string, message: Message): Promise<string> {
  return toHex(await crypto.subtle.sign('HMAC', await keyOf(key), toBytes(message)))
}

/** Returns whether any signature, in lower-case hex, is the HMAC-SHA-256 of the message with any key. Tries all of them. */
export async function verifyHmacSha256(
  message: Message,
  { keys, signatures }: { readonly keys: readonly string[]; readonly signatures: readonly string[] },
): Promise<boolean> {
  let holds = false
  for (const key of keys) {
    const expected = await hmacSha256Hex(key, message)
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
