import * as v from 'valibot'
import { PaymentError } from '../model/errors.ts'

/**
 * Checks a value against what the provider documents. Throws `invalid_payload`, with the paths that are
 * not as expected and what was expected there; never with a value.
 */
export function parse<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  { provider, what }: { readonly provider: string; readonly what: string },
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const issues = result.issues.map((issue) => ({
    path: v.getDotPath(issue) ?? '',
    expected: issue.expected ?? issue.type,
  }))
  const paths = issues.map(({ path, expected }) => `${path || 'the whole'}: ${expected}`)
  throw new PaymentError({
    code: 'invalid_payload',
    provider,
    message: `${what} is not as documented (expected ${paths.slice(0, 5).join('; ')})`,
    issues,
  })
}

/** Parses JSON text. Throws `invalid_payload` without repeating any of the text, as the platform's own error would. */
export function parseJson(
  text: string,
  { provider, what }: { readonly provider: string; readonly what: string },
): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new PaymentError({ code: 'invalid_payload', provider, message: `${what} is not JSON` })
  }
}
