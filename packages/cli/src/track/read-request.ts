import type { Context } from 'hono'
import * as v from 'valibot'
import { inputError } from '../errors.ts'

/** Reads the query. Throws `invalid_input` that names what is wrong with it. */
export function readQuery<const Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
): v.InferOutput<Schema> {
  return check(schema, c.req.query(), 'the query')
}

/** Reads the body. Rejects with `invalid_input` that names what is wrong with it. */
export async function readBody<const Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const bytes = await c.req.arrayBuffer()
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw inputError('the body must be JSON in UTF-8')
  }
  return check(schema, value, 'the body')
}

const MOST_PROBLEMS = 5

function check<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, value)
  if (success) return output
  const problems = issues?.slice(0, MOST_PROBLEMS).map(describe)
  throw inputError(`${what} is not as described in /openapi.json: ${problems?.join('; ')}`)
}

/** Expectations of valibot in words. */
const expectations: Readonly<Record<string, string>> = {
  Object: 'an object',
  Array: 'an array',
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  integer: 'a whole number',
  safe_integer: 'a whole number below 2^53',
  iso_timestamp: 'an ISO 8601 instant, such as 2026-11-30T12:00:00Z',
  url: 'a URL',
}

/** Describes a problem by its path and what is expected there. The value itself is never repeated. */
function describe(issue: v.BaseIssue<unknown>): string {
  const { type, expected, received, message } = issue
  const place = v.getDotPath(issue)
  const name = place === null ? 'it' : `\`${place}\``
  if (expected === 'never') return `${name} is not a member`
  if (received === 'undefined') return `${name} is missing`
  if (type === 'non_empty') return `${name} must not be empty`
  // Ours, not valibot's own, which repeat the value.
  if (type === 'regex' || type === 'union') return `${name} must be ${message}`
  const form = expectations[expected ?? type] ?? toWords(expected ?? type)
  return `${name} must ${type.endsWith('_length') ? 'have a length of' : 'be'} ${form}`
}

/** Writes `("a" | "b")` as `"a" or "b"`, and `>=1` as `at least 1`. */
function toWords(expected: string): string {
  return expected
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll(' | ', ' or ')
    .replace(/^>=/, 'at least ')
    .replace(/^<=/, 'at most ')
}
