import type { Fetch, PaymentProvider } from '@payment-status/core'
import type { ContractConfig, ProviderContractOptions } from './options.ts'

/** The provider under test, in whatever situation a test wants it. */
export interface Subject {
  /** Answered by the fixtures; `requests` holds what it asked. */
  connected(changes?: Changes): { readonly provider: PaymentProvider; readonly requests: readonly Request[] }
  /** Creates a provider that `fetch` answers. Without retries, so that a test sees the first answer. */
  answeredBy(fetch: (request: Request) => Promise<Response>, changes?: Changes): PaymentProvider
  /** With other secrets to verify webhooks with. */
  trusting(secret: (secret: string) => string): PaymentProvider
}

type Changes = Partial<Pick<ContractConfig<object>, 'name' | 'timeoutMs' | 'retries' | 'keepRaw'>>

/** Makes subjects out of the caller's `create`. */
export function createSubject<Secrets extends Readonly<Record<string, string>>>({
  fixtures,
  create,
  webhookSecrets = ['webhookSecrets'],
}: ProviderContractOptions<Secrets>): Subject {
  const make = (fetch: (request: Request) => Promise<Response>, changes: object): PaymentProvider => {
    const send: Fetch = (input, init) => fetch(new Request(input, init))
    const config = { ...fixtures.secrets, fetch: send, ...changes }
    return create(config as unknown as ContractConfig<Secrets>)
  }
  return {
    connected(changes = {}) {
      const requests: Request[] = []
      const provider = make(async (request) => {
        requests.push(request.clone())
        return fixtures.respond(request)
      }, changes)
      return { provider, requests }
    },
    answeredBy: (fetch, changes = {}) => make(fetch, { retries: 0, ...changes }),
    trusting(secret) {
      const changed = webhookSecrets.map((name) => [name, secret(fixtures.secrets[name] ?? '')])
      return make((request) => fixtures.respond(request), Object.fromEntries(changed))
    },
  }
}

/** A server that takes the question and never answers. */
export function hang(request: Request): Promise<Response> {
  return new Promise((_, reject) => {
    request.signal.addEventListener('abort', () => reject(request.signal.reason), { once: true })
    if (request.signal.aborted) reject(request.signal.reason)
  })
}
