import {
  createWebhookHandler,
  type ListRange,
  type LookupKey,
  type PaymentHint,
  type PaymentProvider,
  type PaymentReport,
  type RequestOptions,
  type WebhookDelivery,
  type WebhookEvent,
  type WebhookHandlerOptions,
} from '@payment-status/core'
import { checkOptions, inputError } from './errors.ts'
import { askForStanding, type Standing } from './order-status.ts'
import { routeByLastSegment } from './route.ts'

type NameOf<P extends readonly PaymentProvider[]> = P[number]['name']

/** The provider of that name; where names are plain strings, any of them. */
type ProviderOf<P extends readonly PaymentProvider[], N extends string> = [
  Extract<P[number], { readonly name: N }>,
] extends [never]
  ? P[number]
  : Extract<P[number], { readonly name: N }>

/** Several providers behind one facade. It knows none of them by name: give it any that keep the contract. */
export interface Payments<P extends readonly PaymentProvider[] = readonly PaymentProvider[]> {
  /** The provider itself, for its other sources. Throws `invalid_input` for a name that was not given. */
  provider<N extends NameOf<P>>(name: N): ProviderOf<P, N>
  /** Whether there is a provider of that name, e.g. one read from a database. */
  has(name: string): name is NameOf<P>
  /**
   * Asks the payment's own provider; a stored `Payment` is such a handle, and its operations are requested as well. Rejects with
   * `invalid_input` for an unknown name, else as `PaymentProvider.lookup`.
   */
  lookup(
    handle: {
      readonly provider: string
      readonly id: string
      readonly operations?: readonly { readonly id: string }[] | undefined
    },
    options?: RequestOptions,
  ): Promise<PaymentReport>
  /** Asks one provider by id or reference. Rejects with `invalid_input` for an unknown name, else as `PaymentProvider.find`. */
  find(
    handle: { readonly provider: string } & LookupKey,
    options?: RequestOptions,
  ): Promise<readonly PaymentReport[]>
  /** Walks one provider's payments of a period. Throws `invalid_input` for an unknown name, else as `PaymentProvider.list`. */
  list(
    handle: { readonly provider: string } & ListRange,
    options?: RequestOptions,
  ): AsyncIterable<PaymentReport>
  /**
   * Asks every provider, side by side, for all payments of a reference. Rejects only when aborted, with the signal's
   * reason: a provider that does not answer is told in `unreachable`.
   */
  orderStatus(reference: string, options?: RequestOptions): Promise<Standing>
  /** Reads the URL the shopper came back on. Throws `invalid_input` for an unknown name. */
  readReturn(provider: string, url: string | URL): PaymentHint
  /** Verifies and reads a webhook. Rejects with `invalid_input` for an unknown name, else as `PaymentProvider.readWebhook`. */
  readWebhook(provider: string, delivery: WebhookDelivery): Promise<WebhookEvent>
  /**
   * One endpoint for all: the last segment of the URL's path names the provider, an unknown one is answered with 404.
   * Otherwise as `createWebhookHandler`.
   */
  webhookHandler(options: WebhookHandlerOptions): (request: Request) => Promise<Response>
}

/** Puts providers behind one facade. Throws `invalid_input` when two have one name. */
export function createPayments<const P extends readonly PaymentProvider[]>(providers: P): Payments<P> {
  checkProviders(providers)
  const byName = new Map<string, PaymentProvider>(providers.map((provider) => [provider.name, provider]))
  if (byName.size < providers.length) {
    throw inputError('two providers have one name: give one of them another `name`')
  }
  const named = (name: string): PaymentProvider => {
    const provider = byName.get(name)
    // The name is not repeated: it can come from a URL somebody made up.
    if (!provider) throw inputError('no provider of this name was given to createPayments')
    return provider
  }

  return {
    provider: <N extends NameOf<P>>(name: N) => named(name) as ProviderOf<P, N>,
    has: (name): name is NameOf<P> => byName.has(name),
    async lookup(handle, options) {
      checkHandle(handle)
      checkOptions(options)
      return named(handle.provider).lookup(handle.id, { ...options, operations: handle.operations })
    },
    async find(handle, options) {
      checkHandle(handle)
      const key =
        'id' in handle ? { id: handle.id, operations: handle.operations } : { reference: handle.reference }
      return named(handle.provider).find(key, options)
    },
    list(handle, options) {
      checkHandle(handle)
      return named(handle.provider).list({ from: handle.from, to: handle.to }, options)
    },
    orderStatus: (reference, options) => askForStanding([...byName.values()], reference, options),
    readReturn: (provider, url) => named(provider).readReturn(url),
    readWebhook: async (provider, delivery) => named(provider).readWebhook(delivery),
    webhookHandler: (options) =>
      routeByLastSegment(
        new Map([...byName].map(([name, provider]) => [name, createWebhookHandler(provider, options)])),
      ),
  }
}

function checkProviders(providers: unknown): void {
  const isProvider = (provider: unknown) =>
    typeof (provider as Partial<PaymentProvider> | undefined | null)?.lookup === 'function'
  if (Array.isArray(providers) && providers.every(isProvider)) return
  throw inputError('createPayments takes a list of providers, such as [createStripe({ … })]')
}

function checkHandle(handle: unknown): void {
  if (typeof handle === 'object' && handle !== null) return
  throw inputError('a handle is an object: { provider, id }, or { provider, reference }')
}
