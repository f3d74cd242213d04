import { inputError, sha256Hex, timingSafeEqual } from '@payment-status/core/kit'

/**
 * The nine fields of a webhook that take no part in its signature; every other one does, also those Onerway adds
 * tomorrow. Source: Onerway's page on the signature of notifications.
 */
export const unsignedWebhookFields: readonly string[] = [
  'originTransactionId',
  'originMerchantTxnId',
  'customsDeclarationAmount',
  'customsDeclarationCurrency',
  'paymentMethod',
  'walletTypeName',
  'periodValue',
  'tokenExpireTime',
  'sign',
]

type Fields = Readonly<Record<string, unknown>>

/**
 * Onerway's signature: values in the order of their names by ASCII, nothing between them, null and "" left out ("0"
 * stays), the secret behind, SHA-256 in lower-case hex. Not an HMAC. Nested objects travel as JSON strings and are taken
 * as they came; one that does not is no part of what Onerway documents, and is written out so that nothing in it goes unsigned.
 * Throws `invalid_input` for one that cannot be written out.
 */
export async function signFields(
  fields: Fields,
  secret: string,
  unsigned: readonly string[] = ['sign'],
): Promise<string> {
  let values = ''
  for (const name of Object.keys(fields).sort()) {
    const value = fields[name]
    if (value === null || value === undefined || unsigned.includes(name)) continue
    values += typeof value === 'object' ? writeOut(value) : String(value)
  }
  return sha256Hex(values + secret)
}

function writeOut(value: object): string {
  try {
    return JSON.stringify(value)
  } catch {
    // Nested deeper than the platform can count, or not JSON at all.
    throw inputError('onerway', 'a field that cannot be written as JSON cannot be signed')
  }
}

/** Whether one of the signatures was made with one of the secrets. */
export async function verifyFields(
  fields: Fields,
  {
    signatures,
    secrets,
    unsigned,
  }: {
    readonly signatures: readonly string[]
    readonly secrets: readonly string[]
    readonly unsigned?: readonly string[]
  },
): Promise<boolean> {
  let holds = false
  for (const secret of secrets) {
    const expected = await signFields(fields, secret, unsigned).catch(() => undefined)
    if (expected === undefined) return false // what cannot be signed was not
    for (const signature of signatures) if (await timingSafeEqual(expected, signature)) holds = true
  }
  return holds
}

/** Throws `invalid_input` where no secret is configured. */
export function checkSecrets(secrets: readonly string[], provider: string, need: string): void {
  if (secrets.length === 0) throw inputError(provider, `${need} needs secretKey, which is not configured`)
}

/** A notification has some forty fields; what has more than these is none. */
const MAX_FIELDS = 1000

/**
 * A JSON object's fields, with numbers and nested values as they were written: `1.50` is signed as 1.50, and 20 digits as 20
 * digits. `undefined` for what cannot be a notification. Nothing is parsed but names and texts, in one pass without
 * recursion, so that a body somebody made up costs what its length costs; whether the whole is JSON is for `JSON.parse` to
 * say, which reads the same fields.
 */
export function readAsWritten(json: string): Fields | undefined {
  if (!/^\s*\{/.test(json)) return undefined
  const fields = new Map<string, unknown>()
  let members = 0
  try {
    for (const { name, source } of readMembers(json)) {
      if (++members > MAX_FIELDS) return undefined
      const isParsed = /^(?:"|true$|false$|null$)/.test(source)
      fields.set(JSON.parse(name) as string, isParsed ? JSON.parse(source) : source)
    }
  } catch {
    return undefined
  }
  return Object.fromEntries(fields)
}

/** The members of an object: names and values as they were written. Of two with one name the later one counts. */
function* readMembers(json: string): Generator<{ readonly name: string; readonly source: string }> {
  let depth = 0
  let start = json.indexOf('{') + 1 // of a name or a value
  let name: string | undefined
  for (let at = start - 1; at < json.length; at++) {
    const character = json[at]
    if (character === '"') {
      at = findStringEnd(json, at)
    } else if (character === '{' || character === '[') {
      depth++
    } else if (character === ':' && depth === 1) {
      name = json.slice(start, at)
      start = at + 1
    } else if (character === ',' || character === '}' || character === ']') {
      if (depth === 1 && name !== undefined) {
        yield { name, source: json.slice(start, at).trim() }
        name = undefined
        start = at + 1
      }
      if (character !== ',') depth--
    }
  }
}

function findStringEnd(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at
}
