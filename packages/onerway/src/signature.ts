import { PaymentError } from '@payment-status/core'
import { sha256Hex, timingSafeEqual } from '@payment-status/core/kit'

/**
 * The nine fields of a webhook that take no part in its signature; every other one does, also those Onerway adds
 * tomorrow. Source: seed 000_0ac452fca70926c2.txt.
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
 */
export async function signFields(
  fields: Fields,
  secret: string,
  unsigned: readonly string[] = ['sign'],
): Promise<string> {
  let values = ''
  for (const name of Object.keys(fields).sort()) {
    const value = fields[name]
    if (value === null || value === undefined || value === '' || unsigned.includes(name)) continue
    values += typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return sha256Hex(values + secret)
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
    const expected = await signFields(fields, secret, unsigned)
    for (const signature of signatures) if (await timingSafeEqual(expected, signature)) holds = true
  }
  return holds
}

/** Throws `invalid_input` where no secret is configured. */
export function checkSecrets(secrets: readonly string[], provider: string, need: string): void {
  if (secrets.length > 0) return
  throw new PaymentError({
    code: 'invalid_input',
    provider,
    message: `${need} needs secretKey, which is not configured`,
  })
}

type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown

/**
 * A JSON object's members with its numbers as they were written: `1.50` is signed as 1.50, and 20 digits as 20 digits.
 * Where the platform does not tell how a number was written, it stays one. Throws where it is no JSON.
 */
export function readAsWritten(json: string): Fields | undefined {
  const numbers: { readonly holder: unknown; readonly key: string; readonly source: string }[] = []
  const remember: Reviver = function (key, value, context) {
    if (typeof value === 'number' && context?.source)
      numbers.push({ holder: this, key, source: context.source })
    return value
  }
  const parsed: unknown = JSON.parse(json, remember)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
  const own = numbers.filter(({ holder }) => holder === parsed)
  return { ...parsed, ...Object.fromEntries(own.map(({ key, source }) => [key, source])) }
}
