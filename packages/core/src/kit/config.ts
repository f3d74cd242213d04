import type { ProviderOptions } from '../model/provider.ts'
import { inputError } from './errors.ts'

/**
 * Returns a provider's name: the configured one, else its usual one. Throws `invalid_input` unless the configuration is an
 * object whose `name` is a string and whose `fetch` and `clock` are functions.
 */
export function readName<Name extends string>(config: ProviderOptions<Name>, usual: Name): Name {
  if (typeof config !== 'object' || config === null) {
    throw inputError(usual, 'the configuration must be an object')
  }
  const { name = usual, fetch, clock } = config
  if (typeof name !== 'string' || name.trim() === '')
    throw inputError(usual, 'name must be a non-empty string')
  for (const [member, value] of Object.entries({ fetch, clock })) {
    if (value !== undefined && typeof value !== 'function')
      throw inputError(name, `${member} must be a function`)
  }
  return name
}

/**
 * Returns the configured secrets as a list, without unset entries (`undefined`, `null`, ''). Throws `invalid_input` for
 * anything else than strings.
 */
export function toSecrets(
  secrets: string | readonly (string | undefined)[] | undefined,
  provider: string,
): readonly string[] {
  const all: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets]
  return all.filter((secret): secret is string => {
    if (typeof secret === 'string') return secret !== ''
    if (secret === undefined || secret === null) return false
    throw inputError(provider, 'the secret must be a string, or a list of strings')
  })
}

/** Returns a base URL without its trailing slash. Throws `invalid_input` unless it is an http(s) URL without credentials, query or fragment. */
export function toBaseUrl(url: string, provider: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (
    !parsed ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username + parsed.password + parsed.search + parsed.hash !== ''
  ) {
    throw inputError(provider, 'baseUrl must be an http(s) URL that holds only a host and a path')
  }
  return parsed.href.replace(/\/+$/, '')
}
