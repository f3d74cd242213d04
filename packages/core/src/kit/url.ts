import { inputError } from './errors.ts'

/**
 * The query of a return URL: absolute, or the path a server framework hands over (`/result?…`). Throws `invalid_input`
 * for what is neither.
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
 * The one value of a query parameter that names a payment; `undefined` when it is absent or empty. Throws `invalid_input`
 * when it does not match the pattern, or is there twice with two values: a URL somebody made up.
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
  throw inputError(provider, `${name} in the return URL does not look like one of the provider's`)
}

/**
 * An http(s) URL a shopper may be sent to, as a browser reads it: `https:shop.example` becomes `https://shop.example/`, so
 * that whoever checks it sees the host it leads to. Anything else (`javascript:`, `data:`) is dropped.
 */
export function toHttpUrl(url: string | null | undefined): string | undefined {
  const parsed = url ? URL.parse(url) : null
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.href : undefined
}
