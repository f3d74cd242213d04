import { createHash, createHmac, timingSafeEqual as equalBytes } from 'node:crypto'

/** SHA-256 in lower-case hex. */
export async function sha256Hex(message: string | Uint8Array): Promise<string> {
  return createHash('sha256').update(message).digest('hex')
}

/** HMAC-SHA-256 in lower-case hex. */
export async function hmacSha256Hex(key: string, message: string | Uint8Array): Promise<string> {
  return createHmac('sha256', key).update(message).digest('hex')
}

/** Whether a signature in lower-case hex is the HMAC-SHA-256 of the message with a key: any of either. All are tried. */
export async function verifyHmacSha256(
  message: string | Uint8Array,
  { keys, signatures }: { readonly keys: readonly string[]; readonly signatures: readonly string[] },
): Promise<boolean> {
  let holds = false
  for (const key of keys) {
    const expected = createHmac('sha256', key).update(message).digest('hex')
    for (const signature of signatures) if (isEqual(expected, signature)) holds = true
  }
  return holds
}

/** Whether two strings are equal, in a time that does not tell where they differ. */
export async function timingSafeEqual(left: string, right: string): Promise<boolean> {
  return isEqual(left, right)
}

function isEqual(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && equalBytes(a, b)
}
