import type { Fetch, PaymentProvider, ProviderAnswers } from '@payment-status/core'
import type { ContractConfig, ProviderContractOptions } from './options.ts'

/** The provider under test, in whatever situation a test wants it. */
export interface Subject {
  /** Queries that the provider can be asked. */
  readonly answers: ProviderAnswers
  /** Answers from the fixtures; 404 where they have no query API. */
  respond(request: Request): Promise<Response>
  /** Answered by the fixtures; `requests` holds what it asked. */
  connected(changes?: Changes): { readonly provider: PaymentProvider; readonly requests: readonly Request[] }
  /** Creates a provider that `fetch` answers. Without retries, so that a test sees the first answer. */
  answeredBy(fetch: (request: Request) => Promise<Response>, changes?: Changes): PaymentProvider
  /** Creates a provider with other secrets to verify webhooks with. */
  trusting(secrets: 'another' | 'none'): PaymentProvider
}

type Changes = Partial<Pick<ContractConfig<object>, 'name' | 'timeoutMs' | 'retries' | 'keepRaw'>>

const everything: ProviderAnswers = { lookup: 'asked', byReference: 'asked', list: 'asked' }

/** Makes subjects out of the caller's `create`. */
export function createSubject<Secrets extends Readonly<Record<string, string>>>({
  fixtures,
  create,
  webhookSecrets = ['webhookSecrets'],
  anotherSecret = changeOneCharacter,
}: ProviderContractOptions<Secrets>): Subject {
  const make = (fetch: (request: Request) => Promise<Response>, changes: object): PaymentProvider => {
    const send: Fetch = (input, init) => fetch(new Request(input, init))
    const config = { ...fixtures.secrets, fetch: send, ...changes }
    return create(config as unknown as ContractConfig<Secrets>)
  }
  const respond = async (request: Request) =>
    (await fixtures.respond?.(request)) ?? new Response(null, { status: 404 })
  return {
    answers: make(respond, {}).answers ?? everything,
    respond,
    connected(changes = {}) {
      const requests: Request[] = []
      const provider = make(async (request) => {
        requests.push(request.clone())
        return respond(request)
      }, changes)
      return { provider, requests }
    },
    answeredBy: (fetch, changes = {}) => make(fetch, { retries: 0, ...changes }),
    trusting(secrets) {
      const changed = webhookSecrets.map((name) => [
        name,
        secrets === 'none' ? '' : anotherSecret(fixtures.secrets[name] ?? ''),
      ])
      return make(respond, Object.fromEntries(changed))
    },
  }
}

/**
 * Returns a secret of the same form: its middle character is another digit, or another letter of the same case and range.
 */
export function changeOneCharacter(secret: string): string {
  const middle = Math.floor(secret.length / 2)
  const others: Readonly<Record<string, string>> = { '0': '1', a: 'b', A: 'B' }
  const changed = (secret[middle] ?? '').replace(/./, (character) => {
    const first = /\d/.test(character) ? '0' : /[A-Z]/.test(character) ? 'A' : 'a'
    return character === first ? (others[first] ?? '') : first
  })
  return secret.slice(0, middle) + changed + secret.slice(middle + 1)
}

/** A server that takes the question and never answers. */
export function hang(request: Request): Promise<Response> {
  return new Promise((_, reject) => {
    request.signal.addEventListener('abort', () => reject(request.signal.reason), { once: true })
    if (request.signal.aborted) reject(request.signal.reason)
  })
}
