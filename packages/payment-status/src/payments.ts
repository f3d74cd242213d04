import {
  createWebhookHandler,
  type ListRange,
  type LookupKey,
  type OrderTerms,
  type PaymentHint,
  type PaymentProvider,
  type PaymentReport,
  type ProviderName,
  type RequestOptions,
  type WebhookDelivery,
  type WebhookEvent,
  type WebhookHandlerOptions,
} from '@payment-status/core'
import { checkOptions, inputError } from './errors.ts'
import {
  type OrderStatusOptions,
  type ReferenceDecision,
  type ReferenceStatus,
  requestOrderStatus,
} from './order-status.ts'
import { routeByLastSegment } from './route.ts'

type NameOf<P extends readonly PaymentProvider[]> = P[number]['name']

/** The provider of that name; any of them where names are plain strings. */
type ProviderOf<P extends readonly PaymentProvider[], N extends string> = [
  Extract<P[number], { readonly name: N }>,
] extends [never]
  ? P[number]
  : Extract<P[number], { readonly name: N }>

/** Several providers behind one facade. It works with any provider that keeps the contract. */
export interface Payments<P extends readonly PaymentProvider[] = readonly PaymentProvider[]> {
  /** Returns the provider itself, for its other sources. Throws `invalid_input` for a name that was not given. */
  provider<N extends NameOf<P>>(name: N): ProviderOf<P, N>
  /** Returns whether there is a provider of that name, such as one read from a database. */
  has(name: string): name is NameOf<P>
  /**
   * Looks a payment up at its own provider. A stored `Payment` is such a target, and its operations are requested as well.
   * Rejects with `invalid_input` for an unknown name, else as `PaymentProvider.lookup`.
   *
   * @example
   * const report = await payments.lookup({ provider: 'stripe', id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa' })
   */
  lookup<N extends string>(
    target: {
      readonly provider: ProviderName<NameOf<P>, N>
      readonly id: string
      readonly operations?: readonly { readonly id: string }[] | undefined
    },
    options?: RequestOptions,
  ): Promise<PaymentReport>
  /** Looks payments up at one provider, by id or reference. Rejects with `invalid_input` for an unknown name, else as `PaymentProvider.find`. */
  find<N extends string>(
    target: { readonly provider: ProviderName<NameOf<P>, N> } & LookupKey,
    options?: RequestOptions,
  ): Promise<readonly PaymentReport[]>
  /** Lists one provider's payments of a period. Throws `invalid_input` for an unknown name, else as `PaymentProvider.list`. */
  list<N extends string>(
    target: { readonly provider: ProviderName<NameOf<P>, N> } & ListRange,
    options?: RequestOptions,
  ): AsyncIterable<PaymentReport>
  /**
   * Returns the status of an order, from every provider's payments of a reference. With the order's `terms`, it returns the
   * step too. A provider that cannot be reached is listed in `unreachable`. Rejects with the signal's reason when aborted,
   * and with `invalid_input` for arguments that cannot be right.
   *
   * @example
   * const { step, payment } = await payments.orderStatus('order-1001', { terms })
   */
  orderStatus(
    reference: string,
    options: OrderStatusOptions & { readonly terms: OrderTerms },
  ): Promise<ReferenceDecision>
  orderStatus(reference: string, options?: OrderStatusOptions): Promise<ReferenceStatus>
  /** Reads the URL the shopper came back on. Throws `invalid_input` for an unknown name. */
  readReturn<N extends string>(provider: ProviderName<NameOf<P>, N>, url: string | URL): PaymentHint
  /** Verifies and reads a webhook. Rejects with `invalid_input` for an unknown name, else as `PaymentProvider.readWebhook`. */
  readWebhook<N extends string>(
    provider: ProviderName<NameOf<P>, N>,
    delivery: WebhookDelivery,
    options?: RequestOptions,
  ): Promise<WebhookEvent>
  /**
   * Creates one endpoint for all providers. The last segment of the URL's path names the provider; an unknown name is
   * answered with 404. Otherwise as `createWebhookHandler`.
   */
  webhookHandler(options: WebhookHandlerOptions): (request: Request) => Promise<Response>
}

/**
 * Puts providers behind one facade. Throws `invalid_input` when two have the same name.
 *
 * @example
 * const payments = createPayments([createStripe({ secretKey }), createCheckoutCom({ secretKey: otherKey })])
 */
export function createPayments<const P extends readonly PaymentProvider[]>(providers: P): Payments<P> {
  checkProviders(providers)
  const byName = new Map<string, PaymentProvider>(providers.map((provider) => [provider.name, provider]))
  if (byName.size < providers.length) {
    throw inputError('two providers have the same name. Give one of them another `name`')
  }
  const named = (name: string): PaymentProvider => {
    const provider = byName.get(name)
    // The name is not repeated: it can come from a forged URL.
    if (!provider) throw inputError('the provider name must be one of those given to createPayments')
    return provider
  }

  return {
    provider: <N extends NameOf<P>>(name: N) => named(name) as ProviderOf<P, N>,
    has: (name): name is NameOf<P> => byName.has(name),
    async lookup(target, options) {
      checkTarget(target)
      checkOptions(options)
      return named(target.provider).lookup(target.id, { ...options, operations: target.operations })
    },
    async find(target, options) {
      checkTarget(target)
      const key =
        'id' in target ? { id: target.id, operations: target.operations } : { reference: target.reference }
      return named(target.provider).find(key, options)
    },
    list(target, options) {
      checkTarget(target)
      return named(target.provider).list({ from: target.from, to: target.to }, options)
    },
    orderStatus: (reference: string, options?: OrderStatusOptions) =>
      requestOrderStatus([...byName.values()], reference, options) as Promise<ReferenceDecision>,
    readReturn: (provider, url) => named(provider).readReturn(url),
    readWebhook: async (provider, delivery, options) => named(provider).readWebhook(delivery, options),
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
  throw inputError('the first argument must be an array of providers, such as [createStripe({ … })]')
}

function checkTarget(target: unknown): void {
  if (typeof target === 'object' && target !== null) return
  throw inputError('the target must be an object: { provider, id } or { provider, reference }')
}
