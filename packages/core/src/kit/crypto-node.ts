type Crypto = typeof import('node:crypto')

// Loaded with the first signature, not on import: who only looks payments up never pays for it.
let crypto: Crypto | undefined

async function load(): Promise<Crypto> {
  crypto = await import('node:crypto')
  return crypto
}

/** SHA-256 in lower-case hex. */
export async function sha256Hex(message: string | Uint8Array): Promise<string> {
  const { createHash } = crypto ?? (await load())
  return createHash('sha256').update(message).digest('hex')
}

/** HMAC-SHA-256 in lower-case hex. */
export async function hmacSha256Hex(key: string, message: string | Uint8Array): Promise<string> {
  const { createHmac } = crypto ?? (await load())
  return createHmac('sha256', key).update(message).digest('hex')
}

/** Whether a signature in lower-case hex is the HMAC-SHA-256 of the message with a key: any of either. All are tried. */
export async function verifyHmacSha256(
  message: string | Uint8Array,
  { keys, signatures }: { readonly keys: readonly string[]; readonly signatures: readonly string[] },
): Promise<boolean> {
  const loaded = crypto ?? (await load())
  let holds = false
  for (const key of keys) {
    const expected = loaded.createHmac('sha256', key).update(message).digest('hex')
    for (const signature of signatures) if (isEqual(expected, signature, loaded)) holds = true
  }
  return holds
}

/** Whether two strings are equal, in a time that does not tell where they differ. */
export async function timingSafeEqual(left: string, right: string): Promise<boolean> {
  return isEqual(left, right, crypto ?? (await load()))
}

function isEqual(left: string, right: string, { timingSafeEqual: isEqualBytes }: Crypto): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && isEqualBytes(a, b)
}
