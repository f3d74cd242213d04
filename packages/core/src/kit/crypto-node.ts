import { isParts, keepKeys, type Message } from './signing.ts'

type Crypto = typeof import('node:crypto')

// Loaded with the first signature, not on import: who only looks payments up never pays for it.
let crypto: Crypto | undefined

async function load(): Promise<Crypto> {
  crypto = await import('node:crypto')
  return crypto
}

/** At once where the module is there already. */
function withCrypto<T>(work: (crypto: Crypto) => T): Promise<T> {
  const loaded = crypto
  return loaded ? new Promise((resolve) => resolve(work(loaded))) : load().then(work)
}

/** Kept, because a key made of text for each message takes a fifth of the time of its HMAC. */
const keyOf = /* @__PURE__ */ keepKeys((secret) => (crypto as Crypto).createSecretKey(secret, 'utf8'))

/** SHA-256 in lower-case hex. */
export function sha256Hex(message: string | Uint8Array): Promise<string> {
  return withCrypto(({ createHash }) => createHash('sha256').update(message).digest('hex'))
}

/** HMAC-SHA-256 in lower-case hex. Of a message in parts, which are never joined, they follow each other. */
export function hmacSha256Hex(key: string, message: Message): Promise<string> {
  return withCrypto((loaded) => hmacHex(key, message, loaded))
}

/** Whether a signature in lower-case hex is the HMAC-SHA-256 of the message with a key: any of either. All are tried. */
export function verifyHmacSha256(
  message: Message,
  { keys, signatures }: { readonly keys: readonly string[]; readonly signatures: readonly string[] },
): Promise<boolean> {
  return withCrypto((loaded) => {
    let holds = false
    for (const key of keys) {
      const expected = hmacHex(key, message, loaded)
      for (const signature of signatures) if (isEqual(expected, signature, loaded)) holds = true
    }
    return holds
  })
}

/** Whether two strings are equal, in a time that does not tell where they differ. */
export function timingSafeEqual(left: string, right: string): Promise<boolean> {
  return withCrypto((loaded) => isEqual(left, right, loaded))
}

function hmacHex(key: string, message: Message, { createHmac }: Crypto): string {
  const hmac = createHmac('sha256', keyOf(key))
  for (const part of isParts(message) ? message : [message]) hmac.update(part)
  return hmac.digest('hex')
}

function isEqual(left: string, right: string, { timingSafeEqual: isEqualBytes }: Crypto): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && isEqualBytes(a, b)
}
