import {
  checkTerms,
  decideOrder,
  isPaymentError,
  type OrderDecision,
  type OrderStatus,
  type OrderTerms,
  PaymentError,
  type PaymentProvider,
  type PaymentReport,
  type RequestOptions,
  resolveAttempts,
  waitForOutcome,
} from '@payment-status/core'
import { checkOptions, inputError } from './errors.ts'

/** Providers that could not be asked, and why. */
interface Reach {
  readonly unreachable: readonly { readonly provider: string; readonly error: PaymentError }[]
}

/**
 * Status of an order over all providers. While a provider could not be reached and no payment is paid, the status is
 * `unknown` and nothing decides: do not charge again yet.
 */
export interface ReferenceStatus extends OrderStatus, Reach {}

/** The same, with the step that the order's terms allow. */
export interface ReferenceDecision extends OrderDecision, Reach {}

export interface OrderStatusOptions extends RequestOptions {
  /** The order's own terms. With them, the answer holds the step. */
  readonly terms?: OrderTerms | undefined
  /** `provider/id` of the payment the order was fulfilled for. */
  readonly fulfilledBy?: string | undefined
  /** `provider/id` of the payment whose capture was requested. */
  readonly captureRequestedFor?: string | undefined
}

/**
 * Requests the payments of a reference from every provider that can be asked for one. Rejects when aborted, and with
 * `invalid_input` for an empty reference or terms that cannot be right.
 */
export async function requestOrderStatus(
  providers: readonly PaymentProvider[],
  reference: string,
  options: OrderStatusOptions = {},
): Promise<ReferenceStatus | ReferenceDecision> {
  if (typeof reference !== 'string' || reference.trim() === '')
    throw inputError('the reference must be a non-empty string')
  checkOptions(options)
  const { terms, fulfilledBy, captureRequestedFor, ...request } = options
  if (terms) checkTerms(terms)
  // One request to each: it ends the moment the signal says so, also where a provider does not listen to it.
  const { value: answers } = await waitForOutcome(
    (signal) => Promise.all(providers.map((provider) => ask(provider, reference, { ...request, signal }))),
    { until: () => true, schedule: [], signal: request.signal },
  )
  const payments = answers.flatMap((answer) => ('reports' in answer ? answer.reports : []))
  const unreachable = answers.filter((answer) => 'error' in answer)
  const decided = terms
    ? decideOrder({ terms, payments, fulfilledBy, captureRequestedFor })
    : resolveAttempts(payments)
  if (unreachable.length === 0 || decided.paid.length > 0) return { ...decided, unreachable }
  const unknown = { status: 'unknown', paid: [], paidTwice: false, unreachable } as const
  return terms ? { ...unknown, step: { kind: 'look_up' } } : unknown
}

type Answer =
  | { readonly reports: readonly PaymentReport[] }
  | { readonly provider: string; readonly error: PaymentError }

async function ask(provider: PaymentProvider, reference: string, options: RequestOptions): Promise<Answer> {
  try {
    return { reports: await provider.lookupByReference(reference, options) }
  } catch (error) {
    return { provider: provider.name, error: toPaymentError(error, provider.name) }
  }
}

/** Keeps nothing of an error that is not ours: it may hold anything. */
function toPaymentError(error: unknown, provider: string): PaymentError {
  if (isPaymentError(error)) return error
  return new PaymentError({ code: 'unavailable', provider, message: 'the provider failed unexpectedly' })
}
