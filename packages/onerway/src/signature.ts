import { inputError, sha256Hex, timingSafeEqual } from '@payment-status/core/kit'

/**
 * The nine fields of a webhook that its signature leaves out. Every other field is signed, future ones included. Source:
 * Onerway's page on the signature of notifications.
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
 * Returns Onerway's signature of fields: their values sorted by name (ASCII) and joined without separators, null and ""
 * left out ("0" stays), followed by the secret, as SHA-256 in lower-case hex. It is not an HMAC. Nested objects travel as
 * JSON strings and are signed as they came; an undocumented object is written as JSON, so that all of it is signed. Throws
 * `invalid_input` for a field that cannot be written as JSON.
 *
 * @example
 * const sign = await signRequest({ merchantNo, merchantTxnIds: 'order-1001', current: '1' }, secretKey)
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
    throw inputError(
      'onerway',
      'every field must be JSON: this one cannot be written as JSON, so it cannot be signed',
    )
  }
}

/** Returns whether one of the signatures was made with one of the secrets. */
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
    if (expected === undefined) return false // it cannot have been signed
    for (const signature of signatures) if (await timingSafeEqual(expected, signature)) holds = true
  }
  return holds
}

/** Throws `invalid_input` where no secret is configured. */
export function checkSecrets(secrets: readonly string[], provider: string, need: string): void {
  if (secrets.length === 0)
    throw inputError(
      provider,
      `\`secretKey\` is missing, and ${need} needs it. Set it to your Onerway secret key`,
    )
}

/** A notification has some forty fields. */
const MAX_FIELDS = 1000

/**
 * Returns a JSON object's fields, with numbers and nested values as they were written: `1.50` is signed as 1.50, and 20
 * digits as 20 digits. Returns `undefined` for text that cannot be a notification. Only names and texts are parsed, in one
 * pass without recursion, so that an invented body costs no more than its length. `JSON.parse` reads the same fields and
 * decides whether the whole is JSON.
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

/** Returns the members of an object: names and values as they were written. Of two with one name the later one counts. */
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
