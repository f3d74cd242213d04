import {
  isPaymentError,
  type OrderStatus,
  PaymentError,
  type PaymentProvider,
  type PaymentReport,
  type RequestOptions,
  resolveAttempts,
  waitForOutcome,
} from '@payment-status/core'
import { checkOptions, inputError } from './errors.ts'

/**
 * Where an order stands over all providers. While somebody did not answer and nothing is known to be paid, the
 * status is `unknown` and nothing decides: nobody may be charged again on half an answer.
 */
export interface Standing extends OrderStatus {
  /** Who could not be asked, and why. */
  readonly unreachable: readonly { readonly provider: string; readonly error: PaymentError }[]
}

/** Asks every provider for the payments of a reference. Rejects when aborted, and with `invalid_input` for no reference. */
export async function askForStanding(
  providers: readonly PaymentProvider[],
  reference: string,
  options: RequestOptions = {},
): Promise<Standing> {
  if (typeof reference !== 'string' || reference.trim() === '') {
    throw inputError('a reference is a text that is not empty')
  }
  checkOptions(options)
  // One look: it ends the moment the signal says so, also where a provider does not listen to it.
  const { value: answers } = await waitForOutcome(
    (signal) => Promise.all(providers.map((provider) => ask(provider, reference, { ...options, signal }))),
    { until: () => true, schedule: [], signal: options.signal },
  )
  const reports = answers.flatMap((answer) => ('reports' in answer ? answer.reports : []))
  const unreachable = answers.filter((answer) => 'error' in answer)
  const standing = resolveAttempts(reports)
  if (unreachable.length === 0 || standing.paid.length > 0) return { ...standing, unreachable }
  return { status: 'unknown', paid: [], paidTwice: false, unreachable }
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

/** A provider should only throw ours; what else it throws may hold anything, so none of it is kept. */
function toPaymentError(error: unknown, provider: string): PaymentError {
  if (isPaymentError(error)) return error
  return new PaymentError({ code: 'unavailable', provider, message: 'the provider failed unexpectedly' })
}
