import { fromBase64 } from './base64.ts'

/** Key of Web Crypto, in the types of the DOM or of Node, whichever a project has. */
export type RsaPublicKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/** Creates a verifying key from a SubjectPublicKeyInfo. Rejects where the bytes are not an RSA key. */
export function importRsaPublicKey(spki: Uint8Array<ArrayBuffer>): Promise<RsaPublicKey> {
  return crypto.subtle.importKey('spki', spki, algorithm, false, ['verify'])
}

/** Returns whether a signature, in base64, is the RSASSA-PKCS1-v1_5 signature with SHA-256 of a message. */
export async function verifyRsaSha256(
  message: string,
  { key, signature }: { readonly key: RsaPublicKey; readonly signature: string },
): Promise<boolean> {
  const bytes = fromBase64(signature)
  if (bytes === undefined) return false
  return crypto.subtle.verify(algorithm, key, bytes, new TextEncoder().encode(message))
}

/** Returns the RSASSA-PKCS1-v1_5 signature with SHA-256 of a message. The key is a PKCS#8 structure. */
export async function signRsaSha256(message: string, pkcs8: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(message)))
}
