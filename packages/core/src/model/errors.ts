import { toLogSafeWord } from '../log-safe.ts'
import { omitUndefined } from '../omit-undefined.ts'

/** Kind of error, to branch on. */
export type PaymentErrorCode =
  | 'invalid_input' // the caller's argument or configuration cannot be right
  | 'invalid_payload' // it is not what the provider documents
  | 'invalid_signature' // a webhook or signed response that does not verify
  | 'not_found' // the provider has no such payment
  | 'unauthorized' // 401 or 403
  | 'rejected' // the provider refused the request itself
  | 'rate_limited' // 429
  | 'unavailable' // 5xx, network, timeout
  | 'unsupported' // the provider has no such query: nothing was requested

/** Field that is not as documented, without its value. */
export interface PayloadIssue {
  readonly path: string
  readonly expected: string
}

export interface PaymentErrorOptions {
  readonly code: PaymentErrorCode
  /** Name of the provider; the message begins with it. */
  readonly provider: string
  /** Paths and expectations only: never a payload value, a secret, a signature or card data. */
  readonly message: string
  readonly requestId?: string | undefined
  readonly providerCode?: string | undefined
  readonly httpStatus?: number | undefined
  readonly retryAfterMs?: number | undefined
  readonly issues?: readonly PayloadIssue[] | undefined
}

const mark = Symbol.for('@payment-status/PaymentError')
const retryableCodes: ReadonlySet<PaymentErrorCode> = new Set(['rate_limited', 'unavailable'])

/**
 * Error class of this library. Branch on `code`; `retryable` states whether the same call may succeed later. The message
 * holds paths and expectations, never a value of a payload and never a secret.
 */
export class PaymentError extends Error {
  override readonly name = 'PaymentError' as const
  readonly code: PaymentErrorCode
  readonly provider: string
  /** True for `rate_limited` and `unavailable`. */
  readonly retryable: boolean
  /** The provider's own id of the failed request, for its support. */
  declare readonly requestId?: string
  /** The provider's own error code. */
  declare readonly providerCode?: string
  declare readonly httpStatus?: number
  /** Milliseconds that the provider asked to wait. */
  declare readonly retryAfterMs?: number
  /** Fields that were not as documented. */
  declare readonly issues?: readonly PayloadIssue[]

  constructor(options: PaymentErrorOptions) {
    const { code, provider, message, requestId, providerCode, httpStatus, retryAfterMs, issues } = options
    super(`[${provider}] ${message}`)
    this.code = code
    this.provider = provider
    this.retryable = retryableCodes.has(code)
    const details: Partial<PaymentErrorOptions> = {
      requestId: toLogSafeWord(requestId),
      providerCode: toLogSafeWord(providerCode),
      httpStatus,
      retryAfterMs,
      issues,
    }
    Object.assign(this, omitUndefined(details))
    Object.defineProperty(this, mark, { value: true })
  }
}

/**
 * Returns whether a value is a `PaymentError`, including one of another copy of this package.
 *
 * @example
 * if (isPaymentError(error) && error.retryable) await retryLater()
 */
export function isPaymentError(value: unknown): value is PaymentError {
  return typeof value === 'object' && value !== null && mark in value
}

/** Returns the error for an argument or a configuration that cannot be right. */
export function inputError(provider: string, message: string): PaymentError {
  return new PaymentError({ code: 'invalid_input', provider, message })
}
