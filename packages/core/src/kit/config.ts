import { PaymentError } from '../errors.ts'

/** Configured secrets as a list, empty ones dropped: an unset variable is no key to verify with. */
export function toSecrets(secrets: string | readonly string[] | undefined): readonly string[] {
  return (typeof secrets === 'string' ? [secrets] : (secrets ?? [])).filter((secret) => secret !== '')
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
