import type { ProviderOptions } from '../model/provider.ts'
import { inputError } from './errors.ts'

/**
 * A provider's name: the configured one, else its usual one. Throws `invalid_input` for a configuration that is no object,
 * or that has a `name` that is no text, or a `fetch` or a `clock` that is no function.
 */
export function readName<Name extends string>(config: ProviderOptions<Name>, usual: Name): Name {
  if (typeof config !== 'object' || config === null) {
    throw inputError(usual, 'the configuration must be an object')
  }
  const { name = usual, fetch, clock } = config
  if (typeof name !== 'string' || name.trim() === '')
    throw inputError(usual, 'name must be a text that is not empty')
  for (const [member, value] of Object.entries({ fetch, clock })) {
    if (value !== undefined && typeof value !== 'function')
      throw inputError(name, `${member} must be a function`)
  }
  return name
}

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
    throw inputError(provider, 'baseUrl must be an http(s) URL with nothing but a host and a path')
  }
  return parsed.href.replace(/\/+$/, '')
}
