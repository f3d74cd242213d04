/** Patterns of the providers' keys, and of keys in general. */
const keys: readonly RegExp[] = [
  /\b((?:sk|rk|pk)_(?:live|test|sbox)_)[\w-]{6,}/g,
  /\b((?:sk|pk)_)[a-z0-9]{20,}/g,
  /\b(whsec_)[\w+/=-]{6,}/g,
  /\b(Bearer\s+)[\w.~+/=-]{8,}/gi,
  /\b(ack_)[\w-]{10,}/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /("(?:secret_?key|secret|api_?key|password|private_?key|access_?token|client_secret)"\s*:\s*")[^"]{6,}/gi,
]
const MASK = '••••••'

/** Text with what looks like a key taken out of it. */
export function maskKeys(text: string): { readonly text: string; readonly masked: boolean } {
  let masked = text
  for (const key of keys) masked = masked.replaceAll(key, `$1${MASK}`)
  return { text: masked, masked: masked !== text }
}
