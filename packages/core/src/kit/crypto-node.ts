import { createHash, createHmac, timingSafeEqual as equalBytes } from 'node:crypto'

/** SHA-256 in lower-case hex. */
export async function sha256Hex(message: string | Uint8Array): Promise<string> {
  return createHash('sha256').update(message).digest('hex')
}

/** HMAC-SHA-256 in lower-case hex. */
export async function hmacSha256Hex(key: string, message: string | Uint8Array): Promise<string> {
  return createHmac('sha256', key).update(message).digest('hex')
}

/** Whether two strings are equal, in a time that does not tell where they differ. */
export async function timingSafeEqual(left: string, right: string): Promise<boolean> {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && equalBytes(a, b)
}
