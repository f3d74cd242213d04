import type { PaymentErrorCode } from '@payment-status/core'
import { match } from 'ts-pattern'

/** Exit codes of a command. */
export const exitCodes = {
  /** The command succeeded, and the answer is good. */
  good: 0,
  /** There are differences, or the answer is negative. */
  negative: 1,
  /** The command or the configuration is wrong. */
  usage: 2,
  /** The provider or the database could not be reached. */
  unreachable: 3,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export function exitCodeOf(code: PaymentErrorCode): ExitCode {
  return match(code)
    .returnType<ExitCode>()
    .with('invalid_input', 'unauthorized', 'unsupported', () => exitCodes.usage)
    .with('invalid_signature', 'not_found', () => exitCodes.negative)
    .with('invalid_payload', 'rejected', 'rate_limited', 'unavailable', () => exitCodes.unreachable)
    .exhaustive()
}
