import { inputError } from './errors.ts'

/**
 * Returns the query of a return URL, which is absolute or the path of a server framework (`/result?…`). Throws
 * `invalid_input` for anything else.
 */
export function readQuery(url: string | URL, provider: string): URLSearchParams {
  if (url instanceof URL) return url.searchParams
  if (typeof url === 'string') {
    const absolute = /^[/?]/.test(url) ? `https://return.invalid${url.startsWith('?') ? '/' : ''}${url}` : url
    if (URL.canParse(absolute)) return new URL(absolute).searchParams
  }
  throw inputError(provider, 'the return URL must be an absolute URL, or a path with its query')
}

/**
 * Returns the value of a query parameter that names a payment, or `undefined` when it is absent or empty. Throws
 * `invalid_input` when it does not match the pattern, or stands there twice with two values, as in a forged URL.
 */
export function readParameter(
  query: URLSearchParams,
  name: string,
  pattern: RegExp,
  provider: string,
): string | undefined {
  const values = new Set(query.getAll(name).filter((value) => value !== ''))
  const [value] = values
  if (value === undefined) return undefined
  if (values.size === 1 && pattern.test(value)) return value
  throw inputError(provider, `${name} in the return URL is not a valid id of the provider`)
}

/**
 * Returns an http(s) URL that a shopper may be sent to, as a browser reads it: `https:shop.example` becomes
 * `https://shop.example/`, so that a check of its host is right. Returns `undefined` for others (`javascript:`, `data:`).
 */
export function toHttpUrl(url: string | null | undefined): string | undefined {
  const parsed = url ? URL.parse(url) : null
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.href : undefined
}
