import { PaymentError } from '../words/errors.ts'

/**
 * Configured secrets as a list. What is unset (`undefined`, `null`, '') is dropped: it is no key to verify with. Throws
 * `invalid_input` for anything else that is no text.
 */
export function toSecrets(
  secrets: string | readonly (string | undefined)[] | undefined,
  provider: string,
): readonly string[] {
  const all: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets]
  return all.filter((secret): secret is string => {
    if (typeof secret === 'string') return secret !== ''
    if (secret === undefined || secret === null) return false
    throw inputError(provider, 'a secret must be a text, or a list of them')
  })
}

/** A base URL without its trailing slash. Throws `invalid_input` unless it is an http(s) URL without credentials, query or fragment. */
export function toBaseUrl(url: string, provider: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (
    !parsed ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username + parsed.password + parsed.search + parsed.hash !== ''
  ) {
    throw new PaymentError({
      code: 'invalid_input',
      provider,
      message: 'baseUrl must be an http(s) URL with nothing but a host and a path',
    })
  }
  return parsed.href.replace(/\/+$/, '')
}

/** What to throw for an argument or a configuration that cannot be right. */
export function inputError(provider: string, message: string): PaymentError {
  return new PaymentError({ code: 'invalid_input', provider, message })
}
